import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// Images the activity in the patient with PET or SPECT: the mean concentration of each voxel,
/// then the point spread function, then noise.
struct EmissionAcquisition {
  let state: PatientState
  let grid: VoxelGrid
  /// Full width at half maximum in millimetres; `nil` leaves the image sharp.
  let resolution: Double?
  /// Relative standard deviation at ``noiseReference``; 0 for none.
  let noise: Double
  /// Full width at half maximum of the noise's grain, in millimetres.
  let noiseGrain: Double
  /// The concentration whose noise is `noise`, in Bq/mL.
  let noiseReference: Double
  let seed: UInt64
  let visit: String

  /// Samples per voxel and axis where tissues meet.
  private static let fine = 4

  func volume() throws(VolumeError) -> Volume<ActivityConcentration> {
    let sharp = SliceFill.run(
      length: grid.size.x * grid.size.y, count: grid.size.z, initial: Float(0)
    ) { k, slice in
      average(slice: k, into: &slice)
    }
    var volume = try Volume<ActivityConcentration>(grid: grid, samples: sharp)
    if let resolution {
      volume = volume.smoothed(fullWidthHalfMaximum: .millimetres(resolution))
    }
    guard noise > 0 else { return volume }
    let added = EmissionNoise(
      relative: noise, grain: noiseGrain, reference: noiseReference, seed: seed,
      stream: "emission noise \(visit)")
    return try Volume(grid: grid, samples: added.added(to: volume.samples, on: grid))
  }

  /// The mean concentration over each voxel. Voxels whose corners agree and that no lesion's
  /// surface crosses are taken as uniform; all others are sampled finely.
  private func average(slice k: Int, into slice: inout MutableSpan<Float>) {
    let (nx, ny) = (grid.size.x, grid.size.y)
    let (below, above) = (corners(atSlice: Double(k) - 0.5), corners(atSlice: Double(k) + 0.5))
    let offsets = fineOffsets()
    let map = ActivityMap(state)
    let (voxels, table) = (state.anatomy.voxels.span, state.concentrations.span)
    let stepI = state.position.undoneStep(grid.axes.i * grid.spacing.x)
    // Breathing can shear a voxel by less than its own size again.
    let margin = grid.spacing.length
    for j in 0..<ny {
      let start = grid.patientPoint(i: 0, j: j, k: k).millimetres
      let near = state.balls(
        nearRowFrom: state.position.undone(start), step: stepI, count: nx, within: 2 * margin)
      let balls = near.span
      for i in 0..<nx {
        let n = i + (nx + 1) * j
        let first = below[n]
        let centre = start + grid.axes.i * (Double(i) * grid.spacing.x)
        let uniform =
          below[n + 1] == first && below[n + nx + 1] == first && below[n + nx + 2] == first
          && above[n] == first && above[n + 1] == first && above[n + nx + 1] == first
          && above[n + nx + 2] == first
          && map.concentration(centre, voxels, balls, table) == first
          && !map.isNearSurface(centre, balls, within: margin)
        var sum: Float = 0
        if !uniform {
          for m in offsets.indices {
            sum += map.concentration(centre + offsets[m], voxels, balls, table)
          }
        }
        slice[i + nx * j] = uniform ? first : sum / Float(offsets.count)
      }
    }
  }

  /// Concentration at the voxel corners of a plane between two slices.
  private func corners(atSlice k: Double) -> [Float] {
    let map = ActivityMap(state)
    let (voxels, balls, table) = (
      state.anatomy.voxels.span, state.balls.span, state.concentrations.span
    )
    var values: [Float] = []
    values.reserveCapacity((grid.size.x + 1) * (grid.size.y + 1))
    for j in 0...grid.size.y {
      let corner = GridPoint(ijk: [-0.5, Double(j) - 0.5, k])
      let start = grid.patientPoint(at: corner).millimetres
      for i in 0...grid.size.x {
        let point = start + grid.axes.i * (Double(i) * grid.spacing.x)
        values.append(map.concentration(point, voxels, balls, table))
      }
    }
    return values
  }

  /// Where a voxel is sampled finely, relative to its centre.
  private func fineOffsets() -> [SIMD3<Double>] {
    let parts = (0..<Self.fine).map { (Double($0) + 0.5) / Double(Self.fine) - 0.5 }
    return parts.flatMap { c in
      parts.flatMap { b in
        parts.map { a in
          let along = SIMD3(a, b, c) * grid.spacing
          return grid.axes.i * along.x + grid.axes.j * along.y + grid.axes.k * along.z
        }
      }
    }
  }
}

/// Bq/mL at points of the time point's frame. Holds plain numbers only; the tables are handed in.
private struct ActivityMap {
  let position: PatientPosition
  let frame: AnatomyFrame

  init(_ state: PatientState) {
    position = state.position
    frame = state.anatomy.frame
  }

  @inline(__always)
  func concentration(
    _ point: SIMD3<Double>, _ voxels: Span<Anatomy.Voxel>, _ balls: Span<LesionBall>,
    _ table: Span<Float>
  ) -> Float {
    let p = position.baseline(point)
    for n in balls.indices where balls[n].distance(p) < 0 { return balls[n].concentration }
    return table[Int(frame.region(p, in: voxels))]
  }

  @inline(__always)
  func isNearSurface(
    _ point: SIMD3<Double>, _ balls: Span<LesionBall>, within margin: Double
  ) -> Bool {
    let p = position.baseline(point)
    for n in balls.indices where abs(balls[n].distance(p)) < margin { return true }
    return false
  }
}
