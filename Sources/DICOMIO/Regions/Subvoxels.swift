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
    let spots = corners.map { grid.gridPoint(at: PatientPoint(millimetres: $0)).ijk }
    guard let first = spots.first else { return [] }
    let low = spots.reduce(first) { pointwiseMin($0, $1) }
    let high = spots.reduce(first) { pointwiseMax($0, $1) }
    let ranges = (0..<3).compactMap { axis -> Range<Int>? in
      let start = max(0, (low[axis] - 0.5).rounded(.down))
      let end = min(Double(grid.size[axis] - 1), (high[axis] + 0.5).rounded(.up))
      return start <= end ? Int(start)..<(Int(end) + 1) : nil
    }
    guard ranges.count == 3 else { return [] }
    let slabs = Slabs.map(of: ranges[2].count) { slab in
      slab.map { n in
        let k = ranges[2].lowerBound + n
        let coverage = slice(k, grid, ranges[0], ranges[1], places, value)
        return SliceWindow(slice: k, columns: ranges[0], rows: ranges[1], coverage: coverage)
      }
    }
    return slabs.flatMap { $0 }
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
