import Geometry
import Kernels

/// An ellipsoid of one uptake, or the body as an upright elliptic cylinder.
struct LesionFieldSolid: Sendable {
  let centre: SIMD3<Double>
  let axes: SIMD3<Double>
  let suv: Double
  /// Reaches through all slices.
  let isTall: Bool

  static func body(_ centre: SIMD3<Double>) -> LesionFieldSolid {
    LesionFieldSolid(
      centre: centre, axes: [LesionFieldPlan.body.x, LesionFieldPlan.body.y, 1], suv: 0.8,
      isTall: true)
  }

  /// About how far a point lies outside, in millimetres.
  @inline(__always)
  private func distance(_ p: SIMD3<Double>) -> Double {
    var d = (p - centre) / axes
    if isTall { d.z = 0 }
    let narrowest = isTall ? min(axes.x, axes.y) : axes.min()
    return ((d * d).sum().squareRoot() - 1) * narrowest
  }

  /// The share of a voxel that lies inside, from 5 × 5 × 5 points where a surface crosses it.
  private func share(_ p: SIMD3<Double>, edge: Double) -> Double {
    let d = distance(p)
    // Half the diagonal, and as much again for ellipsoids whose distance is only estimated.
    let reach = edge * 1.8
    if d > reach { return 0 }
    if d < -reach { return 1 }
    var inside = 0
    for c in -2...2 {
      for b in -2...2 {
        for a in -2...2 {
          let q = p + SIMD3(Double(a), Double(b), Double(c)) * (edge / 5)
          if distance(q) <= 0 { inside += 1 }
        }
      }
    }
    return Double(inside) / 125
  }

  /// Later solids lie over earlier ones.
  static func paint(_ solids: [LesionFieldSolid], on grid: VoxelGrid) -> [Float] {
    let edge = grid.spacing.x
    return SliceFill.run(
      length: grid.size.x * grid.size.y, count: grid.size.z, initial: Float(0)
    ) { k, slice in
      let z = Double(k) * edge + grid.origin.millimetres.z
      for solid in solids where solid.isTall || abs(z - solid.centre.z) <= solid.axes.z + edge {
        solid.paint(slice: k, on: grid, into: &slice)
      }
    }
  }

  private func paint(slice k: Int, on grid: VoxelGrid, into slice: inout MutableSpan<Float>) {
    let edge = grid.spacing.x
    let local = grid.gridPoint(at: PatientPoint(millimetres: centre)).ijk
    func range(_ axis: Int) -> ClosedRange<Int>? {
      let reach = axes[axis] / edge + 1
      let low = max(Int((local[axis] - reach).rounded(.down)), 0)
      let high = min(Int((local[axis] + reach).rounded(.up)), grid.size[axis] - 1)
      return low <= high ? low...high : nil
    }
    guard let columns = range(0), let rows = range(1) else { return }
    for j in rows {
      for i in columns {
        let f = Float(share(grid.patientPoint(i: i, j: j, k: k).millimetres, edge: edge))
        let n = i + grid.size.x * j
        if f > 0 { slice[n] = slice[n] * (1 - f) + Float(suv) * f }
      }
    }
  }
}
