import Foundation
import Geometry

/// Points in a patient frame, as a CSV file holds them.
enum LandmarkFile {
  /// Reads points from CSV with the header `x_mm,y_mm,z_mm`.
  static func read(_ file: URL) throws -> [PatientPoint] {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw PipelineError.points(path: file.path, line: 0)
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let header = lines.first?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard header == ["x_mm", "y_mm", "z_mm"] else {
      throw PipelineError.points(path: file.path, line: 1)
    }
    var points: [PatientPoint] = []
    for (n, line) in lines.enumerated().dropFirst() {
      let numbers = line.split(separator: ",", omittingEmptySubsequences: false)
        .map { Double($0.trimmingCharacters(in: .whitespaces)) }
      guard numbers.count == 3, let x = numbers[0], let y = numbers[1], let z = numbers[2],
        x.isFinite, y.isFinite, z.isFinite
      else { throw PipelineError.points(path: file.path, line: n + 1) }
      points.append(PatientPoint(x: x, y: y, z: z))
    }
    return points
  }
}
