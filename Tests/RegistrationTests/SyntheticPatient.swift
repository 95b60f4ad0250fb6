import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// A patient made of formulas: trunk, head, lungs, heart, liver, kidneys, spine, ribs, pelvis
/// and a textured tissue, evaluated at any point, so that a known motion needs no interpolation.
struct SyntheticPatient {
  /// Scale of the whole body: another value is another patient.
  var stature = 1.0
  /// Seed of the tissue's texture and of organ places: another value is another patient.
  var identity: UInt64 = 1

  /// A soft-edged ellipsoid, or one drawn out along z when `isColumn`.
  private struct Part {
    var centre: SIMD3<Double>
    var radii: SIMD3<Double>
    var value: Double
    /// Relative uptake of a tracer.
    var uptake = 1.0
    var isBone = false
    var isColumn = false
  }

  private static let trunk: [Part] = [
    Part(centre: [0, 0, 0], radii: [170, 110, 420], value: 40, isColumn: true),
    Part(centre: [0, 0, 470], radii: [75, 95, 110], value: 40),
  ]

  private func parts() -> [Part] {
    var random = Gauss(seed: identity &* 77)
    func jitter(_ size: Double) -> SIMD3<Double> {
      identity == 1 ? .zero : [random.next() * size, random.next() * size, random.next() * size]
    }
    var parts = Self.trunk
    parts.append(Part(centre: [85, 0, 180], radii: [62, 75, 120], value: -800, uptake: 0.4))
    parts.append(Part(centre: [-85, 0, 180], radii: [62, 75, 120], value: -800, uptake: 0.4))
    parts.append(
      Part(centre: [20, -30, 120] + jitter(8), radii: [50, 45, 55], value: 50, uptake: 1.8))
    parts.append(
      Part(centre: [-70, -10, 10] + jitter(10), radii: [85, 75, 60], value: 110, uptake: 2.2))
    parts.append(
      Part(centre: [90, 20, 10] + jitter(8), radii: [35, 30, 45], value: 100, uptake: 2))
    parts.append(
      Part(centre: [65, 50, -40] + jitter(8), radii: [28, 25, 50], value: 30, uptake: 4))
    parts.append(
      Part(centre: [-65, 50, -50] + jitter(8), radii: [28, 25, 50], value: 30, uptake: 4))
    return parts + bones(jitter)
  }

  private func bones(_ jitter: (Double) -> SIMD3<Double>) -> [Part] {
    func bone(_ c: SIMD3<Double>, _ r: SIMD3<Double>, _ value: Double = 400) -> Part {
      Part(centre: c, radii: r, value: value, uptake: 1.4, isBone: true)
    }
    var bones: [Part] = []
    for n in 0..<20 {
      let z = -250 + 33 * Double(n)
      let y = 62 + 12 * sin(z / 110)
      bones.append(bone(SIMD3(0, y, z) + jitter(4), [22, 17, 13]))
      bones.append(bone(SIMD3(0, y + 30, z - 5) + jitter(4), [6, 16, 10], 500))
    }
    for n in 0..<9 {
      for step in 0..<12 {
        let angle = Double(step) / 11 * 2.4
        let z = 60 + 28 * Double(n) - 28 * angle
        let (x, y) = (sin(angle) * 148, 92 * cos(angle))
        bones.append(bone([x, y, z], [15, 9, 7], 450))
        bones.append(bone([-x, y, z], [15, 9, 7], 450))
      }
    }
    for side in [-1.0, 1] {
      bones.append(bone(SIMD3(side * 85, 30, -250) + jitter(8), [45, 40, 60], 350))
      bones.append(bone(SIMD3(side * 100, 0, -340) + jitter(6), [22, 22, 70], 600))
    }
    bones.append(bone([0, 0, 480], [66, 84, 92], 900))
    bones.append(
      Part(centre: [0, 0, 482], radii: [58, 76, 84], value: 35, uptake: 5, isBone: true))
    return bones
  }

  /// How the patient lies and breathes in one scan.
  struct Visit {
    /// From the patient's own coordinates to where they lie in the scan.
    var lying: RigidTransform
    /// Downward excursion at the diaphragm, in millimetres; bone and skin do not follow.
    var breath = 0.0
    /// Height of the table top along y in the scan, in millimetres.
    var table = 128.0
    var noise = 12.0
    var seed: UInt64 = 1
    var isMirrored = false
  }

  func ct(on grid: VoxelGrid, _ visit: Visit) throws -> Volume<Hounsfield> {
    let texture = Texture(seed: identity)
    return try Volume(
      grid: grid,
      samples: scanned(parts(), grid, visit) { p, nearby, here, noise in
        let value = self.value(at: p, nearby, texture, breath: visit.breath)
        let isTable = abs(here.y - visit.table) < 3 && abs(here.x) < 210
        return (isTable ? max(value, 60) : value) + noise.next() * visit.noise
      })
  }

