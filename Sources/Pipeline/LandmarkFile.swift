import Foundation
import Geometry

/// Points in a patient frame, as a CSV file holds them.
enum LandmarkFile {
  /// Reads points in the order of the rows.
  ///
  /// The header names `x_mm`, `y_mm` and `z_mm`, in any order and among others, such as a name;
  /// without a header, rows of three numbers are millimetres, the unit of DICOM's patient frame.
  /// Empty rows hold no point.
  static func read(_ file: URL) throws -> [PatientPoint] {
    guard let data = try? Data(contentsOf: file), let lines = try? CSVLines(data).lines else {
      throw PipelineError.points(path: file.path, line: 0)
    }
    var columns: [Int]?
    var points: [PatientPoint] = []
    for line in lines {
      let cells = line.cells.map { $0.trimmingCharacters(in: .whitespaces) }
      if cells.allSatisfy(\.isEmpty) { continue }
      if columns == nil {
        let names = cells.map { $0.lowercased() }
        let named = ["x_mm", "y_mm", "z_mm"].compactMap { names.firstIndex(of: $0) }
        columns = named.count == 3 ? named : [0, 1, 2]
        if named.count == 3 { continue }
        guard cells.count == 3 else {
          throw PipelineError.points(path: file.path, line: line.number)
        }
      }
      let numbers = (columns ?? []).compactMap {
        cells.indices.contains($0) ? Double(cells[$0]) : nil
      }
      guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else {
        throw PipelineError.points(path: file.path, line: line.number)
      }
      points.append(PatientPoint(x: numbers[0], y: numbers[1], z: numbers[2]))
    }
    return points
  }
}
