public import Foundation
public import Quantities
import Radiobiology
import Reporting

/// Equivalent uniform doses of a histogram or a list of voxels: `theratrack dose bed --dvh`.
public struct UniformDoseAnswer: Sendable {
  public struct Request: Sendable {
    /// α in 1/Gy, for EUBED.
    public var alphaPerGray: Double?
    /// Exponent a of the generalised EUD.
    public var exponent: Double?
    /// Turn a table of doses into BED.
    public var alphaBeta: AbsorbedDose?
    public var repair: Duration?
    public var halfLife: Duration?

    public init() {}
  }

  private let doses: [DosePart]?
  private let effects: [DosePart]?
  private let request: Request
  private let protraction: Double?

  /// - Parameter table: CSV with `dose_Gy` or `bed_Gy`, and `volume_mL` unless all parts are of
  ///   one size.
  /// - Throws: ``TableError``, ``CalculatorError``, `RadiobiologyError`.
  public init(_ table: URL, _ request: Request) throws {
    let file = try TableFile(table, required: [], optional: ["dose_Gy", "bed_Gy", "volume_mL"])
    guard file.columns.contains("dose_Gy") != file.columns.contains("bed_Gy") else {
      throw TableError(
        path: file.path, line: nil, reason: "the table has neither or both of dose_Gy and bed_Gy",
        remedy: "Give one of them, and volume_mL unless all parts are of one size.")
    }
    let column = file.columns.contains("dose_Gy") ? "dose_Gy" : "bed_Gy"
    let parts = try file.rows.map { row throws(TableError) in
      let part = DosePart(
        gray: try file.required(column, in: row),
        volume: file.columns.contains("volume_mL") ? try file.required("volume_mL", in: row) : 1)
      guard part.gray >= 0, part.volume >= 0 else {
        throw TableError(
          path: file.path, line: row.line, reason: "a dose or volume is negative", remedy: nil)
      }
      return part
    }
    self.request = request
    guard column == "dose_Gy" else {
      (doses, effects, protraction) = (nil, parts, nil)
      return
    }
    doses = parts
    if let alphaBeta = request.alphaBeta, let repair = request.repair,
      let halfLife = request.halfLife
    {
      let tissue = try TissueRadiobiology(
        alphaBeta: alphaBeta, repairHalfTime: repair, source: "given")
      let g = try DoseRateCurve(dose: .gray(1), effectiveHalfLife: halfLife)
        .leaCatcheside(tissue)
      protraction = g
      effects = parts.map { part in
        DosePart(
          gray: AbsorbedDose.gray(part.gray).biologicallyEffective(tissue, protraction: g).gray,
          volume: part.volume)
      }
    } else {
      (effects, protraction) = (nil, nil)
    }
    if effects == nil, request.alphaPerGray != nil {
      throw CalculatorError.effect(
        "EUBED of a table of doses needs --alpha-beta, --repair and --half-life")
    }
  }

  private struct File: Encodable {
    let parts: Int
    let mean_dose_Gy, mean_bed_Gy, lea_catcheside_factor, eubed_Gy, eud_Gy: Double?
    let alpha_per_Gy, eud_exponent: Double?
  }

  private func file() throws -> File {
    File(
      parts: (doses ?? effects ?? []).count,
      mean_dose_Gy: try doses.map { try EquivalentUniform.mean($0).gray },
      mean_bed_Gy: try effects.map { try EquivalentUniform.mean($0).gray },
      lea_catcheside_factor: protraction,
      eubed_Gy: try request.alphaPerGray.flatMap { alpha in
        try effects.map {
          try EquivalentUniform.biologicallyEffectiveDose($0, alphaPerGray: alpha).gray
        }
      },
      eud_Gy: try request.exponent.map { a in
        try EquivalentUniform.dose(doses ?? effects ?? [], exponent: a).gray
      }, alpha_per_Gy: request.alphaPerGray, eud_exponent: request.exponent)
  }

  public func json() throws -> String {
    String(decoding: try JSONWriter.data(try file()).dropLast(), as: UTF8.self)
  }

  public func text() throws -> String {
    let file = try file()
    let rows: [(String, Double?)] = [
      ("Mean dose", file.mean_dose_Gy), ("Mean BED", file.mean_bed_Gy), ("EUBED", file.eubed_Gy),
      ("EUD", file.eud_Gy),
    ]
    return rows.compactMap { row in
      row.1.map { row.0.column(28) + "\(Digits.significant($0, 6)) Gy" }
    }.joined(separator: "\n")
  }
}
