import Geometry
import Volumes

/// The fraction of each voxel of a grid that a mask drawn on another grid covers.
///
/// Where the axes of the two grids are parallel, as those of a CT and its SPECT nearly always
/// are, every fraction is the exact overlap of boxes. Otherwise each voxel asks at a raster of
/// points of its own; either way all voxels are treated alike, so that the inside of a region
/// is covered evenly.
struct MaskAveraging {
  private let outline: Outline
  private let target: VoxelGrid
  private let transform: RigidTransform?
  private let inverse: RigidTransform?

  /// Points per voxel along each axis where the axes are not parallel.
  private static let pointsPerVoxel = 5

  init(_ mask: Mask, onto target: VoxelGrid, through transform: RigidTransform?) {
    outline = Outline(mask)
    self.target = target
    self.transform = transform
    inverse = transform?.inverse
  }

  /// Covered fraction of every target voxel, 0 to 1.
  func coverage() -> [Float] {
    guard let bounds = outline.bounds else {
      return [Float](repeating: 0, count: target.voxelCount)
    }
    if let axes = parallelAxes() { return overlaps(axes) }
    return sampled(bounds)
  }

  // MARK: Parallel axes

  /// For each voxel of the mask along one axis, where its two faces lie on the target, in target
  /// voxels with faces at whole numbers.
  private typealias Faces = [(lower: Double, upper: Double)]

  /// `nil` unless each axis of the mask runs along the same axis of the target.
  private func parallelAxes() -> (i: Faces, j: Faces, k: Faces)? {
    let fine = outline.grid
    let origin = position(.zero)
    let size = SIMD3<Double>(Double(fine.size.x), Double(fine.size.y), Double(fine.size.z))
    for axis in 0..<3 {
      var end = SIMD3<Double>.zero
      end[axis] = size[axis]
      let step = position(end) - origin
      // A millionth of a voxel over the whole grid moves no face.
      for other in 0..<3 where other != axis && abs(step[other]) > 1e-6 { return nil }
    }
    func faces(_ axis: Int) -> Faces {
      (0..<fine.size[axis]).map { n in
        func at(_ offset: Double) -> Double {
          var p = SIMD3<Double>.zero
          p[axis] = Double(n) + offset
          return position(p)[axis] + 0.5
        }
        let (a, b) = (at(-0.5), at(0.5))
        return (min(a, b), max(a, b))
      }
    }
    return (faces(0), faces(1), faces(2))
  }

  /// Sums the boxes of all runs of the mask: along i a run is one box, along j and k a voxel is.
  private func overlaps(_ axes: (i: Faces, j: Faces, k: Faces)) -> [Float] {
    let size = target.size
    var covered = [Double](repeating: 0, count: target.voxelCount)
    for run in outline.runs {
      let first = outline.grid.ijk(at: run.lowerBound)
      let ends = [axes.i[first.x], axes.i[first.x + run.count - 1]]
      let alongI = Self.shares(
        min(ends[0].lower, ends[1].lower), max(ends[0].upper, ends[1].upper), limit: size.x)
      let alongJ = Self.shares(axes.j[first.y].lower, axes.j[first.y].upper, limit: size.y)
      let alongK = Self.shares(axes.k[first.z].lower, axes.k[first.z].upper, limit: size.z)
      for (k, zShare) in alongK {
        for (j, yShare) in alongJ {
          let row = size.x * (j + size.y * k)
          for (i, xShare) in alongI { covered[row + i] += xShare * yShare * zShare }
        }
      }
    }
    // Sums of shares may pass 1 by rounding.
    return covered.map { Float(min($0, 1)) }
  }

  /// How much of each target voxel along one axis lies between two faces.
  private static func shares(
    _ lower: Double, _ upper: Double, limit: Int
  ) -> [(index: Int, share: Double)] {
    let first = max(Int(lower.rounded(.down)), 0)
    let last = min(Int(upper.rounded(.up)), limit)
    guard first < last else { return [] }
    return (first..<last).map { n in
      (n, min(upper, Double(n + 1)) - max(lower, Double(n)))
    }
  }

  // MARK: Turned axes

  private func sampled(_ bounds: (first: SIMD3<Int>, last: SIMD3<Int>)) -> [Float] {
    var covered = [Float](repeating: 0, count: target.voxelCount)
    let (lower, upper) = block(around: bounds)
    guard (0..<3).allSatisfy({ lower[$0] <= upper[$0] }) else { return covered }
    let parts = Self.pointsPerVoxel
    let offsets = (0..<parts).map { (Double($0) + 0.5) / Double(parts) - 0.5 }
    for k in lower.z...upper.z {
      for j in lower.y...upper.y {
        for i in lower.x...upper.x {
          var inside = 0
          for c in offsets {
            for b in offsets {
              for a in offsets
              where outline.contains(
                maskPoint([Double(i) + a, Double(j) + b, Double(k) + c]))
              {
                inside += 1
              }
            }
          }
          covered[target.index(i: i, j: j, k: k)] = Float(inside) / Float(parts * parts * parts)
        }
      }
    }
    return covered
  }

  /// The target voxels that the block around the mask can reach.
  private func block(
    around bounds: (first: SIMD3<Int>, last: SIMD3<Int>)
  ) -> (lower: SIMD3<Int>, upper: SIMD3<Int>) {
    var low = SIMD3<Double>(repeating: .infinity)
    var high = -low
    for corner in 0..<8 {
      let p = position([
        corner & 1 == 0 ? Double(bounds.first.x) - 0.5 : Double(bounds.last.x) + 0.5,
        corner & 2 == 0 ? Double(bounds.first.y) - 0.5 : Double(bounds.last.y) + 0.5,
        corner & 4 == 0 ? Double(bounds.first.z) - 0.5 : Double(bounds.last.z) + 0.5,
      ])
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    let last = target.size &- 1
    // Far outside, the block is empty: clamp before converting, so that nothing overflows.
    let limit = SIMD3<Double>(Double(last.x), Double(last.y), Double(last.z))
    let lower = low.rounded(.down).clamped(lowerBound: .zero, upperBound: limit + 1)
    let upper = high.rounded(.up).clamped(lowerBound: -.one, upperBound: limit)
    return (SIMD3<Int>(lower), SIMD3<Int>(upper))
  }

  /// Where a continuous voxel of the mask lies on the target grid.
  private func position(_ p: SIMD3<Double>) -> SIMD3<Double> {
    let inPatient = outline.grid.patientPoint(at: GridPoint(ijk: p))
    return target.gridPoint(at: transform?(inPatient) ?? inPatient).ijk
  }

  /// The point of the mask's frame where a continuous voxel of the target lies.
  private func maskPoint(_ p: SIMD3<Double>) -> PatientPoint {
    let inPatient = target.patientPoint(at: GridPoint(ijk: p))
    return inverse?(inPatient) ?? inPatient
  }
}
