public import Foundation
import Geometry
public import Quantities
public import Volumes

/// Writes a dose volume as one RT Dose object (PS3.3 A.18), on the frame of reference of the images
/// it was computed from.
///
/// Dose Summation Type is PLAN, which is the nearest that DICOM has for the dose of a course; there
/// is no RT Plan of a radiopharmaceutical therapy, so none is referenced unless the caller has one.
public enum DoseWriter {
  /// Bits per voxel. 16 are read everywhere and are exact to 1/131070 of the largest dose; some
  /// checking programs fail on 32.
  public enum Depth: Int, Sendable, Hashable, Codable {
    case bits16 = 16
    case bits32 = 32

    var largest: Double { self == .bits16 ? Double(UInt16.max) : Double(UInt32.max) }
  }

  /// What a written dose says beside its values.
  public struct Description: Sendable, Hashable {
    public var depth = Depth.bits16
    /// Dose Comment (3004,0006), at most 64 characters.
    public var comment = "Radiopharmaceutical therapy; research use only"
    /// SOP Instance UID of an RT Plan, where there is one.
    public var referencedPlan: String?
    public init() {}
  }

  /// Writes absorbed dose: Dose Type PHYSICAL.
  public static func write(
    _ dose: Volume<AbsorbedDose>, header: SeriesHeader, description: Description = .init(),
    to file: URL
  ) throws {
    try write(dose.grid, dose.samples, .physical, header, description, file)
  }

  /// Writes biologically effective dose: Dose Type EFFECTIVE.
  public static func write(
    _ dose: Volume<BiologicallyEffectiveDose>, header: SeriesHeader,
    description: Description = .init(), to file: URL
  ) throws {
    try write(dose.grid, dose.samples, .effective, header, description, file)
  }

  private static func write(
    _ grid: VoxelGrid, _ samples: [Float], _ kind: DoseImage.Kind, _ header: SeriesHeader,
    _ description: Description, _ file: URL
  ) throws {
    guard samples.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw DICOMWriteError.notStorable(
        path: file.path, reason: "a dose is negative or not a number")
    }
    let scaling = scaling(
      peak: Double(samples.max() ?? 0), largest: description.depth.largest)
    let instance = header.uids.uid("\(header.seriesUID) dose")
    var attributes =
      header.attributes(
        modality: "RTDOSE", sopClass: SOPClass.dose, instanceUID: instance, acquired: header.start
      )
      // A dose is computed, not acquired: Acquisition Date and Time do not belong here, nor does
      // what the virtual scanner is called, and the body's size is another object's to tell.
      .filter { !left.contains($0.tag) }
      + gridAttributes(grid, bits: UInt16(description.depth.rawValue))
      + [
        .init(0x0008, 0x1070, ""), .init(0x0008, 0x1090, "theratrack"),
        .init(0x3004, 0x0002, DoseImage.Unit.gray.rawValue),
        .init(0x3004, 0x0004, kind.rawValue),
        .init(0x3004, 0x0006, String(description.comment.prefix(64))),
        .init(0x3004, 0x000A, "PLAN"), .init(0x3004, 0x000E, scaling),
        .init(0x3004, 0x0014, "IMAGE"),
      ]
    if let plan = description.referencedPlan {
      attributes.append(
        .init(
          0x300C, 0x0002,
          items: [
            [
              .init(0x0008, 0x1150, "1.2.840.10008.5.1.4.1.1.481.5"), .init(0x0008, 0x1155, plan),
            ]
          ]))
    }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let pixels = stored(samples, scaling: Double(scaling) ?? 1, depth: description.depth)
    try DICOMObjectWriter.write(attributes, pixels: pixels, to: file.path)
  }

  private static let left = [
    WrittenTag(0x0008, 0x0022), WrittenTag(0x0008, 0x0032), WrittenTag(0x0008, 0x1090),
    WrittenTag(0x0010, 0x1020), WrittenTag(0x0010, 0x1030),
  ]

  private static func gridAttributes(_ grid: VoxelGrid, bits: UInt16) -> [WrittenAttribute] {
    let offsets = (0..<grid.size.z).map(grid.sliceOffset)
    return SliceImage.pixelAttributes(grid, bitsStored: 16, isSigned: false).filter {
      ![WrittenTag(0x0028, 0x0100), WrittenTag(0x0028, 0x0101), WrittenTag(0x0028, 0x0102)]
        .contains($0.tag)
    } + [
      .init(0x0018, 0x0050, DecimalString.of(grid.spacing.z)), .init(0x0020, 0x0013, "1"),
      .init(0x0020, 0x0032, DecimalString.of(grid.origin.millimetres)),
      .init(0x0020, 0x0037, SliceImage.orientation(grid)),
      .init(0x0028, 0x0008, String(grid.size.z)),
      .init(0x0028, 0x0009, tags: [WrittenTag(0x3004, 0x000C)]),
      .init(0x0028, 0x0100, words: [bits]), .init(0x0028, 0x0101, words: [bits]),
      .init(0x0028, 0x0102, words: [bits - 1]), .init(0x3004, 0x000C, DecimalString.of(offsets)),
    ]
  }

  /// Dose Grid Scaling as a decimal string, never above peak / largest: then half a step, and with
  /// it the largest error, stays below peak / (2 · largest).
  static func scaling(peak: Double, largest: Double) -> String {
    guard peak > 0 else { return "1" }
    let exact = peak / largest
    // Ten significant digits always fit into the 16 characters of a decimal string.
    let nearest = String(format: "%.9e", exact)
    if let value = Double(nearest), value <= exact { return nearest }
    return String(format: "%.9e", exact * (1 - 1e-9))
  }

  private static func stored(
    _ samples: [Float], scaling: Double, depth: Depth
  ) -> [UInt16] {
    let rounded = samples.lazy.map {
      min((Double($0) / scaling).rounded(.toNearestOrEven), depth.largest)
    }
    switch depth {
    case .bits16: return rounded.map { UInt16($0) }
    // Pixel Data is written in little endian: the low word comes first.
    case .bits32:
      return rounded.flatMap {
        let word = UInt32($0)
        return [UInt16(truncatingIfNeeded: word), UInt16(truncatingIfNeeded: word >> 16)]
      }
    }
  }
}
