import Foundation

/// Photon cross sections of a material in cm²/g.
struct PhotonPhysics {
  private let material: Material
  /// ln of the tabulated cross sections of each element: mass fraction, photoelectric, Compton,
  /// Rayleigh.
  private let elements: [(fraction: Double, tables: [[Double]])]

  init(_ material: Material) {
    self.material = material
    elements = material.sortedFractions.map { z, fraction in
      let tables = [
        PhotonCrossSections.photoelectric[z], PhotonCrossSections.compton[z],
        PhotonCrossSections.rayleigh[z],
      ]
      return (fraction, tables.map { ($0 ?? []).map { Foundation.log($0) } })
    }
  }

  /// Photoelectric, Compton, Rayleigh and pair production. Above 0.8 MeV the free-electron formula
  /// of Klein and Nishina holds, the photoelectric effect falls as 1/E and Rayleigh scattering as
  /// 1/E².
  func row(_ energy: Double) -> SIMD4<Double> {
    let e = min(max(energy, PhotonCrossSections.lowestMeV), PhotonCrossSections.highestMeV)
    let scale =
      log(e / PhotonCrossSections.lowestMeV)
      / log(PhotonCrossSections.highestMeV / PhotonCrossSections.lowestMeV)
    let x = scale * Double(PhotonCrossSections.pointCount - 1)
    let point = min(Int(x), PhotonCrossSections.pointCount - 2)
    let f = x - Double(point)
    var row = SIMD4<Double>.zero
    for element in elements {
      for (n, table) in element.tables.enumerated() where !table.isEmpty {
        row[n] += element.fraction * exp(table[point] * (1 - f) + table[point + 1] * f)
      }
    }
    if energy > PhotonCrossSections.highestMeV {
      let ratio = PhotonCrossSections.highestMeV / energy
      row[0] *= ratio
      row[1] *= Self.kleinNishina(energy) / Self.kleinNishina(PhotonCrossSections.highestMeV)
      row[2] *= ratio * ratio
    }
    row[3] = pair(energy)
    return row
  }

  /// Pair production in the field of the nuclei.
  private func pair(_ energy: Double) -> Double {
    guard energy > 2 * electronRestMeV else { return 0 }
    let perCharge = Self.bornPair(energy / electronRestMeV)
    // α r_e² N_A in cm²/mol.
    let unit = fineStructure * ElectronPhysics.classicalArea
    return material.sortedFractions.reduce(0) { sum, element in
      let (z, fraction) = element
      return sum + fraction * Double(z * z) / Material.atomicWeight(z) * unit * perCharge
    }
  }

  /// Total Born cross section in units of α r_e² Z²: the series of Maximon (1968, J Res NBS 72B:79).
  ///
  /// - Parameter k: Photon energy in electron rest energies.
  static func bornPair(_ k: Double) -> Double {
    guard k > 2 else { return 0 }
    if k < 4 {
      let rho = (2 * k - 4) / (2 + k + 2 * (2 * k).squareRoot())
      let series =
        1 + rho * (0.5 + rho * (23.0 / 40 + rho * (11.0 / 60 + rho * 29.0 / 960)))
      let rise = (k - 2) / k
      return 2 * Double.pi / 3 * rise * rise * rise * series
    }
    let l = log(2 * k)
    let inverse = 4 / (k * k)
    let zeta3 = 1.2020569031595942
    var first = 6 * l - 3.5 + 2.0 / 3 * l * l * l - l * l
    first += -Double.pi * Double.pi / 3 * l + 2 * zeta3 + Double.pi * Double.pi / 6
    let second = 3.0 / 16 * l + 1.0 / 8
    let third = 29.0 / 2304 * l - 77.0 / 13_824
    return 28.0 / 9 * l - 218.0 / 27 + inverse * (first - inverse * (second + inverse * third))
  }

  /// Total Klein-Nishina cross section per electron in units of 2π r_e².
  static func kleinNishina(_ energy: Double) -> Double {
    let k = energy / electronRestMeV
    let l = log(1 + 2 * k)
    let first = (1 + k) / (k * k) * (2 * (1 + k) / (1 + 2 * k) - l / k)
    return first + l / (2 * k) - (1 + 3 * k) / ((1 + 2 * k) * (1 + 2 * k))
  }
}

/// Angles of Rayleigh scattering: Thomson's times the square of the form factor of the atoms, taken
/// one by one.
struct CoherentScattering: Sendable {
  /// x² with x = sin(θ/2)/λ in 1/Å, and the integral of F² over x² up to there.
  private let squares: [Double]
  private let integral: [Double]

  init(_ material: Material) {
    let step =
      log(FormFactors.highest / FormFactors.lowest) / Double(FormFactors.pointCount - 1)
    var squares = [0.0]
    var integral = [0.0]
    var before = Self.strength(material, 0)
    for point in 0..<FormFactors.pointCount {
      let x = FormFactors.lowest * exp(step * Double(point))
      let here = Self.strength(material, point)
      let width = x * x - squares[squares.count - 1]
      integral.append(integral[integral.count - 1] + width * (before + here) / 2)
      squares.append(x * x)
      before = here
    }
    (self.squares, self.integral) = (squares, integral)
  }

  private static func strength(_ material: Material, _ point: Int) -> Double {
    material.sortedFractions.reduce(0) { sum, element in
      let (z, fraction) = element
      guard let f = FormFactors.values[z]?[point] else { return sum }
      return sum + fraction / Material.atomicWeight(z) * f * f
    }
  }

  /// hc in keV Å, in MeV.
  private static let planckMeVAngstrom = 12.398419843e-3

  func cosine(_ energy: Double, _ random: inout RandomStream) -> Double {
    let most = (energy / Self.planckMeVAngstrom) * (energy / Self.planckMeVAngstrom)
    let total = cumulative(at: most)
    while true {
      let square = inverse(random.uniform() * total)
      let cosine = max(1 - 2 * square / most, -1)
      if 2 * random.uniform() < 1 + cosine * cosine { return cosine }
    }
  }

  private func cumulative(at square: Double) -> Double {
    interpolated(square, from: squares, to: integral)
  }

  private func inverse(_ value: Double) -> Double {
    interpolated(value, from: integral, to: squares)
  }

  private func interpolated(_ value: Double, from: [Double], to: [Double]) -> Double {
    var (low, high) = (0, from.count - 1)
    if value >= from[high] { return to[high] }
    while high - low > 1 {
      let middle = (low + high) / 2
      if from[middle] > value { high = middle } else { low = middle }
    }
    let f = (value - from[low]) / (from[high] - from[low])
    return to[low] + f * (to[high] - to[low])
  }
}
