import Foundation
import Quantities
import Reporting
import Transport

/// What is known of a radionuclide: the answer of `theratrack nuclide`.
public struct NuclideAnswer: Sendable {
  private let scheme: DecayScheme
  private let chain: DecayChain

  /// Lines weaker than this share of decays are left out of the lists.
  private static let leastYield = 0.001

  /// - Parameter text: `Lu-177`, `Lu177`, `177Lu` or `lu-177`.
  /// - Throws: ``TransportError/noDecayData(radionuclide:)``.
  public init(_ text: String) throws {
    scheme = try DecayScheme(symbol: NuclideSymbol(text).symbol)
    chain = try DecayChain(parent: scheme.symbol)
  }

  private struct File: Encodable {
    struct Energies: Encodable {
      let alpha_MeV, recoil_MeV, beta_minus_MeV, positron_MeV, conversion_MeV, auger_MeV: Double
      let electron_MeV, photon_MeV, non_penetrating_MeV, delta_np_Gy_kg_per_Bq_s: Double

      init(_ energies: DecayEnergyBalance) {
        alpha_MeV = energies.alphaMeV
        recoil_MeV = energies.recoilMeV
        beta_minus_MeV = energies.betaMinusMeV
        positron_MeV = energies.positronMeV
        conversion_MeV = energies.conversionMeV
        auger_MeV = energies.augerMeV
        electron_MeV = energies.electronMeV
        photon_MeV = energies.photonMeV
        non_penetrating_MeV = energies.nonPenetratingMeV
        delta_np_Gy_kg_per_Bq_s = energies.nonPenetratingDelta
      }
    }
    struct Member: Encodable {
      let radionuclide: String
      let half_life_s: Double
      let decays_per_parent_decay: Double
      let energies_per_decay: Energies
    }
    struct Daughter: Encodable { let radionuclide: String, fraction: Double }
    struct Line: Encodable {
      let kind: String
      let energy_keV: Double
      /// Largest energy of a beta branch.
      let endpoint_keV: Double?
      let per_decay: Double
    }
    let radionuclide: String
    let half_life_s, half_life_sd_s: Double
    let half_life_h: Double
    let daughters: [Daughter]
    let energies_per_decay: Energies
    let chain: [Member]
    let chain_energies_per_parent_decay: Energies
    let lines: [Line]
    let source = DecayScheme.source
  }

  private var file: File {
    File(
      radionuclide: scheme.symbol, half_life_s: scheme.halfLife.inSeconds,
      half_life_sd_s: scheme.halfLifeStandardUncertainty.inSeconds,
      half_life_h: scheme.halfLife.inHours,
      daughters: scheme.daughters.map {
        File.Daughter(radionuclide: $0.symbol, fraction: $0.fraction)
      },
      energies_per_decay: File.Energies(scheme.energies),
      chain: zip(chain.members, chain.decaysPerParentDecay).map {
        File.Member(
          radionuclide: $0.symbol, half_life_s: $0.halfLife.inSeconds, decays_per_parent_decay: $1,
          energies_per_decay: File.Energies($0.energies))
      }, chain_energies_per_parent_decay: File.Energies(chain.energiesInPlace), lines: lines)
  }

  /// Strongest first within each kind.
  private var lines: [File.Line] {
    let alphas = scheme.alphas.map {
      File.Line(
        kind: "alpha", energy_keV: $0.energyMeV * 1e3, endpoint_keV: nil, per_decay: $0.perDecay)
    }
    let betas = scheme.betas.map {
      File.Line(
        kind: $0.isPositron ? "positron" : "beta-", energy_keV: $0.meanMeV * 1e3,
        endpoint_keV: $0.spectrum.endpointMeV * 1e3, per_decay: $0.perDecay)
    }
    let electrons = scheme.conversionElectrons.map {
      File.Line(
        kind: "conversion electron", energy_keV: $0.energyMeV * 1e3, endpoint_keV: nil,
        per_decay: $0.perDecay)
    }
    let photons = scheme.photons.map {
      File.Line(
        kind: Self.words($0.origin), energy_keV: $0.energyMeV * 1e3, endpoint_keV: nil,
        per_decay: $0.perDecay)
    }
    return [alphas, betas, electrons, photons].flatMap { kind in
      kind.filter { $0.per_decay >= Self.leastYield }.sorted { $0.per_decay > $1.per_decay }
    }
  }

  private static func words(_ origin: DecayScheme.PhotonLine.Origin) -> String {
    switch origin {
    case .gamma: "gamma"
    case .kXRay: "K X-ray"
    case .lXRay: "L X-ray"
    case .annihilation: "annihilation"
    }
  }

