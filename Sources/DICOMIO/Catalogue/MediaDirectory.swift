import Foundation

/// A DICOMDIR, checked against the files that are there (PS3.3 F.3, PS3.10 8).
///
/// What it says about series is not used: the files say it themselves. Its references are looked
/// up among the names that the folder was found to hold, so none can lead out of it.
struct MediaDirectory {
  static let reasonToSkip = "a DICOMDIR; it was compared with the files that are there"

  /// A DICOMDIR has its SOP class in the meta header only: its records tell it.
  static func isOne(_ header: DICOMHeader) -> Bool {
    !header.items(CatalogueTag.directoryRecords).isEmpty
  }

  /// Files it names that are not there.
  private(set) var missing: [String] = []
  /// Names that would lead out of the folder.
  private(set) var outside = 0
  private let path: String

  /// - Parameters:
  ///   - path: Of the DICOMDIR, below the folder that was listed.
  ///   - known: All paths there, folded.
  init(_ header: DICOMHeader, path: String, known: Set<String>) {
    self.path = path
    let folder = path.split(separator: "/").dropLast().map(String.init)
    for record in header.items(CatalogueTag.directoryRecords) {
      let parts = record.texts(CatalogueTag.referencedFileID)
      if parts.isEmpty { continue }
      guard parts.allSatisfy(Self.isPlainName) else {
        outside += 1
        continue
      }
      let named = (folder + parts).joined(separator: "/")
      if !known.contains(Self.folded(named)) { missing.append(named) }
    }
  }

  /// Discs differ in case and may add a version: `IMAGE1.;1`.
  static func folded(_ path: String) -> String {
    var path = path.uppercased()
    if path.hasSuffix(";1") { path.removeLast(2) }
    if path.hasSuffix(".") { path.removeLast() }
    return path
  }

  private static func isPlainName(_ part: String) -> Bool {
    !part.isEmpty && part != "." && part != ".." && !part.contains("/")
      && !part.unicodeScalars.contains { $0.value < 0x20 }
  }

  /// What the user should know.
  var remarks: [String] {
    var remarks: [String] = []
    if !missing.isEmpty {
      let names = missing.sorted().prefix(5).map { "'\($0)'" }.joined(separator: ", ")
      remarks.append(
        "'\(path)' names \(missing.count) file\(missing.count == 1 ? "" : "s") that "
          + "\(missing.count == 1 ? "is" : "are") not there: \(names)"
          + (missing.count > 5 ? " …" : "") + "; copy the whole disc again")
    }
    if outside > 0 {
      remarks.append("'\(path)' names \(outside) files outside of its folder; they were not read")
    }
    return remarks
  }
}
