import Dosimetry
import Foundation
public import Quantities
import Reporting
import Transport

/// Self-dose of a sphere: the answer of `theratrack dose sphere`.
public struct SphereAnswer: Sendable {
  public enum Medium: String, Sendable, CaseIterable {
    case water
    case softTissue = "soft-tissue"
    case lung
    case bone

    var material: Material {
      switch self {
      case .water: .water
      case .softTissue: .softTissue
      case .lung: .lung
      case .bone: .corticalBone
      }
    }
  }

  /// Which daughters decay with the parent; see `DecayKernels.Daughters`.
  public enum Daughters: String, Sendable, CaseIterable {
    case none
    case shortLived = "short-lived"
    case all
  }

  public struct Request: Sendable {
    public var radionuclide: String
    public var mass: Mass
    /// In g/mL.
    public var density = 1.0
    public var medium = Medium.water
    public var daughters = Daughters.shortLived
    /// Share of newborn nuclei of a daughter that the recoil tears loose, by symbol.
    public var freeFractions: [String: Double] = [:]
    /// With which biological half-life free nuclides leave the sphere; `nil`: at once.
    public var freeHalfLife: Duration?
    /// With which biological half-life all that is bound leaves it; `nil`: never.
    public var boundHalfLife: Duration?
    /// Decays in the sphere, for a dose in Gy; `nil` gives the S value alone.
    public var timeIntegratedActivity: TimeIntegratedActivity?

    public init(radionuclide: String, mass: Mass) {
      self.radionuclide = radionuclide
      self.mass = mass
    }
  }

  private let request: Request
  private let kernels: DecayKernels
  private let sphere: SelfDose

  /// - Throws: `TransportError` for an unknown nuclide, `DosimetryError` for a mass or density
  ///   that cannot be tissue.
  public init(_ request: Request) throws {
    self.request = request
    let bound = try KernelStore(material: request.medium.material).kernels(
      parent: NuclideSymbol(request.radionuclide).symbol,
      daughters: DecayKernels.Daughters(rawValue: request.daughters.rawValue) ?? .shortLived)
    kernels = try Self.moving(bound, request)
    sphere = try SelfDose(kernels, mass: request.mass, density: request.density)
  }

  /// - Throws: ``CalculatorError/daughter(_:of:)`` for a free nuclide that does not decay with the parent.
  private static func moving(_ kernels: DecayKernels, _ request: Request) throws -> DecayKernels {
    guard !request.freeFractions.isEmpty || request.boundHalfLife != nil else { return kernels }
    var biokinetics = ChainBiokinetics()
    biokinetics.carrierClearance = request.boundHalfLife
    let daughters = kernels.members.dropFirst().map(\.symbol)
    for (text, fraction) in request.freeFractions {
      let symbol = NuclideSymbol(text).symbol
      guard daughters.contains(symbol) else {
        throw CalculatorError.daughter(symbol, of: kernels.parent.symbol, known: daughters)
      }
      biokinetics.freeFraction[symbol] = fraction
    }
    if let halfLife = request.freeHalfLife {
      for symbol in daughters { biokinetics.freeClearance[symbol] = halfLife }
    }
    return try kernels.moving(by: biokinetics, keepsFree: request.freeHalfLife != nil)
  }

  private var joulesPerKilogram: Double { joulesPerMeV / request.mass.kilograms }

  private struct File: Encodable {
    let radionuclide: String
    let mass_g, density_g_per_mL: Double
    let medium, daughters: String
    let s_value_Gy_per_Bq_s: Double
    /// One standard deviation from the number of decays simulated.
    let s_value_statistical_Gy_per_Bq_s: Double
    /// Electrons and photons.
    let s_value_low_let_Gy_per_Bq_s: Double
    /// Alphas and recoils.
    let s_value_high_let_Gy_per_Bq_s: Double
    let electron_absorbed_fraction: Double
    let absorbed_MeV_per_decay: [String: Double]
    let chain: [SelfDose.Member]
    let free_fractions: [String: Double]
    let free_half_life_h, bound_half_life_h: Double?
    let daughters_left_out: [String]
    let tia_MBq_h, dose_Gy, dose_low_let_Gy, dose_high_let_Gy: Double?
    let source: String
  }

