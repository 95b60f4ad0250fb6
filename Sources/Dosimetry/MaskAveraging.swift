import Geometry
import Kernels
import Volumes

/// Shares a fine mask out over a coarser grid by a raster of points in each fine voxel.
struct MaskAveraging {
  private let mask: Mask
  private let target: VoxelGrid
  private let transform: RigidTransform?
  /// Raster points per fine voxel along i, j and k.
  private let parts: SIMD3<Int>

  /// Raster points per target voxel along each axis: a boundary is placed to a quarter voxel or
  /// better before the partial sums.
  private static let pointsPerVoxel = 4.0

  init(_ mask: Mask, onto target: VoxelGrid, through transform: RigidTransform?) {
    self.mask = mask
    self.target = target
    self.transform = transform
    parts = SIMD3<Int>(
      (mask.grid.spacing / target.spacing.min() * Self.pointsPerVoxel).rounded(.up)
        .clamped(lowerBound: .one, upperBound: SIMD3(repeating: 16)))
  }

  /// Covered fraction of every target voxel, 0 to 1.
  func coverage() -> [Float] {
    var millilitres = [Double](repeating: 0, count: target.voxelCount)
    let fine = mask.grid
    let columns = alignedColumns()
    for k in 0..<fine.size.z {
      let share = fine.voxelMillilitres(inSlice: k) / Double(parts.x * parts.y * parts.z)
      for j in 0..<fine.size.y {
        let row = fine.index(i: 0, j: j, k: k)
        guard let inside = MaskRow.extent(row..<(row + fine.size.x), of: mask.inside)
        else { continue }
        for c in 0..<parts.z {
          for b in 0..<parts.y {
            let start = position([
              offset(0, parts.x), Double(j) + offset(b, parts.y), Double(k) + offset(c, parts.z),
            ])
            if let columns {
              addAligned(inside, row, start, columns, share, to: &millilitres)
            } else {
              add(inside, row, start, share, to: &millilitres)
            }
          }
        }
      }
    }
    let perSlice = target.size.x * target.size.y
    return millilitres.indices.map {
      Float(min(millilitres[$0] / target.voxelMillilitres(inSlice: $0 / perSlice), 1))
    }
  }

  /// Where a continuous voxel of the mask lies on the target grid.
  private func position(_ p: SIMD3<Double>) -> SIMD3<Double> {
    let inPatient = mask.grid.patientPoint(at: GridPoint(ijk: p))
    return target.gridPoint(at: transform?(inPatient) ?? inPatient).ijk
  }

  /// Centre of raster part `n` of `count`, relative to the voxel centre.
  private func offset(_ n: Int, _ count: Int) -> Double {
    (Double(n) + 0.5) / Double(count) - 0.5
  }

  /// Target column of every raster point of a row, −1 outside, when the two grids have the same
  /// axes, as a CT and its SPECT nearly always do; `nil` when they do not.
  private func alignedColumns() -> [Int]? {
    let origin = position(.zero)
    let size = mask.grid.size
    let ends = [
      position([Double(size.x), 0, 0]) - origin, position([0, Double(size.y), 0]) - origin,
      position([0, 0, Double(size.z)]) - origin,
    ]
    // A millionth of a voxel over the whole grid moves no point.
    for (axis, end) in ends.enumerated() {
      for other in 0..<3 where other != axis && abs(end[other]) > 1e-6 { return nil }
    }
    return (0..<(size.x * parts.x)).map { n in
      let x = position([Double(n / parts.x) + offset(n % parts.x, parts.x), 0, 0]).x
      return x >= -0.5 && x < Double(target.size.x) - 0.5 ? Int(x + 0.5) : -1
    }
  }

  private func addAligned(
    _ inside: Range<Int>, _ row: Int, _ start: SIMD3<Double>, _ columns: [Int], _ share: Double,
    to millilitres: inout [Double]
  ) {
    guard let base = rowIndex(start) else { return }
    let samples = mask.inside.span
    for i in inside where samples[row + i] != 0 {
      for n in (i * parts.x)..<((i + 1) * parts.x) where columns[n] >= 0 {
        millilitres[base + columns[n]] += share
      }
    }
  }

  private func add(
    _ inside: Range<Int>, _ row: Int, _ start: SIMD3<Double>, _ share: Double,
    to millilitres: inout [Double]
  ) {
    let step = position([1, 0, 0]) - position(.zero)
    let samples = mask.inside.span
    for i in inside where samples[row + i] != 0 {
      for a in 0..<parts.x {
        let p = start + step * (Double(i) + Double(a) / Double(parts.x))
        guard let base = rowIndex(p), p.x >= -0.5, p.x < Double(target.size.x) - 0.5
        else { continue }
        millilitres[base + Int(p.x + 0.5)] += share
      }
    }
  }

  /// Offset of the target row a point lies in; `nil` outside.
  private func rowIndex(_ p: SIMD3<Double>) -> Int? {
    guard p.y >= -0.5, p.y < Double(target.size.y) - 0.5, p.z >= -0.5,
      p.z < Double(target.size.z) - 0.5
    else { return nil }
    return target.index(i: 0, j: Int(p.y + 0.5), k: Int(p.z + 0.5))
  }
}
