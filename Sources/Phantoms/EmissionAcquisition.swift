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
  /// The concentration whose noise is `noise`, in Bq/mL.
  let noiseReference: Double
  let seed: UInt64
  let visit: String

  /// Samples per voxel and axis where tissues meet.
  private static let fine = 5

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
    return try Volume(grid: grid, samples: noisy(volume.samples))
  }

  /// The mean concentration over each voxel. Voxels whose corners agree and that no lesion's
  /// surface crosses are taken as uniform; all others are sampled finely.
  private func average(slice k: Int, into slice: inout MutableSpan<Float>) {
    let (nx, ny) = (grid.size.x, grid.size.y)
    let (below, above) = (corners(atSlice: Double(k) - 0.5), corners(atSlice: Double(k) + 0.5))
    // Breathing can shear a voxel by less than its own size again.
    let margin = grid.spacing.length
    for j in 0..<ny {
      for i in 0..<nx {
        let n = i + (nx + 1) * j
        let first = below[n]
        let centre = grid.patientPoint(i: i, j: j, k: k).millimetres
        let p = state.baseline(centre)
        let uniform =
          below[n + 1] == first && below[n + nx + 1] == first && below[n + nx + 2] == first
          && above[n] == first && above[n + 1] == first && above[n + nx + 1] == first
          && above[n + nx + 2] == first && concentration(p) == first
          && !state.lesions.contains { abs($0.distance(p)) < margin }
        slice[i + nx * j] = uniform ? first : fineMean(centre)
      }
    }
  }

  private func corners(atSlice k: Double) -> [Float] {
    let (nx, ny) = (grid.size.x, grid.size.y)
    var values: [Float] = []
    values.reserveCapacity((nx + 1) * (ny + 1))
    for j in 0...ny {
      for i in 0...nx {
        let corner = GridPoint(ijk: [Double(i) - 0.5, Double(j) - 0.5, k])
        values.append(concentration(state.baseline(grid.patientPoint(at: corner).millimetres)))
      }
    }
    return values
  }

  private func fineMean(_ centre: SIMD3<Double>) -> Float {
    let count = Self.fine
    var sum: Float = 0
    for c in 0..<count {
      for b in 0..<count {
        for a in 0..<count {
          let part = (SIMD3(Double(a), Double(b), Double(c)) + 0.5) / Double(count) - 0.5
          let step = part * grid.spacing
          let p =
            centre + grid.axes.i * step.x + grid.axes.j * step.y + grid.axes.k * step.z
          sum += concentration(state.baseline(p))
        }
      }
    }
    return sum / Float(count * count * count)
  }

  /// Bq/mL of the tissue at a baseline point.
  @inline(__always)
  private func concentration(_ p: SIMD3<Double>) -> Float {
    for lesion in state.lesions where lesion.distance(p) < 0 { return lesion.concentration }
    return state.concentrations[Int(state.anatomy.region(p))]
  }

  /// Adds noise whose variance grows with the signal, correlated over about two voxels, and
  /// cuts negative values, as iterative reconstruction does.
  private func noisy(_ samples: [Float]) -> [Float] {
    let white = SliceFill.run(
      length: grid.size.x * grid.size.y, count: grid.size.z, initial: Float(0)
    ) { k, slice in
      var random = SeededGenerator(seed: seed, stream: "emission noise \(visit)", index: k)
      for n in slice.indices { slice[n] = random.imageNoise() }
    }
    let correlated = GaussianSmoothing.run(
      white, size: grid.size, sigma: SIMD3(repeating: 0.8))
    let scale = Float(noise) / TissueTexture.standardDeviation(correlated)
    let reference = Float(noiseReference)
    return zip(samples, correlated).map { value, noise in
      max(value + noise * scale * (max(value, 0) * reference).squareRoot(), 0)
    }
  }
}
