import Foundation
import Geometry
import Quantities
import Volumes

/// A patient simple enough to reason about: an ellipse of soft tissue with a spine, lungs, a
/// liver, a bladder and lesions, on CT and PET.
struct SyntheticPatient {
  let ct: Volume<Hounsfield>
  let before: Volume<SUVbw>
  let after: Volume<SUVbw>
  let lesionBefore: Mask
  let lesionAfter: Mask
  let change: Volume<LogRatio>
  let assessed: Mask
  let beyondNoise: Mask

  struct Sphere {
    let centre: SIMD3<Double>
    let radius: Double
    let before: Double
    let after: Double
  }

  static let spheres = [
    Sphere(centre: [-60, -20, 40], radius: 18, before: 9, after: 3.2),
    Sphere(centre: [50, 10, -80], radius: 14, before: 6, after: 11),
    Sphere(centre: [0, 55, 150], radius: 12, before: 7, after: 6.6),
    Sphere(centre: [70, -30, 190], radius: 11, before: 8, after: 0.9),
    Sphere(centre: [-35, 20, -190], radius: 13, before: 0.9, after: 8),
  ]

  init(ctColumns: Int = 200, petColumns: Int = 110) throws {
    let ctGrid = try Self.grid(columns: ctColumns, slices: 180)
    let petGrid = try Self.grid(columns: petColumns, slices: 160)
    ct = try Volume(grid: ctGrid, samples: Self.samples(ctGrid, Self.hounsfield))
    before = try Volume(grid: petGrid, samples: Self.samples(petGrid) { Self.uptake($0, \.before) })
    after = try Volume(grid: petGrid, samples: Self.samples(petGrid) { Self.uptake($0, \.after) })
    lesionBefore = try Self.ball(petGrid, Self.spheres[0].centre, Self.spheres[0].radius)
    lesionAfter = try Self.ball(petGrid, Self.spheres[0].centre, Self.spheres[0].radius * 0.7)
    let ratios = zip(before.samples, after.samples).map { Float(log($1 / $0)) }
    change = try Volume(grid: petGrid, samples: ratios)
    var region = Mask(grid: petGrid)
    for sphere in Self.spheres {
      region = try region.union(Self.ball(petGrid, sphere.centre, sphere.radius + 3))
    }
    assessed = region
    beyondNoise = Mask(grid: petGrid) { region[$0] && abs(ratios[$0]) > 0.33 }
  }

  private static func grid(columns: Int, slices: Int) throws -> VoxelGrid {
    let spacing = SIMD3(420 / Double(columns), 420 / Double(columns), 560 / Double(slices))
    let half = SIMD3(Double(columns - 1), Double(columns - 1), Double(slices - 1)) / 2
    return try VoxelGrid(
      size: [columns, columns, slices], spacing: spacing,
      origin: PatientPoint(millimetres: -half * spacing))
  }

  private static func samples(
    _ grid: VoxelGrid, _ value: (SIMD3<Double>) -> Double
  ) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(grid.voxelCount)
    for k in 0..<grid.size.z {
      for j in 0..<grid.size.y {
        for i in 0..<grid.size.x {
          result.append(Float(value(grid.patientPoint(i: i, j: j, k: k).millimetres)))
        }
      }
    }
    return result
  }

  static func ball(_ grid: VoxelGrid, _ centre: SIMD3<Double>, _ radius: Double) throws -> Mask {
    try Mask(
      grid: grid, inside: samples(grid) { ($0 - centre).length < radius ? 1 : 0 }.map { UInt8($0) })
  }

  private static func isInside(
    _ p: SIMD3<Double>, _ centre: SIMD3<Double>, _ axes: SIMD3<Double>
  ) -> Bool { ((p - centre) / axes).length < 1 }

  private static func hounsfield(_ p: SIMD3<Double>) -> Double {
    guard isInside(p, .zero, [175, 115, 320]) else { return -1000 }
    if isInside(p, [0, 70, 0], [16, 18, 400]) { return 320 }
    if isInside(p, [-80, 0, 150], [60, 75, 90]) || isInside(p, [80, 0, 150], [60, 75, 90]) {
      return -780
    }
    if isInside(p, [-70, -10, 10], [85, 80, 60]) { return 65 }
    let texture = 12 * sin(p.x / 9) * cos(p.y / 11) * sin(p.z / 13)
    return isInside(p, .zero, [155, 95, 300]) ? 45 + texture : -95
  }

  private static func uptake(_ p: SIMD3<Double>, _ side: (Sphere) -> Double) -> Double {
    guard isInside(p, .zero, [175, 115, 320]) else { return 0.02 }
    var value = isInside(p, [-70, -10, 10], [85, 80, 60]) ? 2.4 : 0.8
    if isInside(p, [0, -20, -235], [32, 28, 30]) { value = 12 }
    for sphere in spheres {
      let edge = ((p - sphere.centre).length - sphere.radius) / 3
      value += (side(sphere) - 0.9) / (1 + exp(edge))
    }
    return value
  }
}