  private var source: String {
    "\(DecayScheme.source); own Monte Carlo, \(KernelStore.histories) decays per nuclide, "
      + "a sphere in an endless medium that holds its activity evenly"
  }

  public func json() throws -> String {
    let tia = request.timeIntegratedActivity
    let lowLET = (sphere.electronMeV + sphere.photonMeV) * joulesPerKilogram
    let highLET = sphere.alphaMeV * joulesPerKilogram
    let file = File(
      radionuclide: kernels.parent.symbol, mass_g: request.mass.grams,
      density_g_per_mL: request.density, medium: request.medium.rawValue,
      daughters: request.daughters.rawValue, s_value_Gy_per_Bq_s: sphere.grayPerBecquerelSecond,
      s_value_statistical_Gy_per_Bq_s: sphere.statisticalFraction * sphere.grayPerBecquerelSecond,
      s_value_low_let_Gy_per_Bq_s: lowLET, s_value_high_let_Gy_per_Bq_s: highLET,
      electron_absorbed_fraction: sphere.electronAbsorbedFraction,
      absorbed_MeV_per_decay: [
        "alpha": sphere.alphaMeV, "electron": sphere.electronMeV, "photon": sphere.photonMeV,
      ], chain: sphere.members, free_fractions: request.freeFractions,
      free_half_life_h: request.freeHalfLife?.inHours,
      bound_half_life_h: request.boundHalfLife?.inHours, daughters_left_out: kernels.leftOut,
      tia_MBq_h: tia?.megabecquerelHours,
      dose_Gy: tia.map { $0.inBaseUnit * sphere.grayPerBecquerelSecond },
      dose_low_let_Gy: tia.map { $0.inBaseUnit * lowLET },
      dose_high_let_Gy: tia.map { $0.inBaseUnit * highLET }, source: source)
    return String(decoding: try JSONWriter.data(file).dropLast(), as: UTF8.self)
  }

  public func text() -> String {
    let s = sphere.grayPerBecquerelSecond
    func line(_ name: String, _ value: String) -> String { name.column(28) + value }
    var lines = [
      line(
        "\(kernels.parent.symbol), \(Digits.significant(request.mass.grams, 4)) g",
        "S = \(Digits.significant(s, 4)) Gy/(Bq·s) "
          + "(± \(Digits.significant(sphere.statisticalFraction * 100, 2)) % statistical)"),
      line("", "\(Digits.significant(s * 3.6e9, 4)) Gy/(MBq·h)"),
      line("Electrons", share(sphere.electronMeV)), line("Photons", share(sphere.photonMeV)),
    ]
    if sphere.alphaMeV > 0 {
      lines.append(line("Alphas and recoils", share(sphere.alphaMeV) + ", high LET"))
    }
    lines.append(
      line("Electron absorbed fraction", Digits.significant(sphere.electronAbsorbedFraction, 4)))
    if let tia = request.timeIntegratedActivity {
      lines.append(
        line(
          "Dose of \(Digits.significant(tia.megabecquerelHours, 4)) MBq·h",
          "\(Digits.significant(tia.inBaseUnit * s, 4)) Gy"))
    }
    if sphere.members.count > 1 {
      lines.append(
        line(
          "Decaying with it",
          sphere.members.dropFirst().map {
            "\($0.symbol) (\(Digits.significant($0.decays, 3)))"
          }.joined(separator: ", ")))
    }
    if !request.freeFractions.isEmpty {
      let parts = request.freeFractions.sorted { $0.key < $1.key }.map {
        "\(Digits.significant($0.value * 100, 3)) % of \($0.key)"
      }
      let staying = request.freeHalfLife.map {
        "leaves with \(Digits.significant($0.inHours, 3)) h"
      }
      lines.append(
        line("Torn loose", parts.joined(separator: ", ") + ", " + (staying ?? "gone at once")))
    }
    if !kernels.leftOut.isEmpty {
      lines.append(
        line("Not counted", kernels.leftOut.joined(separator: ", ") + "; --daughters all"))
    }
    return (lines + ["", source]).joined(separator: "\n")
  }

  private func share(_ energy: Double) -> String {
    "\(Digits.significant(energy, 4)) MeV per decay, "
      + "\(Digits.significant(energy / sphere.absorbedMeV * 100, 3)) %"
  }
}
