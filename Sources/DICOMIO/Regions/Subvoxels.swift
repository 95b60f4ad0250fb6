import Geometry
import Kernels

/// Coverage of voxels by asking at evenly spaced places inside each.
enum Subvoxels {
  /// - Parameters:
  ///   - corners: Of a box round everything that is not empty, in patient millimetres.
  ///   - places: How many places along each edge of a voxel.
  ///   - value: Coverage at a point of the patient, 0 to 1.
  static func slices(
    on grid: VoxelGrid, corners: [SIMD3<Double>], places: Int,
    _ value: (SIMD3<Double>) -> Float
  ) -> [SliceWindow] {
    guard let window = window(on: grid, corners: corners) else { return [] }
    let slabs = Slabs.map(of: window.slices.count) { slab in
      slab.map { n in
        let k = window.slices.lowerBound + n
        let coverage = slice(k, grid, window.columns, window.rows, places, value)
        return SliceWindow(
          slice: k, columns: window.columns, rows: window.rows, coverage: coverage)
      }
    }
    return slabs.flatMap { $0 }
  }

  /// The voxels of a grid that a box may reach; `nil` when it reaches none.
  static func window(
    on grid: VoxelGrid, corners: [SIMD3<Double>]
  ) -> (columns: Range<Int>, rows: Range<Int>, slices: Range<Int>)? {
    let spots = corners.map { grid.gridPoint(at: PatientPoint(millimetres: $0)).ijk }
    guard let first = spots.first else { return nil }
    let low = spots.reduce(first) { pointwiseMin($0, $1) }
    let high = spots.reduce(first) { pointwiseMax($0, $1) }
    let ranges = (0..<3).compactMap { axis -> Range<Int>? in
      let start = max(0, (low[axis] - 0.5).rounded(.down))
      let end = min(Double(grid.size[axis] - 1), (high[axis] + 0.5).rounded(.up))
      return start <= end ? Int(start)..<(Int(end) + 1) : nil
    }
    return ranges.count == 3 ? (ranges[0], ranges[1], ranges[2]) : nil
  }

  private static func slice(
    _ k: Int, _ grid: VoxelGrid, _ columns: Range<Int>, _ rows: Range<Int>, _ places: Int,
    _ value: (SIMD3<Double>) -> Float
  ) -> [Float] {
    let fractions = (0..<places).map { (Double($0) + 0.5) / Double(places) - 0.5 }
    let faces = grid.sliceFaces(k)
    let heights = fractions.map {
      faces.lowerBound + (faces.upperBound - faces.lowerBound) * ($0 + 0.5)
    }
    let share = 1 / Float(places * places * places)
    var coverage: [Float] = []
    coverage.reserveCapacity(columns.count * rows.count)
    for j in rows {
      for i in columns {
        var sum: Float = 0
        for height in heights {
          for b in fractions {
            let y = (Double(j) + b) * grid.spacing.y
            for a in fractions {
              let x = (Double(i) + a) * grid.spacing.x
              sum += value(grid.patientPoint(alongAxes: [x, y, height]).millimetres)
            }
          }
        }
        coverage.append(sum * share)
      }
    }
    return coverage
  }
}
