import Foundation
import Geometry
import Quantities

/// How a volume is laid out in enhanced multi-frame objects.
public struct EnhancedLayout: Sendable, Hashable {
  /// Frames per file; more files than one make a concatenation (PS3.3 C.7.6.16.1.2).
  public var framesPerFile: Int?
  /// Slices in the order in which they are stored as frames; `nil` counts up along the normal.
  public var frameOrder: [Int]?
  /// Writes a Legacy Converted object, which keeps the attributes of the classic one.
  public var isLegacyConverted = false

  public init(
    framesPerFile: Int? = nil, frameOrder: [Int]? = nil, isLegacyConverted: Bool = false
  ) {
    self.framesPerFile = framesPerFile
    self.frameOrder = frameOrder
    self.isLegacyConverted = isLegacyConverted
  }
}

/// What enhanced CT and PET have in common: functional groups, dimensions and concatenations
/// (PS3.3 C.7.6.16, C.7.6.17).
struct EnhancedImage {
  let modality: String
  let sopClass: String
  let grid: VoxelGrid
  let header: SeriesHeader
  let bitsStored: UInt16
  let isSigned: Bool
  /// Attributes of the whole object.
  let attributes: [WrittenAttribute]
  /// Functional groups of all frames beside the geometry.
  let shared: [WrittenAttribute]
  /// Functional groups and stored values of slice `k`, and when it was acquired.
  let frame: (Int) -> (groups: [WrittenAttribute], acquired: Acquired, pixels: [UInt16])

  struct Acquired {
    let start: Date
    let reference: Date
    let duration: Duration
  }

  func write(_ layout: EnhancedLayout, into folder: URL) throws -> WrittenSeries {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let order = layout.frameOrder ?? Array(0..<grid.size.z)
    let length = max(layout.framesPerFile ?? order.count, 1)
    let starts = Array(stride(from: 0, to: order.count, by: length))
    var paths: [URL] = []
    var instanceUIDs: [String] = []
    for (n, start) in starts.enumerated() {
      let uid = header.uids.uid("\(header.seriesUID) part \(n)")
      let slices = order[start..<min(start + length, order.count)]
      var all = common(uid, frameCount: slices.count) + attributes
      if starts.count > 1 { all += concatenation(part: n, of: starts.count, firstFrame: start) }
      var pixels: [UInt16] = []
      var perFrame: [[WrittenAttribute]] = []
      for k in slices {
        let made = frame(k)
        perFrame.append(frameGroups(k, made.acquired) + made.groups)
        pixels += made.pixels
      }
      all += [.init(0x5200, 0x9229, items: [sharedGroups]), .init(0x5200, 0x9230, items: perFrame)]
      let path = folder.appending(path: "part\(n + 1).dcm")
      try DICOMObjectWriter.write(all, pixels: pixels, to: path.path)
      paths.append(path)
      instanceUIDs.append(uid)
    }
    return WrittenSeries(
      paths: paths, instanceUIDs: instanceUIDs, sopClass: sopClass, header: header)
  }

  private func common(_ uid: String, frameCount: Int) -> [WrittenAttribute] {
    let organisation = header.uids.uid("\(header.seriesUID) dimensions")
    let time = DICOMTime(header.start)
    func dimension(_ tag: WrittenTag, _ group: WrittenTag, _ label: String) -> [WrittenAttribute] {
      [
        .init(0x0020, 0x9164, organisation), .init(0x0020, 0x9165, tags: [tag]),
        .init(0x0020, 0x9167, tags: [group]), .init(0x0020, 0x9421, label),
      ]
    }
    let content = WrittenTag(0x0020, 0x9111)
    // Pixel Spacing stands in the functional groups of a multi-frame image.
    let pixels = SliceImage.pixelAttributes(grid, bitsStored: bitsStored, isSigned: isSigned)
      .filter { $0.tag != WrittenTag(0x0028, 0x0030) }
    return header.attributes(
      modality: modality, sopClass: sopClass, instanceUID: uid, acquired: header.start)
      + pixels
      + [
        .init(0x0008, 0x002A, time.date + time.time), .init(0x0008, 0x9205, "MONOCHROME"),
        .init(0x0008, 0x9206, "VOLUME"), .init(0x0008, 0x9207, "NONE"),
        .init(0x0018, 0x1000, "1"), .init(0x0020, 0x0013, "1"),
        .init(0x0020, 0x9221, items: [[.init(0x0020, 0x9164, organisation)]]),
        .init(
          0x0020, 0x9222,
          items: [
            dimension(WrittenTag(0x0020, 0x9056), content, "Stack ID"),
            dimension(WrittenTag(0x0020, 0x9057), content, "In-Stack Position Number"),
          ]),
        .init(0x0028, 0x0008, String(frameCount)), .init(0x0028, 0x0301, "NO"),
        .init(0x0028, 0x2110, "00"), .init(0x0040, 0x0555, items: []),
        .init(0x2050, 0x0020, "IDENTITY"),
      ]
  }

