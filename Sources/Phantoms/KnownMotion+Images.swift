import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

extension KnownMotion {
  /// The image after the motion, on a grid of the second frame; trilinear.
  public func carried<Value: Quantity>(
    _ image: Volume<Value>, onto grid: VoxelGrid, outside: Value
  ) throws -> Volume<Value> {
    guard !waves.isEmpty else {
      return image.resampled(onto: grid, through: rigid.inverse, outside: outside)
    }
    let source = TrilinearResample.Source(
      samples: image.samples, size: image.grid.size,
      slices: image.grid.sliceOffsets?.map { $0 / image.grid.spacing.z })
    let samples = TrilinearResample.run(
      source, onto: grid.size, outside: Float(outside.inBaseUnit)
    ) { row, positions in
      fill(&positions, row: row, of: grid, in: image.grid)
    }
    return try Volume(grid: grid, samples: samples)
  }

  /// Positions in voxels of `source` for one row of `grid`.
  ///
  /// Along a row the phase of each wave grows by the same angle, so its sine follows from the last
  /// one by a rotation instead of a call.
  private func fill(
    _ positions: inout [SIMD3<Double>], row: Int, of grid: VoxelGrid, in source: VoxelGrid
  ) {
    let back = rigid.inverse
    let start = back(grid.patientPoint(i: 0, j: row % grid.size.y, k: row / grid.size.y))
      .millimetres
    let next = back(grid.patientPoint(i: 1, j: row % grid.size.y, k: row / grid.size.y))
      .millimetres
    let step = next - start
    var phasors = waves.map { wave -> (now: SIMD2<Double>, turn: SIMD2<Double>) in
      let (angle, growth) = (wave.number.dot(start) + wave.phase, wave.number.dot(step))
      return ([cos(angle), sin(angle)], [cos(growth), sin(growth)])
    }
    let axes = source.axes
    for i in positions.indices {
      var x = start + step * Double(i)
      for n in phasors.indices {
        let (now, turn) = phasors[n]
        x += waves[n].amplitude * now.y
        let cosine: Double = now.x * turn.x - now.y * turn.y
        let sine: Double = now.y * turn.x + now.x * turn.y
        phasors[n].now = SIMD2(cosine, sine)
      }
      let d = x - source.origin.millimetres
      positions[i] = SIMD3(d.dot(axes.i), d.dot(axes.j), d.dot(axes.k)) / source.spacing
    }
  }

  /// The mask after the motion, on a grid of the second frame: voxels at least half covered.
  public func carried(_ mask: Mask, onto grid: VoxelGrid) throws -> Mask {
    let cover = try Volume<DimensionlessCover>(
      grid: mask.grid, samples: mask.inside.map(Float.init))
    let moved = try carried(cover, onto: grid, outside: DimensionlessCover.zero)
    return Mask(grid: grid) { moved.samples[$0] >= 0.5 }
  }
}

/// The fraction of a voxel that a mask covers.
private struct DimensionlessCover: Quantity {
  let inBaseUnit: Double
  static let baseUnit = "1"
}
