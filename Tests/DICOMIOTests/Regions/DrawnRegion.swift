import DICOMIO
import Foundation
import Geometry
import TestSupport

/// Makes structure sets for tests.
enum DrawnRegion {
  static let frame = FrameOfReference(uid: "1.2.3.7")

  /// A structure set of one region, number 5, with the given contours.
  static func file(
    _ contours: [[SIMD3<Double>]], type: String = "CLOSED_PLANAR",
    decorate: (inout TinyDICOM) -> Void = { _ in }
  ) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0008_0005, "CS", "ISO_IR 192")
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.481.3")
    d.set(0x3006_0020, items: [region(5, "lésion")])
    d.set(0x3006_0039, items: [drawn(5, contours.map { contour($0, type: type) })])
    decorate(&d)
    return d
  }

  static func region(_ number: Int, _ name: String) -> TinyDICOM {
    var region = TinyDICOM()
    region.set(0x3006_0022, "IS", "\(number)")
    region.set(0x3006_0024, "UI", frame.uid)
    region.set(0x3006_0026, "LO", name)
    return region
  }

  static func drawn(_ number: Int, _ contours: [TinyDICOM]) -> TinyDICOM {
    var drawn = TinyDICOM()
    drawn.set(0x3006_0084, "IS", "\(number)")
    drawn.set(0x3006_0040, items: contours)
    return drawn
  }

  static func contour(
    _ points: [SIMD3<Double>], type: String = "CLOSED_PLANAR"
  ) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x3006_0042, "CS", type)
    // A hundredth of a millimetre, as planning systems write.
    func text(_ x: Double) -> String { "\((x * 100).rounded() / 100)" }
    d.set(
      0x3006_0050, "DS",
      points.flatMap { [text($0.x), text($0.y), text($0.z)] }
        .joined(separator: "\\"))
    return d
  }

  static func load(_ file: TinyDICOM) throws -> StructureSet {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "rs.dcm")
      try file.write(to: url)
      return try StructureSet.load(file: url)
    }
  }

  static func raster(
    _ contours: [[SIMD3<Double>]], on grid: VoxelGrid, type: String = "CLOSED_PLANAR",
    decorate: (inout TinyDICOM) -> Void = { _ in }
  ) throws -> RasterisedRegion {
    let set = try load(file(contours, type: type, decorate: decorate))
    return try set.rasterised(set.regions[0], on: grid, frame: frame)
  }

  static func square(
    from low: Double, to high: Double, z: Double, moved: SIMD3<Double> = .zero
  ) -> [SIMD3<Double>] {
    [[low, low, z], [high, low, z], [high, high, z], [low, high, z]].map { $0 + moved }
  }

  /// A circle as a polygon of 72 corners whose area is that of the circle.
  static func circle(
    radius: Double, centre: SIMD2<Double> = .zero, z: Double, stretch: SIMD2<Double> = [1, 1]
  ) -> [SIMD3<Double>] {
    let corners = 72
    let step = 2 * Double.pi / Double(corners)
    let r = radius * (step / sin(step)).squareRoot()
    return (0..<corners).map { n in
      let angle = step * Double(n)
      return [
        centre.x + r * stretch.x * cos(angle), centre.y + r * stretch.y * sin(angle), z,
      ]
    }
  }

  /// A cube of voxels about the origin, off centre by fractions of a voxel.
  static func grid(spacing: Double, half: Double = 40) throws -> VoxelGrid {
    let count = Int(2 * half / spacing) + 1
    return try VoxelGrid(
      size: [count, count, count], spacing: [spacing, spacing, spacing],
      origin: PatientPoint(
        millimetres: SIMD3(-half, -half, -half) + spacing * SIMD3(0.31, 0.17, 0.43)))
  }
}
