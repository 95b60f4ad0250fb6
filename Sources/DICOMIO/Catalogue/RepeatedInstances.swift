import Foundation
import Kernels

/// Files that carry one SOP Instance UID (0008,0018): copies are used once, contradictions never.
struct RepeatedInstances {
  /// What is left: each instance once, in the order of the files.
  let unique: [FoundFile]
  let skipped: [SeriesCatalogue.SkippedFile]
  /// Series with an instance whose files contradict each other, and the two paths.
  let contradictions: [String: (String, String)]

  /// A study UID is rewritten when images are sent again, and with it nothing of the image.
  private static let rewritten: Set<DICOMTag> = [.studyUID]

  init(_ files: [FoundFile], root: URL) {
    var firstOf: [String: Int] = [:]
    var repeats: [(first: Int, again: Int)] = []
    for (n, file) in files.enumerated() {
      guard let instance = file.instance else { continue }
      if let first = firstOf[instance] {
        repeats.append((first, n))
      } else {
        firstOf[instance] = n
      }
    }
    let verdicts = Slabs.map(of: repeats.count) { range in
      range.map { Self.compare(files[repeats[$0].first], files[repeats[$0].again]) }
    }.flatMap { $0 }
    var skipped: [SeriesCatalogue.SkippedFile] = []
    var contradictions: [String: (String, String)] = [:]
    var dropped: Set<Int> = []
    for (pair, verdict) in zip(repeats, verdicts) {
      let (first, again) = (files[pair.first], files[pair.again])
      switch verdict {
      case .copy(let reason):
        skipped.append(
          .init(path: again.path, reason: "\(reason) '\(first.path)'; it is used once"))
        dropped.insert(pair.again)
      case .contradiction:
        for file in [first, again] {
          contradictions[file.header.code(.seriesUID) ?? ""] = (first.path, again.path)
        }
      }
    }
    unique = files.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
    self.skipped = skipped
    self.contradictions = contradictions
  }

  private enum Verdict {
    case copy(String)
    case contradiction
  }

  private static func compare(_ a: FoundFile, _ b: FoundFile) -> Verdict {
    guard let first = try? Data(contentsOf: a.file.url, options: .mappedIfSafe),
      let second = try? Data(contentsOf: b.file.url, options: .mappedIfSafe)
    else { return .contradiction }
    if first == second { return .copy("a copy of") }
    // The same object written by two programs differs in its meta header and encoding.
    guard let one = try? DICOMFile(contentsOf: a.file.url),
      let other = try? DICOMFile(contentsOf: b.file.url),
      one.header.agrees(with: other.header, except: rewritten),
      one.samples(in: first) == other.samples(in: second)
    else { return .contradiction }
    return one.header.code(.studyUID) == other.header.code(.studyUID)
      ? .copy("the same object as")
      : .copy("the same object, sent under another Study Instance UID (0020,000D), as")
  }
}

extension DICOMFile {
  /// The bytes of Pixel Data as they are stored.
  func samples(in file: Data) -> Data {
    let start = Int(clamping: pixels.offset)
    let end = Int(clamping: pixels.offset + pixels.length)
    return start < end && end <= file.count ? file[start..<end] : Data()
  }
}
