import DICOMIO
public import Foundation
import Reporting

/// What a folder of DICOM holds, and the course that follows from it: the answer of
/// `theratrack index`.
public struct CourseIndex {
  private let catalogue: SeriesCatalogue
  private let proposal: CourseProposal?

  /// - Parameters:
  ///   - folder: A folder, or the DICOMDIR in it.
  ///   - courseFile: Where the course file will be; its paths are relative to that.
  ///   - options: What the headers cannot say.
  /// - Throws: ``DICOMReadError`` when the folder holds no DICOM.
  public init(
    folder: URL, courseFile: URL?, options: CourseProposal.Options = .init(),
    progress: (String, Double) -> Void
  ) throws {
    progress("reading headers", 0.1)
    let folder = SeriesCatalogue.root(of: folder)
    catalogue = try SeriesCatalogue.scan(folder: folder)
    let base = (courseFile ?? folder.appending(path: "course.yaml")).deletingLastPathComponent()
    proposal =
      catalogue.patients.count == 1
      ? CourseProposal(
        catalogue.patients[0], folder: folder, base: base, options: options,
        remarks: catalogue.remarks) : nil
    progress("done", 1)
  }

  /// Whether a course could be proposed with nothing left open.
  public var isComplete: Bool { undecided.isEmpty }

  private var undecided: [String] {
    guard let proposal else {
      return [
        "the folder holds \(catalogue.patients.count) patients; a course is of one. "
          + "Run index on each patient's folder."
      ] + catalogue.remarks
        + catalogue.patients.flatMap { patient in
          patient.remarks.map { "\(patient.name): \($0)" }
        }
    }
    return proposal.undecided
  }

  /// Writes the proposed course file.
  ///
  /// - Throws: ``CourseIndexError``; an existing file is left as it is unless `replacing`.
  public func writeCourseFile(to file: URL, replacing: Bool) throws {
    guard let proposal, proposal.hasTimePoints else {
      throw CourseIndexError.noCourse(reasons: undecided)
    }
    guard replacing || !FileManager.default.fileExists(atPath: file.path) else {
      throw CourseIndexError.fileIsThere(path: file.path)
    }
    try AtomicFile.write(Data(proposal.yaml.utf8), to: file)
  }

  // MARK: Output

  public func text() -> String {
    var lines: [String] = []
    for patient in catalogue.patients {
      lines.append(patient.name)
      for study in patient.studies {
        lines.append("  \(study.name)\(study.start.map { "  \(CourseProposal.day($0))" } ?? "")")
        for series in study.series {
          lines.append("    " + line(series))
          lines += series.problems.map { "        ! \(PlainText.escaped($0))" }
        }
      }
    }
    if !catalogue.skipped.isEmpty {
      lines.append("Skipped \(catalogue.skipped.count) files:")
      lines += catalogue.skipped.prefix(10).map {
        PlainText.escaped("    \($0.path): \($0.reason)")
      }
      if catalogue.skipped.count > 10 { lines.append("    … (--json lists all)") }
    }
    if let proposal { lines += ["", "Time points"] + proposal.timePoints.map { "  " + $0.line } }
    if let leftOut = proposal?.leftOut, !leftOut.isEmpty {
      lines += ["", "Left out"] + leftOut.map { "  - " + PlainText.escaped($0.line) }
    }
    if !undecided.isEmpty {
      lines += ["", "Undecided"] + undecided.map { "  - " + PlainText.escaped($0) }
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ series: SeriesCatalogue.Series) -> String {
    let grid = series.grid.map { "\($0.columns) × \($0.rows) × \($0.slices)" } ?? ""
    let nuclide = series.uptake?.radionuclide ?? ""
    return series.role.rawValue.column(16) + "\(series.instanceCount) files".column(12)
      + grid.column(18) + nuclide
  }

  public func json() throws -> String {
    let file = IndexFile(
      patients: catalogue.patients, skipped: catalogue.skipped,
      timePoints: proposal?.timePoints ?? [], leftOut: proposal?.leftOut ?? [],
      undecided: undecided)
    return String(bytes: try JSONWriter.data(file).dropLast(), encoding: .utf8) ?? ""
  }
}

/// `theratrack index --json`.
private struct IndexFile: Encodable {
  let patients: [SeriesCatalogue.Patient]
  let skipped: [SeriesCatalogue.SkippedFile]
  let timePoints: [CourseProposal.TimePoint]
  let leftOut: [CourseProposal.LeftOut]
  let undecided: [String]

  enum CodingKeys: String, CodingKey {
    case patients, skipped, undecided
    case timePoints = "time_points"
    case leftOut = "left_out"
  }
}

/// Why no course file was written.
public enum CourseIndexError: Error, Hashable, Sendable, CustomStringConvertible {
  case noCourse(reasons: [String])
  case fileIsThere(path: String)

  public var description: String {
    switch self {
    case .noCourse(let reasons):
      "no course file was written: " + reasons.joined(separator: " ")
    case .fileIsThere(let path):
      "'\(path)' is there already and may hold your edits; give another name or --replace"
    }
  }
}
