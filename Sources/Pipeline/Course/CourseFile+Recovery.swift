import Dosimetry
import Foundation
import Quantities
import Volumes

extension CourseFile {
  /// `{b1: 1.2 mL, b2: 0.8}`, `{table: [[mL, RC], …]}`, or the path of a table of inserts.
  struct Recovery: Codable {
    var b1: String?
    var b2: Double?
    /// Rows of millilitres and recovery.
    var table: [[Double]]?
    var file: String?

    private enum CodingKeys: String, CodingKey { case b1, b2, table }

    init(from decoder: any Decoder) throws {
      if let file = try? decoder.singleValueContainer().decode(String.self) {
        self.file = file
        return
      }
      let container = try decoder.container(keyedBy: CodingKeys.self)
      b1 = try container.decodeIfPresent(String.self, forKey: .b1)
      b2 = try container.decodeIfPresent(Double.self, forKey: .b2)
      table = try container.decodeIfPresent([[Double]].self, forKey: .table)
    }
  }
}

extension Course {
  /// The recovery of `pet` or `spect`, in any of its forms.
  static func recovery(
    _ written: CourseFile.Recovery?, _ entry: String, folder: URL
  ) throws(Problem) -> RecoveryCurve? {
    guard let written else { return nil }
    if let file = written.file { return try fitted(resolve(file, in: folder), entry) }
    let curve: RecoveryCurve
    if let rows = written.table, written.b1 == nil, written.b2 == nil {
      guard rows.allSatisfy({ $0.count == 2 }) else {
        throw Problem(
          entry: "\(entry).table", reason: "each row is two numbers: mL and recovery")
      }
      curve = .table(rows.map { .init(millilitres: $0[0], recovery: $0[1]) })
    } else if let b1 = written.b1, let b2 = written.b2, written.table == nil {
      let volume: TissueVolume = try quantity(b1, "\(entry).b1")
      curve = .fitted(b1: volume.millilitres, b2: b2)
    } else {
      throw Problem(
        entry: entry,
        reason: "is {b1: 1.2 mL, b2: 0.8}, {table: [[mL, RC], …]}, or the path of a CSV "
          + "volume_mL,recovery[,sd]")
    }
    do { return try curve.checked() } catch {
      throw Problem(entry: entry, reason: error.description)
    }
  }

  /// The curve through `volume_mL,recovery` and `sd` where known: one line per insert of the phantom.
  private static func fitted(_ file: URL, _ entry: String) throws(Problem) -> RecoveryCurve {
    do throws(TableError) {
      let table = try TableFile(file, required: ["volume_mL", "recovery"], optional: ["sd"])
      var inserts: [RecoveryCurve.Insert] = []
      for row in table.rows {
        inserts.append(
          RecoveryCurve.Insert(
            volume: .millilitres(try table.required("volume_mL", in: row)),
            recovery: try table.required("recovery", in: row),
            standardDeviation: try table.number("sd", in: row)))
      }
      do throws(DosimetryError) { return try RecoveryCurve(fitting: inserts) } catch {
        throw TableError(path: file.path, line: nil, reason: error.description, remedy: nil)
      }
    } catch {
      throw Problem(entry: entry, error)
    }
  }
}