  public func json() throws -> String {
    String(decoding: try JSONWriter.data(file).dropLast(), as: UTF8.self)
  }

  public func text() -> String {
    let energies = scheme.energies
    let kinds: [(String, Double)] = [
      ("alphas", energies.alphaMeV), ("recoils", energies.recoilMeV),
      ("beta minus", energies.betaMinusMeV), ("positrons", energies.positronMeV),
      ("conversion electrons", energies.conversionMeV), ("Auger electrons", energies.augerMeV),
      ("all electrons", energies.electronMeV), ("photons", energies.photonMeV),
    ]
    var text = [
      "\(scheme.symbol)".column(24) + "half-life "
        + HalfLifeText.words(scheme.halfLife, scheme.halfLifeStandardUncertainty),
      "Decays to".column(24)
        + scheme.daughters.map { "\($0.symbol) \(Digits.significant($0.fraction * 100, 4)) %" }
        .joined(separator: ", "),
      "", "Energy per decay".column(24) + "MeV",
    ]
    text += kinds.filter { $0.1 > 0 }.map { "  \($0.0)".column(24) + Digits.significant($0.1, 4) }
    text +=
      ["", "Line".column(24) + "keV".column(12) + "endpoint keV".column(14) + "per 100 decays"]
      + lines.filter { $0.per_decay >= 0.01 }.map { line in
        "  \(line.kind)".column(24) + Digits.text(line.energy_keV, 2).column(12)
          + (line.endpoint_keV.map { Digits.text($0, 1) } ?? "").column(14)
          + Digits.significant(line.per_decay * 100, 4)
      }
    return (text + chainText + ["", DecayScheme.source]).joined(separator: "\n")
  }

  private var chainText: [String] {
    guard chain.members.count > 1 else { return [] }
    let sum = chain.energiesInPlace
    return [
      "",
      "Chain".column(12) + "half-life".column(22) + "decays".column(10)
        + "alpha MeV".column(11) + "electron MeV".column(14) + "photon MeV",
    ]
      + zip(chain.members, chain.decaysPerParentDecay).map { member, decays in
        "  \(member.symbol)".column(12)
          + HalfLifeText.words(member.halfLife, nil).column(22)
          + Digits.significant(decays, 4).column(10)
          + Self.energies(member.energies)
      } + ["  sum, all in place".column(44) + Self.energies(sum)]
  }

  private static func energies(_ energies: DecayEnergyBalance) -> String {
    Digits.text(energies.alphaMeV, 4).column(11) + Digits.text(energies.electronMeV, 4).column(14)
      + Digits.text(energies.photonMeV, 4)
  }
}

/// A nuclide as people write it.
struct NuclideSymbol {
  /// Element and mass number joined by a hyphen: `Lu-177`.
  let symbol: String

  /// A text that is no nuclide stays as it is and is refused where it is looked up.
  init(_ text: String) {
    let digits = text.filter { $0.isASCII && $0.isNumber }
    let letters = text.filter { $0.isASCII && $0.isLetter }
    let rest = text.filter { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    // Tc-99m: the m after the mass number belongs to it.
    let isMetastable =
      letters.count > 1 && letters.hasSuffix("m")
      && text.lastIndex(where: \.isNumber).map { text[$0...].hasSuffix("m") } == true
      && text.first?.isLetter == true
    let element = isMetastable ? String(letters.dropLast()) : letters
    guard !digits.isEmpty, (1...2).contains(element.count), rest.allSatisfy({ " -".contains($0) })
    else {
      symbol = text
      return
    }
    symbol =
      element.prefix(1).uppercased() + element.dropFirst().lowercased() + "-" + digits
      + (isMetastable ? "m" : "")
  }
}

enum HalfLifeText {
  /// In the unit that keeps the number readable.
  static func words(_ halfLife: Duration, _ uncertainty: Duration?) -> String {
    let seconds = halfLife.inSeconds
    let units: [(String, Double)] = [
      ("y", 365.25 * 86_400), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1), ("ms", 1e-3),
      ("µs", 1e-6), ("ns", 1e-9),
    ]
    let unit =
      units.first { seconds >= 1.5 * $0.1 } ?? ("ns", 1e-9)
    let value = Digits.significant(seconds / unit.1, 5)
    guard let uncertainty else { return "\(value) \(unit.0)" }
    return "\(value) ± \(Digits.significant(uncertainty.inSeconds / unit.1, 2)) \(unit.0)"
  }
}
