import Foundation
import Geometry
import Kernels
import Volumes

/// Noise of a reconstructed emission image: its variance grows with the signal, its grain is the
/// reconstruction's point spread whatever the voxel size, and negative values are cut, as
/// iterative reconstruction does.
struct EmissionNoise {
  /// Relative standard deviation at ``reference``.
  let relative: Double
  /// Full width at half maximum of the grain, in millimetres.
  let grain: Double
  /// The sample value whose noise is `relative`.
  let reference: Double
  let seed: UInt64
  /// Names the stream of random numbers.
  let stream: String

  func added(to samples: [Float], on grid: VoxelGrid) -> [Float] {
    let white = SliceFill.run(
      length: grid.size.x * grid.size.y, count: grid.size.z, initial: Float(0)
    ) { k, slice in
      var random = SeededGenerator(seed: seed, stream: stream, index: k)
      for n in slice.indices { slice[n] = random.imageNoise() }
    }
    let correlated = GaussianSmoothing.run(
      white, size: grid.size, sigma: grain / (8 * log(2)).squareRoot() / grid.spacing)
    let scale = Float(relative) / TissueTexture.standardDeviation(correlated)
    let reference = Float(reference)
    return zip(samples, correlated).map { value, noise in
      max(value + noise * scale * (max(value, 0) * reference).squareRoot(), 0)
    }
  }
}
