import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Segmentations as other programs write them.
@Suite struct SegmentationTests {
  private static let frame = FrameOfReference(uid: "1.2.3.7")

  /// One frame: its segment, its position and its stored values, one per voxel.
  struct Frame {
    var segment: UInt16 = 1
    var position: SIMD3<Double>
    var values: [UInt8]
    var orientation: String?
  }

  /// 3 × 3 voxels of 2 mm; bits are packed over the borders of the frames.
  private func file(
    _ frames: [Frame], type: String = "BINARY", segments: [UInt16] = [1],
    spacing: String? = "1", decorate: (inout TinyDICOM) -> Void = { _ in }
  ) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.4")
    d.set(0x0020_0052, "UI", Self.frame.uid)
    d.setMatrix(columns: 3, rows: 3)
    d.set(0x0028_0008, "IS", "\(frames.count)")
    d.set(0x0028_0100, unsigned: [type == "BINARY" ? 1 : 8])
    d.set(0x0062_0001, "CS", type)
    d.set(0x0062_000E, unsigned: [200])
    d.set(0x0062_0002, items: segments.map(segment))
    d.set(0x5200_9229, items: [shared(spacing)])
    d.set(0x5200_9230, items: frames.map(group))
    let values = frames.flatMap(\.values)
    d.setPixels(bytes: type == "BINARY" ? packed(values) : values)
    decorate(&d)
    return d
  }

  private func packed(_ values: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
    for (n, value) in values.enumerated() where value > 0 { bytes[n / 8] |= 1 << UInt8(n % 8) }
    return bytes
  }

  private func segment(_ number: UInt16) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0062_0004, unsigned: [number])
    d.set(0x0062_0005, "LO", "segment \(number)")
    d.set(0x0062_0003, items: [code("123037004", "SCT", "Body structure")])
    d.set(0x0062_000F, items: [code("10200004", "SCT", "Liver")])
    d.set(0x0062_0020, "UT", "lesion \(number)")
    d.set(0x0062_0021, "UI", "2.25.\(number)")
    return d
  }

  private func code(_ value: String, _ scheme: String, _ meaning: String) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0008_0100, "SH", value)
    d.set(0x0008_0102, "SH", scheme)
    d.set(0x0008_0104, "LO", meaning)
    return d
  }

  private func shared(_ spacing: String?) -> TinyDICOM {
    var measures = TinyDICOM()
    if let spacing { measures.set(0x0018_0088, "DS", spacing) }
    measures.set(0x0018_0050, "DS", "1")
    measures.set(0x0028_0030, "DS", "2\\2")
    var shared = TinyDICOM()
    shared.set(0x0020_9116, items: [orientation("1\\0\\0\\0\\1\\0")])
    shared.set(0x0028_9110, items: [measures])
    return shared
  }

  private func orientation(_ text: String) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0020_0037, "DS", text)
    return d
  }

  private func group(_ frame: Frame) -> TinyDICOM {
    var position = TinyDICOM()
    let p = frame.position
    position.set(0x0020_0032, "DS", "\(p.x)\\\(p.y)\\\(p.z)")
    var identification = TinyDICOM()
    identification.set(0x0062_000B, unsigned: [frame.segment])
    var d = TinyDICOM()
    d.set(0x0020_9113, items: [position])
    d.set(0x0062_000A, items: [identification])
    if let text = frame.orientation { d.set(0x0020_9116, items: [orientation(text)]) }
    return d
  }

  private func load(_ file: TinyDICOM) throws -> SegmentationObject {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "seg.dcm")
      try file.write(to: url)
      return try SegmentationObject.load(file: url)
    }
  }

  private let full = [UInt8](repeating: 1, count: 9)
  private let corner: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0]

  /// 9 voxels per frame: the frames after the first begin inside a byte.
  @Test func framesBeginInsideBytes() throws {
    let object = try load(
      file(
        (0..<5).map { Frame(position: [0, 0, Double($0)], values: $0 % 2 == 0 ? full : corner) }))
    let mask = try #require(object.mask(of: object.segments[0]))
    #expect(mask.voxelCount == 3 * 9 + 2)
    #expect(mask[0, 0, 1] && !mask[1, 0, 1] && mask[2, 2, 4] && mask[0, 0, 3])
    #expect(object.kind == .binary)
    #expect(abs(try #require(object.volume(of: object.segments[0])).millilitres - 0.116) < 1e-9)
  }

  @Test func codesAndTrackingAreShown() throws {
    let segment = try load(file([Frame(position: .zero, values: full)])).segments[0]
    #expect(segment.type == CodedConcept("10200004", "SCT", "Liver"))
    #expect(segment.category?.meaning == "Body structure")
    #expect(segment.trackingIdentifier == "lesion 1")
    #expect(segment.trackingUID == "2.25.1")
  }

  /// Stored 50, 100 and 200 of 200.
  @Test func fractionsAreKept() throws {
    let object = try load(
      file(
        [Frame(position: .zero, values: [50, 100, 200, 0, 0, 0, 0, 0, 0])], type: "FRACTIONAL"
      ) { $0.set(0x0062_0010, "CS", "PROBABILITY") })
    let segment = object.segments[0]
    #expect(object.kind == .probability)
    #expect(try object.coverage(of: segment)?.samples.prefix(4) == [0.25, 0.5, 1, 0])
    #expect(object.mask(of: segment)?.voxelCount == 2)
    #expect(object.mask(of: segment, atLeast: 0.2)?.voxelCount == 3)
    #expect(abs(try #require(object.volume(of: segment)).millilitres - 1.75 * 4 / 1000) < 1e-9)
  }

  /// Writers describe what lies outside all segments as one more of them, Background with number 0.
  @Test func theBackgroundOfALabelMapIsNoRegion() throws {
    let values: [UInt8] = [1, 1, 2, 0, 2, 0, 0, 0, 1]
    let object = try load(
      file([Frame(position: .zero, values: values)], type: "LABELMAP") {
        var outside = segment(0)
        outside.set(0x0062_000F, items: [code("125040", "DCM", "Background")])
        $0.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.7")
        $0.set(0x0062_0002, items: [outside, segment(1), segment(2)])
      })
    #expect(object.segments.map(\.number) == [1, 2])
    #expect(object.segments.map { object.mask(of: $0)?.voxelCount } == [3, 2])
    #expect(object.warnings.isEmpty)
  }

  @Test func labelMapsHoldOneSegmentPerVoxel() throws {
    let values: [UInt8] = [1, 1, 2, 0, 2, 0, 0, 0, 1]
    let object = try load(
      file([Frame(position: .zero, values: values)], type: "LABELMAP", segments: [1, 2]) {
        $0.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.7")
      })
    #expect(object.kind == .labelMap)
    #expect(object.segments.map { object.mask(of: $0)?.voxelCount } == [3, 2])
    #expect(object.overlappingSegments.isEmpty)
  }

  @Test func segmentsMayOverlapAndBeEmpty() throws {
    let object = try load(
      file(
        [
          Frame(segment: 1, position: .zero, values: full),
          Frame(segment: 2, position: .zero, values: corner),
        ], segments: [1, 2, 3]))
    #expect(object.overlappingSegments.map { [$0.0.number, $0.1.number] } == [[1, 2]])
    #expect(object.mask(of: object.segments[2])?.isEmpty == true)
    #expect(object.warnings == ["segment 'segment 3' has no frames"])
  }

  /// Two segments of one image whose positions were rounded differently: three slices, not six.
  @Test(arguments: ["3", nil]) func smallOffsetsAreOneSlice(spacing: String?) throws {
    let frames = (0..<3).flatMap { k in
      [
        Frame(segment: 1, position: [0, 0, 3 * Double(k)], values: full),
        Frame(segment: 2, position: [0, 0, 3 * Double(k) + 0.04], values: full),
      ]
    }
    let object = try load(file(frames, segments: [1, 2], spacing: spacing))
    #expect(object.grid.size.z == 3)
    #expect(object.segments.allSatisfy { object.mask(of: $0)?.voxelCount == 27 })
    #expect(object.warnings == ["frames up to 0.04 mm apart were taken as one slice"])
  }

  /// Empty frames are left out by most writers; uneven slices of a bed join stay uneven.
  @Test func slicesWithoutAFrameAreEmpty() throws {
    let heights = [0, 3.27, 6.54, 16.42, 19.69]
    let object = try load(
      file(heights.map { Frame(position: [0, 0, $0], values: full) }, spacing: "3.27"))
    #expect(object.grid.size.z == 7)
    let mask = try #require(object.mask(of: object.segments[0]))
    #expect((0..<7).map { mask[1, 1, $0] } == [true, true, true, false, false, true, true])
    #expect(abs(object.grid.sliceOffset(5) - 16.42) < 1e-9)
  }

  /// Without a stated distance the usual gap counts, not Slice Thickness.
  @Test func aStatedDistanceThatDoesNotFitIsNotUsed() throws {
    let frames = (0..<4).map { Frame(position: [0, 0, 3.3 * Double($0)], values: full) }
    #expect(try load(file(frames, spacing: nil)).grid.size.z == 4)
    let object = try load(file(frames, spacing: "2"))
    #expect(object.grid.size.z == 4)
    #expect(object.warnings.count == 1)
  }

  @Test func obliqueFramesLieWhereTheyAre() throws {
    let tilted = "1\\0\\0\\0\\0.8\\0.6"
    let normal = SIMD3<Double>(0, -0.6, 0.8)
    let frames = (0..<3).map {
      Frame(position: normal * Double($0) * 2, values: full, orientation: tilted)
    }
    let object = try load(
      file(frames, spacing: "2") { d in
        var measures = TinyDICOM()
        measures.set(0x0018_0088, "DS", "2")
        measures.set(0x0028_0030, "DS", "2\\2")
        var shared = TinyDICOM()
        shared.set(0x0028_9110, items: [measures])
        d.set(0x5200_9229, items: [shared])
      })
    #expect((object.grid.axes.k - normal).length < 1e-12)
    #expect(object.grid.size == [3, 3, 3])
  }

  @Test func framesOfTwoOrientationsAreRefused() throws {
    let frames = [
      Frame(position: .zero, values: full),
      Frame(position: [0, 0, 1], values: full, orientation: "0\\1\\0\\0\\0\\1"),
    ]
    let error = #expect(throws: DICOMReadError.self) { try load(file(frames)) }
    #expect(error?.tag == DICOMTag(0x0020, 0x0037))
  }

  @Test func framesShiftedSidewaysAreRefused() throws {
    let frames = [
      Frame(position: .zero, values: full), Frame(position: [5, 0, 1], values: full),
    ]
    #expect(throws: DICOMReadError.self) { try load(file(frames)) }
  }

  /// A gap of a kilometre between frames claims a million slices.
  @Test func aHugeGapIsRefusedWithoutMemory() throws {
    let frames = [
      Frame(position: .zero, values: full), Frame(position: [0, 0, 1e6], values: full),
    ]
    #expect(throws: DICOMReadError.self) { try load(file(frames)) }
  }

  @Test func anUnknownTypeIsNamed() throws {
    let error = #expect(throws: DICOMReadError.self) {
      try load(file([Frame(position: .zero, values: full)], type: "SURFACE"))
    }
    #expect(error?.message.contains("SURFACE") == true)
  }

  /// 3 × 3 × 4 voxels of 2 × 2 × 1 mm are 144 mm³ on any grid, in line or turned.
  @Test(arguments: [0.5, 1.0, 1.7, 4]) func anotherGridKeepsTheVolume(spacing: Double) throws {
    let object = try load(
      file((0..<4).map { Frame(position: [0, 0, Double($0)], values: full) }))
    let count = Int(24 / spacing)
    let straight = try VoxelGrid(
      size: [count, count, count], spacing: [spacing, spacing, spacing],
      origin: PatientPoint(x: -9.7, y: -9.4, z: -9.9))
    let turned = try VoxelGrid(
      size: [count, count, count], spacing: [spacing, spacing, spacing],
      axes: .init(i: [0.8, 0.6, 0], j: [-0.36, 0.48, 0.8], k: [0.48, -0.64, 0.6]),
      origin: PatientPoint(
        millimetres: SIMD3<Double>(2, 2, 1.5) - 12 * SIMD3(0.92, 0.44, 1.4)))
    for grid in [straight, turned] {
      let drawn = try #require(
        try object.rasterised(object.segments[0], on: grid, frame: Self.frame))
      let isExact = grid == straight
      #expect(abs(drawn.volume.millilitres / 0.144 - 1) < (isExact ? 1e-5 : 0.03))
      #expect(drawn.outsideFraction == 0)
    }
  }
}
