import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

@Suite struct RegionTests {
  private static let frame = FrameOfReference(uid: "1.2.3.7")

  /// A structure set of one region with the given contours.
  private func structures(_ contours: [[SIMD3<Double>]]) throws -> StructureSet {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.481.3")
    var region = TinyDICOM()
    region.set(0x3006_0022, "IS", "5")
    region.set(0x3006_0024, "UI", Self.frame.uid)
    region.set(0x3006_0026, "LO", "lésion")
    d.set(0x0008_0005, "CS", "ISO_IR 192")
    d.set(0x3006_0020, items: [region])
    var drawn = TinyDICOM()
    drawn.set(0x3006_0084, "IS", "5")
    drawn.set(0x3006_0040, items: contours.map(contour))
    d.set(0x3006_0039, items: [drawn])
    return try withTemporaryFolder { folder in
      let url = folder.appending(path: "rs.dcm")
      try d.write(to: url)
      return try StructureSet.load(file: url)
    }
  }

  private func contour(_ points: [SIMD3<Double>]) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x3006_0042, "CS", points.count < 3 ? "POINT" : "CLOSED_PLANAR")
    let texts = points.flatMap { ["\($0.x)", "\($0.y)", "\($0.z)"] }
    d.set(0x3006_0050, "DS", texts.joined(separator: "\\"))
    return d
  }

  private func square(from low: Double, to high: Double, z: Double) -> [SIMD3<Double>] {
    [[low, low, z], [high, low, z], [high, high, z], [low, high, z]]
  }

  private func mask(_ contours: [[SIMD3<Double>]], on grid: VoxelGrid) throws -> Mask {
    let set = try structures(contours)
    let region = try #require(set.regions.first)
    return try set.mask(of: region, on: grid, frame: Self.frame)
  }

  private func grid(slices: Int = 5, spacing: Double = 1, z: Double = 0) throws -> VoxelGrid {
    try VoxelGrid(
      size: [20, 20, slices], spacing: [1, 1, spacing], origin: PatientPoint(x: 0, y: 0, z: z))
  }

  /// Voxel centres lie at whole millimetres: a square from 4.5 to 9.5 covers 5 x 5 of them.
  @Test func aSquareCoversItsVoxels() throws {
    let found = try mask([square(from: 4.5, to: 9.5, z: 2)], on: grid())
    #expect(found.voxelCount == 25)
    #expect(found[5, 5, 2] && found[9, 9, 2] && !found[10, 9, 2] && !found[4, 5, 2])
    #expect(try structures([square(from: 0, to: 1, z: 0)]).regions[0].name == "lésion")
  }

  /// Half a voxel or more counts: 0.4 of a column or row is out, 0.6 is in. The voxel in the
  /// corner is covered by 0.6 · 0.6 and stays out, so 36 − 1 are in.
  @Test(arguments: [(9.9, 25), (10.1, 35)])
  func coverageOfOneHalfDecides(edge: Double, expected: Int) throws {
    let set = try structures([square(from: 4.5, to: edge, z: 2)])
    let region = try set.rasterised(set.regions[0], on: grid(), frame: Self.frame)
    #expect(region.mask().voxelCount == expected)
  }

  /// The default mask keeps the volume: 5.4 mm squared are 29 voxels, 5.6 mm squared 31.
  @Test(arguments: [(9.9, 29), (10.1, 31)])
  func theMaskKeepsTheVolume(edge: Double, expected: Int) throws {
    let found = try mask([square(from: 4.5, to: edge, z: 2)], on: grid())
    #expect(abs(found.voxelCount - expected) <= 1)
  }

  @Test func anInnerContourIsAHole() throws {
    let found = try mask(
      [square(from: 2.5, to: 12.5, z: 2), square(from: 5.5, to: 8.5, z: 2)], on: grid())
    #expect(found.voxelCount == 100 - 9)
    #expect(!found[7, 7, 2])
  }

  /// A keyhole goes in along a line, round the hole and back along the same line.
  @Test func aKeyholeIsAHole() throws {
    let outer = square(from: 2.5, to: 12.5, z: 2)
    let inner = Array(square(from: 5.5, to: 8.5, z: 2).reversed())
    let keyhole = outer + [outer[0], inner[3]] + inner + [outer[0]]
    let found = try mask([keyhole], on: grid())
    #expect(found.voxelCount == 100 - 9)
  }

  @Test func contoursOfThreePlanesFillThreeSlices() throws {
    let found = try mask((1...3).map { square(from: 4.5, to: 9.5, z: Double($0)) }, on: grid())
    #expect(found.voxelCount == 75)
    #expect(!found[6, 6, 0] && found[6, 6, 1] && found[6, 6, 3] && !found[6, 6, 4])
  }

  /// Drawn on 2 mm slices, needed on 1 mm and 5 mm ones: the length stays within half a slice.
  @Test(arguments: [(1.0, 40), (5.0, 8)])
  func contoursOfAnotherGridKeepTheirLength(spacing: Double, slices: Int) throws {
    let drawn = (0..<10).map { square(from: 4.5, to: 9.5, z: 5.3 + 2 * Double($0)) }
    let found = try mask(drawn, on: grid(slices: slices, spacing: spacing))
    let length = found.volume.millilitres * 1000 / 25
    #expect(abs(length - 20) <= spacing / 2 + 1e-9)
  }

  /// A cylinder of radius 6 on a grid turned by 30 degrees about x keeps its volume.
  @Test func anObliqueGridKeepsTheVolume() throws {
    let circle = (0..<24).map { 2 * Double.pi * Double($0) / 24 }
    let contours = (-8...8).map { z in
      circle.map { SIMD3(6 * cos($0), 6 * sin($0), Double(z)) }
    }
    let (c, s) = (3.0.squareRoot() / 2, 0.5)
    let oblique = try VoxelGrid(
      size: [60, 60, 60], spacing: [0.5, 0.5, 0.5],
      axes: .init(i: [1, 0, 0], j: [0, c, s], k: [0, -s, c]),
      origin: PatientPoint(
        millimetres: SIMD3<Double>(-14.75, 0, 0) - SIMD3(0, c, s) * 14.75 - SIMD3(0, -s, c) * 14.75)
    )
    let found = try mask(contours, on: oblique)
    let polygon = 24 / 2 * 36 * sin(2 * Double.pi / 24)
    #expect(abs(found.volume.millilitres * 1000 / (polygon * 17) - 1) < 0.03)
  }

  @Test func anotherFrameIsRefused() throws {
    let set = try structures([square(from: 4.5, to: 9.5, z: 2)])
    let error = #expect(throws: DICOMReadError.self) {
      try set.mask(of: set.regions[0], on: grid(), frame: FrameOfReference(uid: "9.9"))
    }
    #expect(error?.tag == DICOMTag(0x3006, 0x0024))
  }

  @Test func pointsAreNotRegions() throws {
    let set = try structures([[[1, 1, 1]]])
    #expect(set.regions[0].ignoredContours == 1)
    #expect(throws: DICOMReadError.self) {
      try set.mask(of: set.regions[0], on: grid(), frame: Self.frame)
    }
  }

  // MARK: Segmentations

  /// Two frames of 3 x 3 voxels, 2 mm apart with one empty plane between, of two segments.
  private func segmentation(fractional: Bool) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.4")
    d.set(0x0020_0052, "UI", Self.frame.uid)
    d.setMatrix(columns: 3, rows: 3)
    d.set(0x0028_0008, "IS", "2")
    d.set(0x0028_0100, unsigned: [fractional ? 8 : 1])
    d.set(0x0062_0001, "CS", fractional ? "FRACTIONAL" : "BINARY")
    d.set(0x0062_000E, unsigned: [200])
    d.set(0x0062_0002, items: [segment(1, "liver"), segment(2, "lesion")])
    var measures = TinyDICOM()
    measures.set(0x0018_0088, "DS", "1")
    measures.set(0x0028_0030, "DS", "2\\2")
    var orientation = TinyDICOM()
    orientation.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
    var shared = TinyDICOM()
    shared.set(0x0020_9116, items: [orientation])
    shared.set(0x0028_9110, items: [measures])
    d.set(0x5200_9229, items: [shared])
    d.set(0x5200_9230, items: [group(2, z: 12), group(1, z: 10)])
    if fractional {
      d.setPixels(bytes: [0, 0, 0, 0, 99, 100, 200, 0, 0] + [200, 0, 0, 0, 0, 0, 0, 0, 0])
    } else {
      // Frame 1: voxels 5 and 6; frame 2: voxel 0, which is bit 9 of the stream.
      d.setPixels(bytes: [0b0110_0000, 0b0000_0010, 0])
    }
    return d
  }

  private func segment(_ number: UInt16, _ label: String) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0062_0004, unsigned: [number])
    d.set(0x0062_0005, "LO", label)
    return d
  }

  private func group(_ segment: UInt16, z: Double) -> TinyDICOM {
    var position = TinyDICOM()
    position.set(0x0020_0032, "DS", "0\\0\\\(z)")
    var identification = TinyDICOM()
    identification.set(0x0062_000B, unsigned: [segment])
    var d = TinyDICOM()
    d.set(0x0020_9113, items: [position])
    d.set(0x0062_000A, items: [identification])
    return d
  }

  @Test(arguments: [true, false])
  func segmentsLieWhereTheirFramesAre(fractional: Bool) throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "seg")
      try segmentation(fractional: fractional).write(to: url)
      let object = try SegmentationObject.load(file: url)
      #expect(object.segments.map(\.label) == ["liver", "lesion"])
      #expect(object.grid.size == [3, 3, 3])
      #expect(object.grid.origin == PatientPoint(x: 0, y: 0, z: 10))
      let liver = try #require(object.mask(of: object.segments[0]))
      let lesion = try #require(object.mask(of: object.segments[1]))
      #expect(liver.voxelCount == 1 && liver[0, 0, 0])
      #expect(lesion.voxelCount == 2 && lesion[2, 1, 2] && lesion[0, 2, 2])
    }
  }
}
