import Foundation

/// Sorts files into patients, studies and series.
struct CatalogueSorting {
  private(set) var patients: [SeriesCatalogue.Patient] = []
  private(set) var skipped: [SeriesCatalogue.SkippedFile] = []
  private(set) var remarks: [String] = []
  private let repeats: RepeatedInstances

  init(_ repeats: RepeatedInstances) {
    let files = repeats.unique
    self.repeats = repeats
    let sorting = PatientSorting(
      files.map { PatientIdentity($0.header) }, studies: files.map { Self.study($0) })
    remarks = sorting.remarks
    let owned = sorting.groups.map { group in group.files.map { files[$0] } }
    let shared = Self.seriesOfSeveral(owned)
    var found: [(studies: [SeriesCatalogue.Study], remarks: [String], files: [FoundFile])] = []
    for (group, files) in zip(sorting.groups, owned) {
      found.append((studies(files, shared: shared), group.remarks, files))
    }
    found.sort { a, b in
      Self.order(
        a.studies.first?.start, a.studies.first?.series.first?.uid, b.studies.first?.start,
        b.studies.first?.series.first?.uid)
    }
    patients = found.enumerated().map {
      .init(name: "patient-\($0 + 1)", studies: $1.studies, remarks: $1.remarks)
    }
    remarks += Self.hints(found.map(\.files))
  }

  private static func study(_ file: FoundFile) -> String { file.header.code(.studyUID) ?? "" }
  private static func series(_ file: FoundFile) -> String { file.header.code(.seriesUID) ?? "" }

  /// Series UIDs under which files of several patients are found.
  private static func seriesOfSeveral(_ owned: [[FoundFile]]) -> Set<String> {
    var seen: Set<String> = []
    var shared: Set<String> = []
    for files in owned {
      let uids = Set(files.map(series))
      shared.formUnion(uids.intersection(seen))
      seen.formUnion(uids)
    }
    return shared
  }

  /// Equal UIDs under two identities: nothing is joined, but it is said.
  private static func hints(_ owned: [[FoundFile]]) -> [String] {
    var hints: [String] = []
    for (name, tag) in [
      ("Study Instance UID (0020,000D)", DICOMTag.studyUID),
      ("Frame of Reference UID (0020,0052)", .frameOfReference),
    ] {
      let uids = owned.map { Set($0.compactMap { $0.header.code(tag) }) }
      for a in uids.indices {
        for b in uids.indices where b > a && !uids[a].isDisjoint(with: uids[b]) {
          hints.append(
            "patient-\(a + 1) and patient-\(b + 1) share a \(name): is it one person under two "
              + "Patient IDs, or are images misfiled? They were kept apart")
        }
      }
    }
    return hints
  }

  // MARK: Studies and series

  private mutating func studies(
    _ files: [FoundFile], shared: Set<String>
  ) -> [SeriesCatalogue.Study] {
    let files = withoutRepeatedSeries(files)
    let targets = ReferenceTargets(files)
    let studies = Dictionary(grouping: files, by: Self.study).values.map { files in
      let series = Dictionary(grouping: files, by: Self.series).values.flatMap { files in
        let parts = [files.filter { !$0.isLocaliser }, files.filter(\.isLocaliser)]
        return parts.filter { !$0.isEmpty }.map { part in
          SeriesCatalogue.Series(
            part, apart: files.count - part.count, targets: targets,
            refusal: refusal(of: files, shared),
            sharesInstances: repeats.shared.contains(Self.series(files[0])))
        }
      }.sorted { Self.order($0.start, $0.uid, $1.start, $1.uid) }
      return (start: files.compactMap(\.header.studyStart).min(), series: series)
    }.sorted { Self.order($0.start, $0.series.first?.uid, $1.start, $1.series.first?.uid) }
    return studies.enumerated().map {
      .init(name: "study-\($0 + 1)", start: $1.start, series: $1.series)
    }
  }

  private func refusal(of files: [FoundFile], _ shared: Set<String>) -> String? {
    let uid = Self.series(files[0])
    if shared.contains(uid) {
      return "its files name different patients: Patient ID (0010,0020), name or birth date differ"
    }
    return repeats.contradictions[uid].map {
      "'\($0.0)' and '\($0.1)' have one SOP Instance UID (0008,0018) but differ; nothing tells "
        + "which is right. Remove the wrong one"
    }
  }

  /// Leaves out image series that were sent again under other UIDs.
  private mutating func withoutRepeatedSeries(_ files: [FoundFile]) -> [FoundFile] {
    let series = Dictionary(grouping: files) {
      RepeatedSeries.Key(uid: Self.series($0), study: Self.study($0))
    }
    let repeated = RepeatedSeries.find(
      series.map { (uid: $0.uid, study: $0.study, files: $1.sorted { $0.path < $1.path }) })
    guard !repeated.isEmpty else { return files }
    for (again, first) in repeated {
      let original = series[first]?.map(\.path).min() ?? ""
      for file in series[again] ?? [] {
        skipped.append(
          .init(
            path: file.path,
            reason: "its series is that of '\(original)', sent again under another Study Instance "
              + "UID (0020,000D); it is used once"))
      }
    }
    return files.filter {
      repeated[RepeatedSeries.Key(uid: Self.series($0), study: Self.study($0))] == nil
    }
  }

  /// By time, then by UID, so that the order never depends on the file system.
  private static func order(_ a: Date?, _ idA: String?, _ b: Date?, _ idB: String?) -> Bool {
    let (a, b) = (a ?? .distantFuture, b ?? .distantFuture)
    return a == b ? (idA ?? "") < (idB ?? "") : a < b
  }
}

extension DICOMHeader {
  var studyStart: Date? {
    instant(date: .studyDate, time: .studyTime) ?? seriesStart ?? acquisitionStart
  }
}
