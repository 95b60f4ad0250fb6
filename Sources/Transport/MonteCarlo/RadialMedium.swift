import Foundation

/// One material without end, and spherical shells around the origin that count energy.
struct RadialMedium: TransportMedium {
  private let matter: Matter
  private let majorants: [Double]
  private let shells: RadialShells
  /// Energy left in each shell, in MeV.
  private(set) var depositedMeV: [Double]
  private(set) var lostMeV = 0.0

  init(density: Double, shells: RadialShells, photonTotals: [Double]) {
    matter = Matter(material: 0, density: density)
    majorants = photonTotals.map { $0 * density }
    self.shells = shells
    depositedMeV = [Double](repeating: 0, count: shells.count)
  }

  /// Photons this far out, in g/cm², are given up: what comes back from there is below 10⁻⁴.
  private static let horizon = 70.0

  func matter(at point: SIMD3<Double>) -> Matter? {
    let limit = Self.horizon / matter.density
    return (point * point).sum() < limit * limit ? matter : nil
  }

  func advanced(
    _ point: SIMD3<Double>, _ direction: SIMD3<Double>, massLength: Double, from _: Matter
  ) -> SIMD3<Double>? {
    point + direction * (massLength / matter.density)
  }

  /// A fifth of a shell is close enough; at the centre, 2 µm of water.
  func isCountedHere(_ point: SIMD3<Double>, massRange: Double, in _: Matter) -> Bool {
    let radius = (point * point).sum().squareRoot() * matter.density
    return massRange < max(0.2 * shells.width(at: radius), 2e-4)
  }

  func photonMajorant(point: Int) -> Double { majorants[point] }

  mutating func deposit(_ energyMeV: Double, at point: SIMD3<Double>) {
    let radius = (point * point).sum().squareRoot() * matter.density
    if let shell = shells.index(of: radius) {
      depositedMeV[shell] += energyMeV
    } else {
      lostMeV += energyMeV
    }
  }

  mutating func lose(_ energyMeV: Double) { lostMeV += energyMeV }

  /// Starts a new tally and returns the old one.
  mutating func takeTally() -> (shells: [Double], lost: Double) {
    defer {
      depositedMeV = [Double](repeating: 0, count: shells.count)
      lostMeV = 0
    }
    return (depositedMeV, lostMeV)
  }
}

/// Shells whose width grows with the radius: edges at r₀ (e^{nδ} − 1), in g/cm².
public struct RadialShells: Sendable, Hashable, Codable {
  /// r₀: the first shells are r₀ δ = 1 µm of water wide.
  static let scale = 0.005
  static let growth = 0.02
  /// Photon kernels reach 20 cm and the diagonal of a voxel more.
  public static let standard = RadialShells(reach: 25)

  public let count: Int

  init(reach: Double) {
    count = Int((Foundation.log(reach / Self.scale + 1) / Self.growth).rounded(.up))
  }

  /// Inner edge of a shell, in g/cm².
  func edge(_ shell: Int) -> Double { Self.scale * (exp(Double(shell) * Self.growth) - 1) }

  @inline(__always)
  func index(of radius: Double) -> Int? {
    let shell = Int(Foundation.log(radius / Self.scale + 1) / Self.growth)
    return shell < count ? shell : nil
  }

  @inline(__always)
  func width(at radius: Double) -> Double { (radius + Self.scale) * Self.growth }
}
