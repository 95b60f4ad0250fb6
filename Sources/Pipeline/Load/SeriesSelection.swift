import DICOMIO
import Foundation

/// Finds the one series that an entry of the course file means.
enum SeriesSelection {
  /// The files of the only series with one of the wanted roles at `url`, a folder, or a file. A
  /// file stands for its series in its folder, so that a folder may hold several series.
  ///
  /// - Throws: ``PipelineError`` when there is none or more than one, when the folder holds several
  ///   patients, or when the files of the series contradict each other.
  static func series(at url: URL, roles: Set<SeriesCatalogue.Role>) throws -> [URL] {
    let facts = try? url.resourceValues(forKeys: [.isDirectoryKey, .isRegularFileKey])
    if facts?.isRegularFile == true { return try series(of: url) }
    guard facts?.isDirectory == true else { throw PipelineError.noScan(path: url.path) }
    let catalogue = try SeriesCatalogue.scan(folder: url)
    guard catalogue.patients.count == 1 else {
      throw PipelineError.severalPatients(path: url.path, count: catalogue.patients.count)
    }
    var fitting = catalogue.series.filter { roles.contains($0.role) }
    if fitting.isEmpty, roles.contains(.pet) {
      // A resampled or cropped PET serves where there is no original beside it.
      fitting = catalogue.series.filter { $0.role == .derivedPET }
    }
    let wanted = roles.map(\.rawValue).sorted().joined(separator: " or ")
    guard let chosen = fitting.first else {
      let found = Set(catalogue.series.map(\.role.rawValue)).sorted().joined(separator: ", ")
      throw PipelineError.noSeries(path: url.path, wanted: wanted, found: found)
    }
    guard fitting.count == 1 else {
      throw PipelineError.severalSeries(path: url.path, wanted: wanted, count: fitting.count)
    }
    return try files(of: chosen, below: url)
  }

  /// The series that a file belongs to, as far as it lies in the same folder; the file alone when
  /// it is a whole object.
  static func series(of file: URL) throws -> [URL] {
    guard try SeriesCatalogue.isSliceOfSeries(file) else { return [file] }
    let folder = file.deletingLastPathComponent()
    let name = file.lastPathComponent
    let catalogue = try SeriesCatalogue.scan(folder: folder)
    guard let series = catalogue.series.first(where: { $0.files.contains(name) }) else {
      let reason = catalogue.skipped.first { $0.path == name }?.reason
      throw PipelineError.unusable(path: file.path, reason: reason ?? "its series was not found")
    }
    return try files(of: series, below: folder).filter {
      $0.deletingLastPathComponent().path == folder.resolvingSymlinksInPath().path
    }
  }

  private static func files(of series: SeriesCatalogue.Series, below folder: URL) throws -> [URL] {
    if let refusal = series.refusal {
      throw PipelineError.unusable(path: folder.path, reason: refusal)
    }
    let root = folder.resolvingSymlinksInPath()
    return series.files.map { root.appending(path: $0) }
  }

  /// Which of CT, PET or SPECT the one image series at `url` is; a derived PET counts as PET.
  ///
  /// - Throws: ``PipelineError`` when there is no such series.
  static func imageRole(at url: URL) throws -> SeriesCatalogue.Role {
    let folder = (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? nil
    guard let isFolder = folder else { throw PipelineError.noScan(path: url.path) }
    let catalogue = try SeriesCatalogue.scan(
      folder: isFolder ? url : url.deletingLastPathComponent())
    let name = url.resolvingSymlinksInPath().lastPathComponent
    let series = catalogue.series.filter { isFolder || $0.files.contains(name) }
    let images = series.filter { [.ct, .pet, .spect, .derivedPET].contains($0.role) }
    guard let first = images.first else {
      throw PipelineError.noSeries(
        path: url.path, wanted: "CT, PET or SPECT",
        found: Set(series.map(\.role.rawValue)).sorted().joined(separator: ", "))
    }
    return first.role == .derivedPET ? .pet : first.role
  }

  /// Any one DICOM file at `url`: enough to see whose it is.
  static func firstFile(at url: URL) throws -> URL {
    try series(at: url, roles: [.pet, .spect])[0]
  }
}

/// Why the stages of a course could not be joined.
public enum PipelineError: Error, Hashable, Sendable {
  case noScan(path: String)
  case noSeries(path: String, wanted: String, found: String)
  case severalSeries(path: String, wanted: String, count: Int)
  case severalPatients(path: String, count: Int)
  case unusable(path: String, reason: String)
  case differentPatient(timePoint: String, reference: String)
  case noFrame(timePoint: String)
  case framesDiffer(timePoint: String)
  case otherRunActive(path: String)
  case linkAmongResults(path: String)
  case noReference
  case notSameKind(fixed: String, moving: String)
  case points(path: String, line: Int)
  case limits(path: String, reason: String)
}

extension PipelineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noScan(let path):
      "there is nothing at '\(path)'; correct the path in the course file"
    case .noSeries(let path, let wanted, let found):
      "'\(path)' holds no \(wanted), only \(found.isEmpty ? "other files" : found); "
        + "point the entry at the folder of the series"
    case .severalSeries(let path, let wanted, let count):
      "'\(path)' holds \(count) series of \(wanted); give the folder or file of one of them "
        + "('theratrack index' lists them)"
    case .severalPatients(let path, let count):
      "'\(path)' holds files of \(count) patients; a course is of one patient. "
        + "Separate them, then run again"
    case .unusable(let path, let reason): "'\(path)' cannot be used: \(reason)"
    case .differentPatient(let timePoint, let reference):
      "the scans of '\(timePoint)' and '\(reference)' name different patients "
        + "(Patient ID (0010,0020)); nothing was joined. Check the folders"
    case .noFrame(let timePoint):
      "the images of '\(timePoint)' have no Frame of Reference UID (0020,0052), so they cannot "
        + "be placed; export them again with it"
    case .framesDiffer(let timePoint):
      "CT and emission image of '\(timePoint)' have different Frame of Reference UIDs (0020,0052), "
        + "so the CT says nothing about where the uptake is; give the CT of the same examination, "
        + "or leave ct out of the course file"
    case .otherRunActive(let path):
      "another run is writing to '\(path)'; wait for it, or give another folder with -o"
    case .linkAmongResults(let path):
      "'\(path)' is a symbolic link, and results are only written inside the output folder; "
        + "remove the link or give another folder with -o"
    case .noReference: "the reference time point is missing from the course"
    case .notSameKind(let fixed, let moving):
      "a \(fixed) and a \(moving) cannot be registered here; give two CT series, or two "
        + "emission series of one modality"
    case .points(let path, let line):
      "'\(path)', line \(line): not a point; each line needs three numbers in millimetres, under a "
        + "header that names x_mm, y_mm and z_mm if there are other columns"
    case .limits(let path, let reason):
      "the limits in '\(path)' cannot be used: \(reason)"
    }
  }
}
