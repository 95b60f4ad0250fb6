/// Why a DICOM file or series could not be used.
///
/// Messages name the file, the attribute and the next step. They never hold names, numbers or
/// dates of a patient, so that no identity reaches a log.
public enum DICOMReadError: Error, Hashable, Sendable {
  /// The file cannot be opened, is not DICOM, or its structure is broken.
  case cannotRead(file: String, tag: DICOMTag?, reason: String)
  /// The object or its encoding is one that this reader does not handle.
  case unsupported(DICOMTag, file: String, what: String, remedy: String)
  /// A needed attribute is absent or empty.
  case missing(DICOMTag, file: String, remedy: String)
  /// An attribute is there but cannot be used.
  case unusable(DICOMTag, file: String, reason: String, remedy: String)
  /// Files given as one series do not belong together.
  case mixed(DICOMTag, file: String, other: String)
  /// Two slices lie at the same place.
  case duplicateSlice(file: String, other: String, at: SlicePosition)
  /// Slices are missing between two positions along the normal.
  case missingSlices(count: Int, file: String, from: SlicePosition, to: SlicePosition)
  /// The series holds several images of the same slices, which an attribute tells apart.
  case severalPhases(file: String, by: DICOMTag, values: [String])
  /// A region was drawn in another frame of reference than that of the image.
  case wrongFrame(file: String, region: String)
  /// There is nothing to read.
  case nothingFound(file: String, what: String)
  /// DCMTK has no data dictionary, and implicit VR files cannot be read without it.
  case noDataDictionary
}

extension DICOMReadError {
  /// The file, without its folder; the first of two when two are at odds.
  public var file: String {
    switch self {
    case .cannotRead(let file, _, _), .unsupported(_, let file, _, _), .missing(_, let file, _),
      .unusable(_, let file, _, _), .mixed(_, let file, _), .duplicateSlice(let file, _, _),
      .missingSlices(_, let file, _, _), .severalPhases(let file, _, _), .wrongFrame(let file, _),
      .nothingFound(let file, _):
      file
    case .noDataDictionary: ""
    }
  }

  /// The attribute at fault, where there is one.
  public var tag: DICOMTag? {
    switch self {
    case .cannotRead(_, let tag, _): tag
    case .unsupported(let tag, _, _, _), .missing(let tag, _, _), .unusable(let tag, _, _, _),
      .mixed(let tag, _, _), .severalPhases(_, let tag, _):
      tag
    case .duplicateSlice, .missingSlices: .position
    case .wrongFrame: .referencedFrame
    case .nothingFound, .noDataDictionary: nil
    }
  }

  /// What the user can do about it.
  public var remedy: String {
    switch self {
    case .cannotRead: "Send or export the file again; compare its size with the original."
    case .unsupported(_, _, _, let remedy), .missing(_, _, let remedy),
      .unusable(_, _, _, let remedy):
      remedy
    case .mixed: "Give the files of one series only."
    case .duplicateSlice:
      "Remove one of the two files, or split a dynamic or gated series by its time point."
    case .missingSlices:
      "Export the whole series again, or allow gaps: slices between the neighbours then stand in."
    case .severalPhases:
      "Choose one of them, or give each as a series of its own; they are never mixed."
    case .wrongFrame:
      "Give the structure set that was drawn on this image, or register the two images first."
    case .nothingFound: "Check the path; DICOM files may have any name."
    case .noDataDictionary: "Unset DCMDICTPATH or point it at DCMTK's dicom.dic."
    }
  }

  /// What is wrong, in one sentence without the remedy.
  public var message: String {
    switch self {
    case .cannotRead(let file, let tag, let reason):
      "'\(file)' cannot be read\(tag.map { " at \($0)" } ?? ""): \(reason)."
    case .unsupported(let tag, let file, let what, _):
      "'\(file)': \(what) is not supported (\(tag))."
    case .missing(let tag, let file, _): "'\(file)' has no \(tag)."
    case .unusable(let tag, let file, let reason, _): "'\(file)': \(tag) \(reason)."
    case .mixed(let tag, let file, let other):
      "'\(file)' and '\(other)' do not belong together: \(tag) differs."
    case .duplicateSlice(let file, let other, let position):
      "'\(file)' and '\(other)' are two images of the same slice at \(position)."
    case .missingSlices(let count, let file, let from, let to):
      "\(count) slice\(count == 1 ? " is" : "s are") missing between \(from) ('\(file)') and \(to)."
    case .severalPhases(let file, let tag, let values):
      "'\(file)' and its series hold \(values.count) images of the same region that differ in "
        + "\(tag): \(values.prefix(12).joined(separator: ", "))\(values.count > 12 ? " …" : "")."
    case .wrongFrame(let file, let region):
      "'\(file)': region '\(region)' lies in another frame of reference than the image."
    case .nothingFound(let file, let what): "'\(file)' holds no \(what)."
    case .noDataDictionary: "DCMTK found no data dictionary."
    }
  }
}

extension DICOMReadError: CustomStringConvertible {
  public var description: String { message + " " + remedy }
}
