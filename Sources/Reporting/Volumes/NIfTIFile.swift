public import Foundation
public import Geometry
import NIfTIShim
public import Quantities
public import Volumes

/// NIfTI-1 bytes of a volume, for programs that read no DICOM.
///
/// DICOM's patient axes are LPS, NIfTI's are RAS: the first two rows of the affine change sign and
/// the samples stay as they are. Both sform and qform are written, in millimetres. Same volume,
/// same bytes. Source: nifti1.h of the NIfTI-1 standard.
public enum NIfTIFile {
  /// A volume of floats.
  ///
  /// - Parameters:
  ///   - description: What the numbers are, with their unit; at most 79 ASCII characters are kept.
  ///   - isCompressed: gzip, as files named `.nii.gz` are.
  /// - Throws: ``ReportingError/noNIfTI(reason:)`` when slices are not evenly spaced, which the
  ///   format cannot say, or when a side has more than 32767 voxels.
  public static func data<Value: Quantity>(
    of volume: Volume<Value>, description: String, isCompressed: Bool
  ) throws(ReportingError) -> Data {
    try data(
      volume.samples, NIFTISHIM_FLOAT32, on: volume.grid, description: description,
      isCompressed: isCompressed)
  }

  /// A map of numbered regions; 0 is none.
  public static func data(
    ofLabels labels: [UInt16], on grid: VoxelGrid, description: String, isCompressed: Bool
  ) throws(ReportingError) -> Data {
    precondition(labels.count == grid.voxelCount, "labels do not fill the grid")
    return try data(
      labels, NIFTISHIM_UINT16, on: grid, description: description, isCompressed: isCompressed)
  }

  private static func data<Sample: BitwiseCopyable>(
    _ samples: [Sample], _ kind: niftishim_sample, on grid: VoxelGrid, description: String,
    isCompressed: Bool
  ) throws(ReportingError) -> Data {
    let header = try header(kind, on: grid, description: description)
    guard isCompressed else {
      var data = Data(header)
      unsafe samples.withUnsafeBytes { unsafe data.append(contentsOf: $0) }
      return data
    }
    var bytes = unsafe niftishim_bytes(data: nil, count: 0)
    defer { unsafe niftishim_free(&bytes) }
    let status = unsafe samples.withUnsafeBytes { raw -> niftishim_status in
      let words = unsafe raw.bindMemory(to: UInt8.self)
      guard let base = words.baseAddress else { return NIFTISHIM_BAD_ARGUMENT }
      return unsafe niftishim_gzip(header, base, raw.count, &bytes)
    }
    guard status == NIFTISHIM_OK, let start = unsafe bytes.data else {
      throw .noNIfTI(reason: "the image cannot be compressed; give a name that ends in .nii")
    }
    return unsafe Data(bytes: start, count: bytes.count)
  }

  private static func header(
    _ kind: niftishim_sample, on grid: VoxelGrid, description: String
  ) throws(ReportingError) -> [UInt8] {
    guard grid.sliceOffsets == nil else {
      throw .noNIfTI(reason: "its slices are not evenly spaced; resample it first")
    }
    guard grid.size.max() <= 32767 else {
      throw .noNIfTI(reason: "a side of it has more than 32767 voxels")
    }
    var header = [UInt8](repeating: 0, count: Int(NIFTISHIM_HEADER_BYTES))
    let text = String(description.unicodeScalars.filter(\.isASCII).prefix(79).map(Character.init))
    let status = unsafe text.withCString { words -> niftishim_status in
      var image = unsafe niftishim_image(
        size: (Int32(grid.size.x), Int32(grid.size.y), Int32(grid.size.z)), sample: kind,
        affine: affine(of: grid), description: words)
      return unsafe niftishim_header(&image, &header)
    }
    guard status == NIFTISHIM_OK else {
      throw .noNIfTI(reason: "its grid gives no valid header")
    }
    return header
  }

  private typealias Affine = (
    Double, Double, Double, Double, Double, Double, Double, Double, Double, Double, Double, Double
  )

  /// Rows from (column, row, slice) to right, anterior, superior.
  private static func affine(of grid: VoxelGrid) -> Affine {
    let (a, s, o) = (grid.axes, grid.spacing, grid.origin.millimetres)
    let (i, j, k) = (a.i * s.x, a.j * s.y, a.k * s.z)
    return (
      -i.x, -j.x, -k.x, -o.x,
      -i.y, -j.y, -k.y, -o.y,
      i.z, j.z, k.z, o.z
    )
  }
}
