/// Why a DICOM object was not written.
public enum DICOMWriteError: Error, Hashable, Sendable {
  case cannotSave(path: String, reason: String)
  case badAttribute(tag: String, path: String, reason: String)
  /// A contour has more points than one attribute with explicit VR can hold.
  case contourTooLong(structure: String)
  case gridsDiffer(structure: String)
  case unevenSlices(path: String)
  /// A registration that does not lead into, or start in, the frame it is written for.
  case framesDiffer(path: String)
  case cannotBuild(reason: String)
  /// A value that the object has no room for.
  case notStorable(path: String, reason: String)
}

extension DICOMWriteError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotSave(let path, let reason):
      "cannot save '\(path)': \(reason). Is there room, and may you write there?"
    case .badAttribute(let tag, let path, let reason):
      "'\(path)': cannot write \(tag): \(reason)."
    case .contourTooLong(let structure):
      "the outline of \(structure) is too long for one DICOM contour; "
        + "resample the mask to larger voxels"
    case .gridsDiffer(let structure):
      "the mask of \(structure) is not on the grid of the images it is drawn on; resample it first"
    case .unevenSlices(let path):
      "'\(path)': a multi-frame NM image needs evenly spaced slices; resample the volume first"
    case .framesDiffer(let path):
      "'\(path)': the registration belongs to another frame of reference than the object"
    case .cannotBuild(let reason):
      "cannot build a DICOM object: \(reason)"
    case .notStorable(let path, let reason):
      "'\(path)' was not written: \(reason)"
    }
  }
}
