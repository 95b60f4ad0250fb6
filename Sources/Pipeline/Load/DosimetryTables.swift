import Dosimetry
import Foundation
import Quantities
import Transport

/// Tables of the site that the dose stage uses.
struct DosimetryTables {
  let crossDose: SValueTable?
  /// What the tables say, for the key of a stored result.
  let content: String

  /// - Throws: ``TableError`` naming the line.
  init(_ settings: Course.DosimetrySettings, radionuclide: Radionuclide) throws {
    crossDose = try settings.crossDose.map {
      try Self.crossDose($0, radionuclide: radionuclide, source: settings.crossDoseSource)
    }
    // A dictionary describes itself in another order in every run.
    var ordered = settings
    ordered.halfLifePriors = [:]
    content =
      String(describing: ordered)
      + String(describing: settings.halfLifePriors.sorted { $0.key < $1.key })
      + (crossDose.map { String(describing: $0.entries) } ?? "")
  }

  /// S values (`source,target,s_mGy_per_MBq_s`) or specific absorbed fractions
  /// (`source,target,particle,energy_MeV,saf_per_kg`).
  private static func crossDose(
    _ file: URL, radionuclide: Radionuclide, source: String
  ) throws -> SValueTable {
    let table = try TableFile(
      file, required: ["source", "target"],
      optional: ["s_mGy_per_MBq_s", "particle", "energy_MeV", "saf_per_kg"])
    do {
      if table.columns.contains("s_mGy_per_MBq_s") {
        return try SValueTable(
          table.rows.map { row throws(TableError) in
            SValueTable.Entry(
              source: region(row.fields["source"]), target: region(row.fields["target"]),
              grayPerBecquerelSecond: try table.required("s_mGy_per_MBq_s", in: row) * 1e-9)
          }, source: source)
      }
      let fractions = try SpecificAbsorbedFractions(table.rows.map { try fraction($0, table) })
      return try fractions.sValues(of: try DecayScheme(radionuclide), source: source)
    } catch let error as DosimetryError {
      throw TableError(path: file.path, line: nil, reason: error.description, remedy: nil)
    }
  }

  private static func fraction(
    _ row: TableFile.Row, _ table: TableFile
  ) throws(TableError) -> SpecificAbsorbedFractions.Entry {
    let name = row.fields["particle"] ?? ""
    guard let particle = SpecificAbsorbedFractions.Particle(rawValue: name) else {
      throw TableError(
        path: table.path, line: row.line, reason: "particle is '\(name)'",
        remedy: "Write photon, electron or alpha; or give S values as s_mGy_per_MBq_s.")
    }
    return SpecificAbsorbedFractions.Entry(
      source: region(row.fields["source"]), target: region(row.fields["target"]),
      particle: particle, energyMeV: try table.required("energy_MeV", in: row),
      perKilogram: try table.required("saf_per_kg", in: row))
  }

  /// The name that outlines of this organ go by.
  private static func region(_ text: String?) -> String {
    RegionName.canonical(text ?? "")
  }
}
