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
    let daughters = scheme.daughters.map { daughter -> String in
      "\(daughter.symbol) \(Digits.significant(daughter.fraction * 100, 4)) %"
    }
    var text: [String] = [
      TextRow.line([scheme.symbol, "half-life \(halfLife)"], [24]),
      TextRow.line(["Decays to", daughters.joined(separator: ", ")], [24]), "",
      TextRow.line(["Energy per decay", "MeV"], [24]),
    ]
    for (name, energy) in kinds where energy > 0 {
      text.append(TextRow.line(["  " + name, Digits.significant(energy, 4)], [24]))
    }
    text.append("")
    text.append(TextRow.line(["Line", "keV", "endpoint keV", "per 100 decays"], Self.lineWidths))
    for line in lines where line.per_decay >= 0.01 {
      let endpoint: String = line.endpoint_keV.map { Digits.text($0, 1) } ?? ""
      text.append(
        TextRow.line(
          [
            "  " + line.kind, Digits.text(line.energy_keV, 2), endpoint,
            Digits.significant(line.per_decay * 100, 4),
          ], Self.lineWidths))
    }
    text += chainText
    text += ["", DecayScheme.source]
    return text.joined(separator: "\n")
  }

  private static let lineWidths = [24, 12, 14]
  private static let chainWidths = [12, 22, 10, 11, 14]

  private var halfLife: String {
    HalfLifeText.words(scheme.halfLife, scheme.halfLifeStandardUncertainty)
  }

  private var chainText: [String] {
    guard chain.members.count > 1 else { return [] }
    let head = ["Chain", "half-life", "decays", "alpha MeV", "electron MeV", "photon MeV"]
    var text = ["", TextRow.line(head, Self.chainWidths)]
    for (member, decays) in zip(chain.members, chain.decaysPerParentDecay) {
      let start = [
        "  " + member.symbol, HalfLifeText.words(member.halfLife, nil),
        Digits.significant(decays, 4),
      ]
      text.append(TextRow.line(start + Self.energies(member.energies), Self.chainWidths))
    }
    let sum = ["  sum", "all in place", ""] + Self.energies(chain.energiesInPlace)
    text.append(TextRow.line(sum, Self.chainWidths))
    return text
  }

  private static func energies(_ energies: DecayEnergyBalance) -> [String] {
    [energies.alphaMeV, energies.electronMeV, energies.photonMeV].map { Digits.text($0, 4) }
  }
}

/// Columns of a table for a terminal.
enum TextRow {
  /// Cells padded to their widths; the last has none.
  static func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (n, cell) in cells.enumerated() {
      text += n < widths.count ? cell.column(widths[n]) : cell
    }
    return text
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
