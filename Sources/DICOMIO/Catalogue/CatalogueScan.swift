public import Foundation

extension SeriesCatalogue {
  /// Lists what a folder holds. Reads headers only, in parallel; any file name will do.
  ///
  /// - Throws: ``DICOMReadError/nothingFound(file:what:)`` when there is no folder, or no DICOM
  ///   file in it.
  public static func scan(folder: URL) throws(DICOMReadError) -> SeriesCatalogue {
    let root = folder.resolvingSymlinksInPath()
    var (paths, skipped) = Self.list(root)
    let urls = paths.map { root.appending(path: $0) }
    var found: [FoundFile] = []
    for (path, result) in zip(paths, DICOMFile.read(urls)) {
      switch result {
      case .success(let file):
        if let reason = Self.reasonToSkip(file) {
          skipped.append(SkippedFile(path: path, reason: reason))
        } else {
          found.append(FoundFile(path: path, file: file))
        }
      case .failure(let error):
        skipped.append(SkippedFile(path: path, reason: error.message))
      }
    }
    guard !found.isEmpty else {
      throw .nothingFound(
        file: folder.lastPathComponent,
        what: paths.isEmpty ? "files" : "DICOM files among its \(paths.count)")
    }
    skipped.sort { $0.path < $1.path }
    return SeriesCatalogue(patients: Self.patients(found), skipped: skipped)
  }

  /// Paths of all regular files below a folder, sorted. Links that lead out of it are skipped.
  private static func list(_ root: URL) -> (paths: [String], skipped: [SkippedFile]) {
    var paths: [String] = []
    var skipped: [SkippedFile] = []
    let prefix = root.path + "/"
    let manager = FileManager.default
    guard let names = manager.enumerator(atPath: root.path) else { return ([], []) }
    for case let path as String in names {
      if path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
      let url = root.appending(path: path)
      let resolved = url.resolvingSymlinksInPath()
      var isFolder: ObjCBool = false
      let exists = unsafe manager.fileExists(atPath: resolved.path, isDirectory: &isFolder)
      if !exists || !resolved.path.hasPrefix(prefix) {
        skipped.append(SkippedFile(path: path, reason: "a link that leads out of the folder"))
      } else if !isFolder.boolValue {
        paths.append(path)
      }
    }
    return (paths.sorted(), skipped)
  }

  private static func reasonToSkip(_ file: DICOMFile) -> String? {
    let header = file.header
    if header.code(.sopClass) == SOPClass.mediaDirectory { return "a DICOMDIR" }
    guard header.code(.seriesUID) != nil, header.code(.studyUID) != nil else {
      return "it has no study and series UID; it is not part of a series"
    }
    return nil
  }
}

/// A readable file and its path below the folder.
struct FoundFile {
  let path: String
  let file: DICOMFile
  var header: DICOMHeader { file.header }
}

extension SeriesCatalogue {
  private static func patients(_ files: [FoundFile]) -> [Patient] {
    let owners = owners(ofStudiesIn: files)
    let byPatient = Dictionary(grouping: files) { owners[$0.header.code(.studyUID) ?? ""] ?? "" }
    let groups = byPatient.values.map { studies($0) }
    let ordered = groups.sorted { a, b in
      order(a.first?.start, a.first?.series.first?.uid, b.first?.start, b.first?.series.first?.uid)
    }
    return ordered.enumerated().map { Patient(name: "patient-\($0 + 1)", studies: $1) }
  }

  /// Whose study each one is. Patient ID decides; where it is empty, name and birth date do. A
  /// study whose files disagree belongs to the first file's patient, and says so as a problem.
  private static func owners(ofStudiesIn files: [FoundFile]) -> [String: String] {
    var owners: [String: String] = [:]
    for file in files {
      let study = file.header.code(.studyUID) ?? ""
      if owners[study] == nil { owners[study] = file.header.patientKey }
    }
    return owners
  }

  private static func studies(_ files: [FoundFile]) -> [Study] {
    let byStudy = Dictionary(grouping: files) { $0.header.code(.studyUID) ?? "" }
    let ordered = byStudy.values.map { files in
      let series = Dictionary(grouping: files) { $0.header.code(.seriesUID) ?? "" }
        .values.map(Series.init).sorted { order($0.start, $0.uid, $1.start, $1.uid) }
      return (start: files.compactMap(\.header.studyStart).min(), series: series)
    }.sorted { order($0.start, $0.series.first?.uid, $1.start, $1.series.first?.uid) }
    return ordered.enumerated().map {
      Study(name: "study-\($0 + 1)", start: $1.start, series: $1.series)
    }
  }

  /// By time, then by UID, so that the order never depends on the file system.
  private static func order(_ a: Date?, _ idA: String?, _ b: Date?, _ idB: String?) -> Bool {
    let (a, b) = (a ?? .distantFuture, b ?? .distantFuture)
    return a == b ? (idA ?? "") < (idB ?? "") : a < b
  }
}

extension DICOMHeader {
  /// Tells patients apart. Never leaves this module.
  var patientKey: String {
    if let id = code(.patientID) { return "id " + id }
    return "name " + (text(.patientName) ?? "") + " " + (text(.patientBirthDate) ?? "")
  }

  var studyStart: Date? {
    instant(date: .studyDate, time: .studyTime) ?? seriesStart ?? acquisitionStart
  }
}
