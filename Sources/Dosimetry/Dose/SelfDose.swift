import Foundation
public import Quantities
import Transport

/// Self-dose of a region, taken as a sphere of its mass and density that holds its activity
/// evenly, per decay of the parent in it. The energies are those absorbed, in MeV.
public struct SelfDose: Sendable, Hashable, Codable {
  public let mass: Mass
  public let electronMeV: Double
  public let photonMeV: Double
  /// Alphas and recoils: the high-LET part, all of it absorbed.
  public let alphaMeV: Double
  /// One standard deviation of the sum from the number of decays simulated.
  public let statisticalMeV: Double
  /// Electron energy absorbed over emitted.
  public let electronAbsorbedFraction: Double
  public let members: [Member]

  /// What one nuclide of the chain adds, weighted by its decays per decay of the parent.
  public struct Member: Sendable, Hashable, Codable {
    public let symbol: String
    public let decays: Double
    public let electronMeV: Double
    public let photonMeV: Double
    public let alphaMeV: Double

    private enum CodingKeys: String, CodingKey {
      case symbol = "radionuclide"
      case decays = "decays_per_parent_decay"
      case electronMeV = "electron_MeV"
      case photonMeV = "photon_MeV"
      case alphaMeV = "alpha_MeV"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case mass = "mass_g"
    case electronMeV = "electron_MeV"
    case photonMeV = "photon_MeV"
    case alphaMeV = "alpha_MeV"
    case statisticalMeV = "statistical_MeV"
    case electronAbsorbedFraction = "electron_absorbed_fraction"
    case members
  }

  public var absorbedMeV: Double { electronMeV + photonMeV + alphaMeV }
  /// S = E_absorbed / m, in Gy/(Bq·s).
  public var grayPerBecquerelSecond: Double { absorbedMeV * joulesPerMeV / mass.kilograms }
  public var highLETFraction: Double { alphaMeV / absorbedMeV }
  public var photonFraction: Double { photonMeV / absorbedMeV }
  public var statisticalFraction: Double { statisticalMeV / absorbedMeV }

  /// - Parameter density: In g/mL; ranges shorten with it.
  /// - Throws: ``DosimetryError`` for a mass or density that cannot be tissue.
  public init(_ kernels: DecayKernels, mass: Mass, density: Double) throws(DosimetryError) {
    guard mass.grams > 0, mass.grams.isFinite else {
      throw .notPositive(quantity: "mass of the region")
    }
    guard density >= Self.leastDensity, density <= Self.largestDensity else {
      throw .densityNotTissue(gramsPerMillilitre: density)
    }
    var members: [Member] = []
    var variance = 0.0
    for member in kernels.members {
      let sphere: SphereDose
      do {
        sphere = try member.kernel.sphereDose(mass: mass, gramsPerMillilitre: density)
      } catch { throw .notPositive(quantity: "mass or density of the region") }
      members.append(
        Member(
          symbol: member.symbol, decays: member.decays,
          electronMeV: sphere.electronMeV * member.decays,
          photonMeV: sphere.photonMeV * member.decays, alphaMeV: sphere.alphaMeV * member.decays))
      variance += pow(sphere.statisticalMeV * member.decays, 2)
    }
    self.mass = mass
    self.members = members
    electronMeV = members.reduce(0) { $0 + $1.electronMeV }
    photonMeV = members.reduce(0) { $0 + $1.photonMeV }
    alphaMeV = members.reduce(0) { $0 + $1.alphaMeV }
    statisticalMeV = variance.squareRoot()
    let emitted = kernels.energies.electronMeV
    electronAbsorbedFraction = emitted > 0 ? electronMeV / emitted : 0
  }

  /// c₂ of S = c₁ v^(−c₂) about this mass: how steeply S falls with volume.
  static func volumeExponent(
    _ kernels: DecayKernels, mass: Mass, density: Double
  ) throws(DosimetryError) -> Double {
    // Wide enough that the shells of the kernel do not show.
    let step = 1.1
    let below = try SelfDose(kernels, mass: mass * (1 / step), density: density)
    let above = try SelfDose(kernels, mass: mass * step, density: density)
    return -log(above.grayPerBecquerelSecond / below.grayPerBecquerelSecond) / (2 * log(step))
  }

  /// Inflated lung is about 0.26 g/mL (ICRU 46); anything below this is air in the outline.
  static let leastDensity = 0.1
  /// Dental enamel is 2.9 g/mL (ICRU 46); anything above this is metal.
  static let largestDensity = 3.0
}
