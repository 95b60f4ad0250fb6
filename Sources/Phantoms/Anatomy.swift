import Foundation
import Geometry
import Kernels

/// The painted virtual patient at baseline: HU and region on a fine grid, in the patient's own
/// axes. Every time point samples it through that time point's motion.
struct Anatomy: Sendable {
  struct Voxel: BitwiseCopyable {
    var hounsfield: Int16 = -1000
    var region: UInt8 = 0
  }

  /// Voxel counts, i fastest.
  let size: SIMD3<Int>
  /// Distance between voxel centres in millimetres, the same along all axes.
  let spacing: Double
  /// Centre of voxel (0, 0, 0).
  let origin: SIMD3<Double>
  let voxels: [Voxel]
  let landmarks: [(kind: LandmarkKind, point: PatientPoint)]

  private static let low = SIMD3<Double>(-264, -150, -392)
  private static let high = SIMD3<Double>(264, 150, 392)

  init(seed: UInt64, spacing: Double, slides: Bool = false) {
    let plan = AnatomyPlan(seed: seed, slides: slides)
    let texture = TissueTexture(seed: seed, spacing: spacing)
    let extent = (Self.high - Self.low) / spacing
    let size = SIMD3(Int(extent.x), Int(extent.y), Int(extent.z))
    (self.size, self.spacing, self.origin) = (size, spacing, Self.low)
    self.landmarks = plan.landmarks
    let painter = SlicePainter(
      size: size, spacing: Float(spacing), origin: SIMD3<Float>(Self.low), tissues: plan.tissues)
    voxels = SliceFill.run(length: size.x * size.y, count: size.z, initial: Voxel()) { k, slice in
      let (hounsfield, region) = painter.paint(slice: k)
      for j in 0..<size.y {
        for i in 0..<size.x {
          let n = i + size.x * j
          guard region[n] != .air else { continue }
          let varied = hounsfield[n] + texture.value(i, j, k) * region[n].textureInHounsfield
          slice[n] = Voxel(
            hounsfield: Int16(min(max(varied, -1000), 3000)), region: region[n].rawValue)
        }
      }
    }
  }

  /// Where the voxels lie, for looking them up.
  var frame: AnatomyFrame { AnatomyFrame(size: size, spacing: spacing, origin: origin) }

  /// The region of the voxel nearest to a baseline point.
  func region(_ p: SIMD3<Double>) -> Region? {
    Region(rawValue: frame.region(p, in: voxels.span))
  }
}

/// Looks up anatomy at baseline points. Apart from the voxels, so that the loops over a
/// scanner's voxels touch no reference count: with it, two threads take ten times as long.
struct AnatomyFrame: Sendable {
  let size: SIMD3<Int>
  let spacing: Double
  let origin: SIMD3<Double>

  /// The region of the voxel nearest to a baseline point.
  @inline(__always)
  func region(_ p: SIMD3<Double>, in voxels: Span<Anatomy.Voxel>) -> UInt8 {
    let q = (p - origin) / spacing + 0.5
    guard q.x >= 0, q.y >= 0, q.z >= 0 else { return 0 }
    let (i, j, k) = (Int(q.x), Int(q.y), Int(q.z))
    guard i < size.x, j < size.y, k < size.z else { return 0 }
    return voxels[i + size.x * (j + size.y * k)].region
  }

  /// HU at a baseline point, trilinear; air outside.
  @inline(__always)
  func hounsfield(_ p: SIMD3<Double>, in voxels: Span<Anatomy.Voxel>) -> Float {
    let q = (p - origin) / spacing
    guard q.x >= 0, q.y >= 0, q.z >= 0 else { return -1000 }
    let (i, j, k) = (Int(q.x), Int(q.y), Int(q.z))
    guard i < size.x - 1, j < size.y - 1, k < size.z - 1 else { return -1000 }
    let (fx, fy, fz) = (
      Float(q.x - Double(i)), Float(q.y - Double(j)), Float(q.z - Double(k))
    )
    let a = i + size.x * (j + size.y * k)
    let (b, c) = (a + size.x, a + size.x * size.y)
    let d = c + size.x
    let near = mix(pair(voxels, a, fx), pair(voxels, b, fx), fy)
    return mix(near, mix(pair(voxels, c, fx), pair(voxels, d, fx), fy), fz)
  }

  @inline(__always)
  private func pair(_ voxels: Span<Anatomy.Voxel>, _ n: Int, _ f: Float) -> Float {
    mix(Float(voxels[n].hounsfield), Float(voxels[n + 1].hounsfield), f)
  }

  @inline(__always)
  private func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
}
