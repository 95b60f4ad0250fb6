import Foundation

/// A readable file of a folder: what the catalogue keeps of it.
struct FoundFile {
  /// Path below the folder.
  let path: String
  /// With a header cut down to what is small.
  let file: DICOMFile
  /// What the whole header points at.
  let references: ObjectReferences
  /// For a multi-frame image, whose positions lie in sequences that are not kept.
  let frames: FrameLayout?

  var header: DICOMHeader { file.header }
  var folder: Substring { path.lastIndex(of: "/").map { path[..<$0] } ?? "" }
  /// Some scanners put the topogram into the series that was planned on it; it is listed apart.
  var isLocaliser: Bool {
    header.code(.sopClass) == SOPClass.ct && SeriesCatalogue.Role(header) == .localiser
  }
  var instance: String? { header.code(.sopInstance) }

  /// Uptake, detectors and calibration: sequences that are short in every file.
  private static let keptSequences: Set<DICOMTag> = [
    .radiopharmaceuticalInformation, .detectorInformation, .realWorldValueMapping, .sharedGroups,
    CatalogueTag.energyWindows,
  ]
  /// No fact of a catalogue is longer; private blocks of some scanners hold kilobytes of text.
  private static let longestText = 256

  init(path: String, file: DICOMFile) {
    self.path = path
    let whole = file.header
    references = ObjectReferences(whole)
    frames = FrameLayout(whole)
    var small = file
    small.header = whole.small(keeping: Self.keptSequences, longestText: Self.longestText)
    self.file = small
  }

  /// Reads a file if its first bytes may be DICOM.
  static func read(_ path: String, in root: URL) -> Result<FoundFile, Skipped> {
    let url = root.appending(path: path)
    if let reason = FirstBytes(of: url).reasonToSkip { return .failure(Skipped(reason: reason)) }
    do throws(DICOMReadError) {
      let file = try DICOMFile(contentsOf: url)
      if let reason = reasonToSkip(file.header) { return .failure(Skipped(reason: reason)) }
      return .success(FoundFile(path: path, file: file))
    } catch {
      return .failure(Skipped(reason: error.message))
    }
  }

  private static func reasonToSkip(_ header: DICOMHeader) -> String? {
    if MediaDirectory.isOne(header) { return MediaDirectory.reasonToSkip }
    guard header.code(.seriesUID) != nil, header.code(.studyUID) != nil else {
      return "it has no study and series UID; it is not part of a series"
    }
    return nil
  }

  struct Skipped: Error {
    let reason: String
  }
}

/// Attributes that only the catalogue asks for.
enum CatalogueTag {
  static let instanceOfReference = DICOMTag(0x0008, 0x1155)
  static let contrastAgent = DICOMTag(0x0018, 0x0010)
  static let kernel = DICOMTag(0x0018, 0x1210)
  static let imagesInAcquisition = DICOMTag(0x0020, 0x1002)
  static let seriesInstanceCount = DICOMTag(0x0020, 0x1209)
  static let energyWindows = DICOMTag(0x0054, 0x0012)
  static let timeSliceCount = DICOMTag(0x0054, 0x0101)
  static let reconstructionMethod = DICOMTag(0x0054, 0x1103)
  static let referencedFrames = DICOMTag(0x3006, 0x0010)
  static let referencedStudies = DICOMTag(0x3006, 0x0012)
  static let directoryRecords = DICOMTag(0x0004, 0x1220)
  static let referencedFileID = DICOMTag(0x0004, 0x1500)
}
