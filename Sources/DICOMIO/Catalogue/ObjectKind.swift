public import Foundation

extension SeriesCatalogue {
  /// What the voxels of a file are, if it has any that this module reads.
  public enum ObjectKind: Sendable, Hashable {
    case ct, pet, spect, dose
    /// A planar nuclear medicine image.
    case planar
    case other
  }

  /// - Throws: ``DICOMReadError`` when the file is no DICOM or is damaged.
  public static func kind(of url: URL) throws(DICOMReadError) -> ObjectKind {
    let header = try DICOMFile(contentsOf: url).header
    if header.code(.sopClass) == SOPClass.dose { return .dose }
    switch Role(header) {
    case .ct, .localiser: return .ct
    case .pet, .petWithoutAttenuationCorrection, .derivedPET: return .pet
    case .spect: return .spect
    case .planarNuclearMedicine: return .planar
    default: return .other
    }
  }
}
