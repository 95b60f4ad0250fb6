import Foundation
public import Quantities

/// Self-dose of a region, taken as a sphere of its mass and density, per decay in it.
public struct SelfDose: Sendable, Hashable {
  public let radionuclide: Radionuclide
  public let mass: Mass
  /// Fraction of the electron energy that stays in the sphere.
  public let electronAbsorbedFraction: Double
  /// Energy absorbed per decay, in MeV.
  public let electronMeV: Double
  public let photonMeV: Double

  /// S = E_absorbed / m, in Gy/(Bq·s).
  public var grayPerBecquerelSecond: Double {
    (electronMeV + photonMeV) * Self.joulePerMeV / mass.kilograms
  }

  /// - Parameter density: In g/mL. Ranges shorten with density, so a sphere of mass m and density
  ///   ρ absorbs like a water sphere of mass m ρ².
  /// - Throws: ``DosimetryError`` for an unknown nuclide, or a mass outside the table.
  public init(
    _ radionuclide: Radionuclide, mass: Mass, density: Double
  ) throws(DosimetryError) {
    guard mass.grams > 0, mass.grams.isFinite else {
      throw .notPositive(quantity: "mass of the region")
    }
    guard density >= Self.leastDensity, density.isFinite else {
      throw .densityNotTissue(gramsPerMillilitre: density)
    }
    let energies = try DecayEnergies(radionuclide)
    let waterMass = mass.grams * density * density
    let fraction = try Self.electronFraction(radionuclide, waterMass: waterMass)
    let radius = cbrt(3 * waterMass / (4 * Double.pi))
    self.radionuclide = radionuclide
    self.mass = mass
    electronAbsorbedFraction = fraction
    electronMeV = energies.electronMeV * fraction
    photonMeV = energies.photons.reduce(0) {
      $0 + $1.perDecay
        * PhotonSelfAbsorption.absorbedMeV(energyMeV: $1.energyMeV, radius: radius)
    }
  }

  /// c₂ of S = c₁ v^(−c₂) about this mass: how steeply S falls with volume.
  static func volumeExponent(
    _ radionuclide: Radionuclide, mass: Mass, density: Double
  ) throws(DosimetryError) -> Double {
    let step = 1.02
    let below = try SelfDose(radionuclide, mass: mass * (1 / step), density: density)
    let above = try SelfDose(radionuclide, mass: mass * step, density: density)
    return -log(above.grayPerBecquerelSecond / below.grayPerBecquerelSecond) / (2 * log(step))
  }

  /// CODATA 2018, exact.
  static let joulePerMeV = 1.602_176_634e-13

  /// Inflated lung is about 0.26 g/mL (ICRU 46); anything below this is air in the outline.
  static let leastDensity = 0.1

  /// Interpolated in log mass. Above the table the escaping part keeps falling as surface over
  /// volume, m^(−1/3); below it nothing is known.
  private static func electronFraction(
    _ radionuclide: Radionuclide, waterMass grams: Double
  ) throws(DosimetryError) -> Double {
    guard let table = electronFractions[radionuclide.symbol] else {
      throw .noDecayData(
        radionuclide: radionuclide.symbol, known: electronFractions.keys.sorted())
    }
    guard grams >= table[0].grams else {
      throw .massBelowTable(grams: grams, least: table[0].grams)
    }
    let last = table[table.count - 1]
    guard let upper = table.firstIndex(where: { $0.grams > grams }) else {
      return 1 - (1 - last.fraction) * cbrt(last.grams / grams)
    }
    let (a, b) = (table[upper - 1], table[upper])
    let t = log(grams / a.grams) / log(b.grams / a.grams)
    return a.fraction + (b.fraction - a.fraction) * t
  }

  /// Absorbed fraction of all electron energy in uniform water spheres: electron transport
  /// simulation made for this project (Bethe stopping power, Møller delta rays, multiple
  /// scattering), statistical error about 0.5 %; its Lu-177 S values agree within 0.7 % with the
  /// sphere table of PyTheranostics.
  private static let electronFractions: [String: [(grams: Double, fraction: Double)]] = [
    "Lu-177": [
      (0.01, 0.86110), (0.1, 0.93395), (1, 0.96904), (10, 0.98652), (100, 0.99321),
      (300, 0.99507), (1000, 0.99661),
    ],
    "Y-90": [
      (0.01, 0.22050), (0.1, 0.43614), (1, 0.68880), (10, 0.84891), (100, 0.92864),
      (300, 0.95126), (1000, 0.96774),
    ],
    "I-131": [
      (0.01, 0.78825), (0.1, 0.89903), (1, 0.95359), (10, 0.97869), (100, 0.98935),
      (300, 0.99327), (1000, 0.99576),
    ],
    "Tb-161": [(1, 0.97145), (10, 0.98461), (100, 0.99441), (1000, 0.99666)],
  ]
}
