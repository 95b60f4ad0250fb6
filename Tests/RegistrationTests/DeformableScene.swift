import Foundation
import Geometry
import Kernels
import Quantities
import Registration
import Volumes

/// A trunk of formulas that is bent by a known smooth map, so that the truth needs no
/// interpolation: fat, muscle with texture, two lungs with nodules, bones.
struct DeformableScene {
  /// Radius of the nodule in the left lung, in millimetres.
  var nodule = 11.0
  /// Amplitude of the bending, in millimetres; 0 leaves the patient as he is.
  var amplitude = 0.0
  /// How the trunk lies in the scan.
  var lying = RigidTransform.identity(from: first, to: second)
  var noise = 8.0
  var seed: UInt64 = 1

  static let noduleCentre = PatientPoint(x: 58, y: 4, z: 28)
  private static let bones: [SIMD3<Double>] = (0..<9).flatMap { n -> [SIMD3<Double>] in
    let z = -112 + 28 * Double(n)
    return [[0, 48, z], [112, 8, z], [-112, 8, z], [78, -58, z + 9], [-78, -58, z + 9]]
  }

  static func grid() throws -> VoxelGrid {
    try VoxelGrid(
      size: [84, 66, 76], spacing: [3.6, 3.6, 4], origin: PatientPoint(x: -149, y: -117, z: -150))
  }

  /// From a point of the scan to the point of the unbent trunk that lies there.
  func trunkPoint(_ p: PatientPoint) -> PatientPoint {
    let q = lying.inverse(p).millimetres
    let a = amplitude
    return PatientPoint(
      millimetres: q
        + SIMD3(
          a * 0.5 * sin(q.y / 55 + q.z / 80), a * 0.4 * sin(q.z / 60 - q.x / 75),
          a * exp(-(q.z / 90) * (q.z / 90)) * cos(q.x / 95)))
  }

  /// Where a point of the unbent trunk lies in the scan.
  func scanPoint(_ p: PatientPoint) -> PatientPoint {
    var guess = lying(p)
    for _ in 0..<100 {
      let miss = p.millimetres - trunkPoint(guess).millimetres
      guess = lying(PatientPoint(millimetres: lying.inverse(guess).millimetres + miss))
    }
    return guess
  }

  func ct() throws -> Volume<Hounsfield> {
    let grid = try Self.grid()
    let slabs = Slabs.map(of: grid.size.z) { slices in
      slices.flatMap { k -> [Float] in
        var random = Gauss(seed: seed &* 7919 &+ UInt64(k))
        return (0..<(grid.size.x * grid.size.y)).map { n in
          let here = grid.patientPoint(i: n % grid.size.x, j: n / grid.size.x, k: k)
          return Float(value(at: trunkPoint(here).millimetres) + noise * random.next())
        }
      }
    }
    return try Volume(grid: grid, samples: slabs.flatMap { $0 })
  }

  /// The nodule, as it is in this scan.
  func noduleMask() throws -> Mask {
    let grid = try Self.grid()
    return Mask(grid: grid) { n in
      let p = grid.patientPoint(
        i: n % grid.size.x, j: n / grid.size.x % grid.size.y, k: n / (grid.size.x * grid.size.y))
      return trunkPoint(p).distance(to: Self.noduleCentre) < nodule
    }
  }

  private func value(at p: SIMD3<Double>) -> Double {
    func cover(_ distance: Double) -> Double { min(max(0.5 - distance / 4, 0), 1) }
    func ellipsoid(_ c: SIMD3<Double>, _ r: SIMD3<Double>) -> Double {
      cover((((p - c) / r).length - 1) * r.min())
    }
    let around = SIMD3(p.x / 132, p.y / 98, 0).length
    let body = cover((around - 1) * 98)
    guard body > 0 else { return -1000 }
    var value = -100 + 145 * cover((around - 0.9) * 98) + texture(p)
    for side in [-1.0, 1] {
      let lung = ellipsoid([side * 58, 0, 40], [42, 55, 85])
      value += (-820 + 3 * texture(p) - value) * lung
    }
    let lesion = cover((p - Self.noduleCentre.millimetres).length - nodule)
    value += (45 - value) * lesion
    for centre in Self.bones { value += (500 - value) * cover((p - centre).length - 11) }
    return -1000 + (value + 1000) * body
  }

  private func texture(_ p: SIMD3<Double>) -> Double {
    10 * (sin(p.x / 7 + p.y / 11) * cos(p.z / 9) + sin(p.y / 8 - p.z / 13) * cos(p.x / 10 + 1))
  }
}

/// Points spread over the trunk, well inside the skin.
func trunkPoints() -> [PatientPoint] {
  stride(from: -90.0, through: 90, by: 22.5).flatMap { x in
    stride(from: -60.0, through: 60, by: 20).flatMap { y in
      stride(from: -90.0, through: 90, by: 22.5).map { z in PatientPoint(x: x, y: y, z: z) }
    }
  }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