  /// Uptake of a tracer, blurred to 6 mm, with noise that grows as its root.
  ///
  /// - Parameters:
  ///   - tumour: Uptake of a tumour of 370 mL in the left abdomen.
  ///   - background: Uptake of muscle and fat.
  func emission(
    on grid: VoxelGrid, _ visit: Visit, tumour: Double, background: Double = 1
  ) throws -> Volume<SUVbw> {
    var parts = parts()
    for n in parts.indices where parts[n].uptake == 1 { parts[n].uptake = background }
    // 4/3 π · 44.5³ mm³ = 369 mL.
    parts.append(
      Part(centre: [60, -20, -150], radii: [44.5, 44.5, 44.5], value: 40, uptake: tumour))
    let samples = scanned(parts, grid, visit) { p, nearby, _, noise in
      let organ = Self.breathed(p, by: visit.breath)
      var value = 0.0
      for part in nearby {
        let cover = Self.cover(part, part.isBone ? p : organ)
        value += (part.uptake - value) * cover
      }
      return value + noise.next() * visit.noise * max(value, 0.05).squareRoot()
    }
    return try Volume<SUVbw>(grid: grid, samples: samples)
      .smoothed(fullWidthHalfMaximum: .millimetres(6))
  }

  private typealias Formula = (
    _ point: SIMD3<Double>, _ nearby: [Part], _ here: SIMD3<Double>, _ noise: inout Gauss
  ) -> Double

  /// Every voxel by `formula`, told the point in the patient and where it lies in the scan.
  private func scanned(
    _ parts: [Part], _ grid: VoxelGrid, _ visit: Visit, _ formula: Formula
  ) -> [Float] {
    let back = visit.lying.inverse
    let slabs = Slabs.map(of: grid.size.z) { slices in
      slices.flatMap { k -> [Float] in
        var noise = Gauss(seed: visit.seed &* 1_000_003 &+ UInt64(k))
        let low = back(grid.patientPoint(at: GridPoint(ijk: [0, 0, Double(k)]))).millimetres.z
        // A tilted slice and the breath reach this far from its first voxel along z.
        let reach = 75.0
        let nearby = parts.filter {
          $0.isColumn || abs($0.centre.z * stature - low) < ($0.radii.z + 4) * stature + reach
        }
        return (0..<(grid.size.x * grid.size.y)).map { n in
          let ijk = SIMD3(Double(n % grid.size.x), Double(n / grid.size.x), Double(k))
          let here = grid.patientPoint(at: GridPoint(ijk: ijk))
          var p = back(here).millimetres / stature
          if visit.isMirrored { p.x = -p.x }
          return Float(formula(p, nearby, here.millimetres, &noise))
        }
      }
    }
    return slabs.flatMap { $0 }
  }

  private func value(
    at p: SIMD3<Double>, _ parts: [Part], _ texture: Texture, breath: Double
  ) -> Double {
    let organ = Self.breathed(p, by: breath)
    var value = -1000.0
    for part in parts {
      let cover = Self.cover(part, part.isBone ? p : organ)
      if cover > 0 { value += (part.value - value) * cover }
    }
    return value > -300 ? value + texture.value(at: organ) : value
  }

  /// Organs move with the breath, most at the diaphragm (z = 70), least near skin and spine.
  static func breathed(_ p: SIMD3<Double>, by breath: Double) -> SIMD3<Double> {
    let inside = exp(-pow(p.x / 120, 4) - pow((p.y + 15) / 70, 4))
    return p + SIMD3(0, 0, breath * exp(-pow((p.z - 70) / 85, 2)) * inside)
  }

  /// 1 inside, 0 outside, with a soft edge of about 3 mm.
  private static func cover(_ part: Part, _ p: SIMD3<Double>) -> Double {
    let d = p - part.centre
    if part.isColumn {
      guard abs(d.z) < part.radii.z + 4 else { return 0 }
      let radial = SIMD3(d.x / part.radii.x, d.y / part.radii.y, 0).length
      let side = edge((radial - 1) * min(part.radii.x, part.radii.y))
      return side * edge(abs(d.z) - part.radii.z)
    }
    let u = (d / part.radii).length
    guard u < 1.8 else { return 0 }
    return edge((u - 1) * part.radii.min())
  }

  private static func edge(_ distance: Double) -> Double {
    if distance > 3 { return 0 }
    if distance < -3 { return 1 }
    let t = (3 - distance) / 6
    return t * t * (3 - 2 * t)
  }

  /// Smooth tissue texture: a sum of plane waves.
  struct Texture {
    private var waves: [(k: SIMD3<Double>, phase: Double)] = []

    init(seed: UInt64) {
      var random = Gauss(seed: seed &+ 5)
      for _ in 0..<6 {
        let k = SIMD3(random.next(), random.next(), random.next()) / 18
        waves.append((k, random.next() * 3))
      }
    }

    func value(at p: SIMD3<Double>) -> Double {
      waves.reduce(0) { $0 + 8 * sin($1.k.dot(p) + $1.phase) }
    }
  }
}

/// Normal deviates from a seed: SplitMix64 and the sum of four uniforms, scaled to variance 1.
struct Gauss {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> Double {
    var sum = 0.0
    for _ in 0..<4 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      sum += Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
    return (sum - 2) * 3.0.squareRoot()
  }
}