  private func concatenation(part: Int, of count: Int, firstFrame: Int) -> [WrittenAttribute] {
    [
      .init(0x0020, 0x0242, header.uids.uid("\(header.seriesUID) whole")),
      .init(0x0020, 0x9161, header.uids.uid("\(header.seriesUID) concatenation")),
      .init(0x0020, 0x9162, words: [UInt16(part + 1)]),
      .init(0x0020, 0x9163, words: [UInt16(count)]), .init(0x0020, 0x9228, String(firstFrame)),
    ]
  }

  private var sharedGroups: [WrittenAttribute] {
    [
      .init(0x0020, 0x9116, items: [[.init(0x0020, 0x0037, SliceImage.orientation(grid))]]),
      .init(
        0x0028, 0x9110,
        items: [
          [
            .init(0x0018, 0x0050, DecimalString.of(grid.spacing.z)),
            .init(0x0028, 0x0030, DecimalString.of([grid.spacing.y, grid.spacing.x])),
          ]
        ]),
      .init(
        0x0020, 0x9071,
        items: [
          [
            .init(0x0020, 0x9072, "U"),
            .code(0x0008, 0x2218, "818981001", "SCT", "Abdomen"),
          ]
        ]),
    ] + shared
  }

  private func frameGroups(_ k: Int, _ acquired: Acquired) -> [WrittenAttribute] {
    let (start, reference) = (DICOMTime(acquired.start), DICOMTime(acquired.reference))
    let corner = grid.patientPoint(i: 0, j: 0, k: k).millimetres
    return [
      .init(
        0x0020, 0x9111,
        items: [
          [
            .init(0x0018, 0x9074, start.date + start.time),
            .init(0x0018, 0x9151, reference.date + reference.time),
            .init(0x0018, 0x9220, doubles: [acquired.duration.inSeconds * 1000]),
            .init(0x0020, 0x9056, "1"), .init(0x0020, 0x9057, String(k + 1)),
            .init(0x0020, 0x9128, "1"), .init(0x0020, 0x9156, words: [1]),
            .init(0x0020, 0x9157, "1\\\(k + 1)"),
          ]
        ]),
      .init(0x0020, 0x9113, items: [[.init(0x0020, 0x0032, DecimalString.of(corner))]]),
    ]
  }

  /// Pixel Value Transformation of one frame or of all.
  static func rescale(slope: String, intercept: String, type: String) -> WrittenAttribute {
    .init(
      0x0028, 0x9145,
      items: [
        [
          .init(0x0028, 0x1052, intercept), .init(0x0028, 0x1053, slope),
          .init(0x0028, 0x1054, type),
        ]
      ])
  }

  /// Frame Type with the attributes that CT and PET share.
  static func frameType(_ group: UInt16, _ element: UInt16) -> WrittenAttribute {
    .init(
      group, element,
      items: [
        [
          .init(0x0008, 0x9007, "DERIVED\\PRIMARY\\VOLUME\\NONE"),
          .init(0x0008, 0x9205, "MONOCHROME"), .init(0x0008, 0x9206, "VOLUME"),
          .init(0x0008, 0x9207, "NONE"),
        ]
      ])
  }
}
