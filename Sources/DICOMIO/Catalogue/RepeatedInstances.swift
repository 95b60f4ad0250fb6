import Foundation
import Kernels

/// Files that carry one SOP Instance UID (0008,0018): copies are used once, contradictions never.
///
/// Objects of different SOP classes are told apart by their class.
struct RepeatedInstances {
  /// What is left: each instance once, in the order of the files.
  let unique: [FoundFile]
  let skipped: [SeriesCatalogue.SkippedFile]
  /// Series with two files of one instance that contradict each other, and the two paths.
  let contradictions: [String: (String, String)]
  /// Series that have an instance in common with another one, of another content. Each is sound in
  /// itself, but what refers to the instance may mean either.
  let shared: Set<String>

  /// A study UID is rewritten when images are sent again, and with it nothing of the image.
  private static let rewritten: Set<DICOMTag> = [.studyUID]

  init(_ files: [FoundFile], root: URL) {
    var firstOf: [Instance: Int] = [:]
    var repeats: [(first: Int, again: Int)] = []
    for (n, file) in files.enumerated() {
      guard let instance = Instance(file) else { continue }
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
    var shared: Set<String> = []
    var dropped: Set<Int> = []
    for (pair, verdict) in zip(repeats, verdicts) {
      let (first, again) = (files[pair.first], files[pair.again])
      switch verdict {
      // Two files of one slice side by side are no second export but a broken one: both stay, and
      // the stack is refused with the slice's position.
      case .copy where first.folder == again.folder && again.header.text(.position) != nil: break
      case .copy(let reason):
        skipped.append(
          .init(path: again.path, reason: "\(reason) '\(first.path)'; it is used once"))
        dropped.insert(pair.again)
      case .contradiction:
        let uids = [first, again].map { $0.header.code(.seriesUID) ?? "" }
        if uids[0] == uids[1] {
          contradictions[uids[0]] = (first.path, again.path)
        } else {
          shared.formUnion(uids)
        }
      }
    }
    unique = files.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
    self.skipped = skipped
    self.contradictions = contradictions
    self.shared = shared
  }

  private struct Instance: Hashable {
    let uid: String
    let sopClass: String?

    init?(_ file: FoundFile) {
      guard let uid = file.instance else { return nil }
      (self.uid, sopClass) = (uid, file.header.code(.sopClass))
    }
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
