import Foundation

/// Image series that were sent again as another study: every image has its twin.
///
/// Inside one study nothing is taken for a copy; two series that look alike there are a choice.
enum RepeatedSeries {
  /// For each repeated series the one it repeats, by UID.
  ///
  /// - Parameter series: All series of one patient, with their files in one order.
  static func find(_ series: [(uid: String, study: String, files: [FoundFile])]) -> [Key: Key] {
    var repeated: [Key: Key] = [:]
    let groups = Dictionary(grouping: series) { Fingerprint($0.files) }
    for (fingerprint, group) in groups where group.count > 1 && fingerprint != nil {
      let ordered = group.sorted { $0.files[0].path < $1.files[0].path }
      for (n, one) in ordered.enumerated().dropFirst() {
        let twin = ordered[..<n].first {
          $0.study != one.study && samplesAgree($0.files, one.files)
        }
        if let twin {
          repeated[Key(uid: one.uid, study: one.study)] = Key(uid: twin.uid, study: twin.study)
        }
      }
    }
    return repeated
  }

  struct Key: Hashable {
    let uid: String
    let study: String
  }

  /// What a copy under another UID keeps: kind, times, places and the way of reconstruction.
  private struct Fingerprint: Hashable {
    let images: [[String?]]

    init?(_ files: [FoundFile]) {
      let tags: [DICOMTag] = [
        .sopClass, .acquisitionDate, .acquisitionTime, .position, .orientation, .pixelSpacing,
        .rows, .columns, .imageType, .correctedImage, CatalogueTag.kernel, .rescaleSlope,
        .frameReferenceTime,
      ]
      guard files.allSatisfy({ $0.header.text(.rows) != nil }) else { return nil }
      images = RepeatedSeries.inPlace(files).map { file in tags.map { file.header.text($0) } }
    }
  }

  private static func inPlace(_ files: [FoundFile]) -> [FoundFile] {
    files.map {
      (key: $0.header.text(.position) ?? "", time: $0.header.text(.acquisitionTime) ?? "", file: $0)
    }
    .sorted { ($0.key, $0.time, $0.file.path) < ($1.key, $1.time, $1.file.path) }
    .map(\.file)
  }

  private static func samplesAgree(_ a: [FoundFile], _ b: [FoundFile]) -> Bool {
    zip(inPlace(a), inPlace(b)).allSatisfy { one, other in
      guard let first = try? Data(contentsOf: one.file.url, options: .mappedIfSafe),
        let second = try? Data(contentsOf: other.file.url, options: .mappedIfSafe)
      else { return false }
      return one.file.samples(in: first) == other.file.samples(in: second)
    }
  }
}
