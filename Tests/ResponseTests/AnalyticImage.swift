import Foundation
import Geometry
import Quantities
import Response
import Volumes

/// Blurred spheres by their closed form, so that the truth is exact.
struct AnalyticImage {
  struct Sphere {
    let centre: PatientPoint
    let radius: Double
    let suv: Double
  }

  let grid: VoxelGrid
  var image: Volume<SUVbw>

  init(
    _ spheres: [Sphere], background: Double, fwhm: Double, size: Int = 40, spacing: Double = 4
  ) throws {
    grid = try VoxelGrid(size: [size, size, size], spacing: .init(repeating: spacing))
    var samples = [Float](repeating: Float(background), count: grid.voxelCount)
    for sphere in spheres {
      let shape = BlurredSphere(
        radius: .millimetres(sphere.radius), resolution: .millimetres(fwhm))
      let reach = Outline(
        grid: grid, ball: sphere.centre, radius: .millimetres(sphere.radius + 3 * fwhm))
      for n in reach.offsets {
        let q = grid.ijk(at: n)
        let r = grid.patientPoint(i: q.x, j: q.y, k: q.z).distance(to: sphere.centre)
        samples[n] += Float((sphere.suv - background) * shape.value(atMillimetres: r))
      }
    }
    image = try Volume(grid: grid, samples: samples)
  }

  /// Adds Gaussian noise that was blurred like the image, with the given standard deviation.
  mutating func addNoise(_ deviation: Double, fwhm: Double, seed: UInt64) throws {
    var state = seed
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double((state ^ (state >> 31)) >> 11) + 0.5) / 9_007_199_254_740_992
    }
    let white = (0..<grid.voxelCount).map { _ in
      Float((-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform()))
    }
    let noise = try Volume<SUVbw>(grid: grid, samples: white)
      .smoothed(fullWidthHalfMaximum: .millimetres(fwhm)).samples
    let power = noise.reduce(0.0) { $0 + Double($1 * $1) } / Double(noise.count)
    let scale = Float(deviation / power.squareRoot())
    image = try Volume(grid: grid, samples: zip(image.samples, noise).map { $0 + $1 * scale })
  }

  func ball(_ centre: PatientPoint, _ radius: Double) -> Outline {
    Outline(grid: grid, ball: centre, radius: .millimetres(radius))
  }

  /// The 41 % outline about a sphere, as the outliner would draw it without a background.
  func outline(_ sphere: Sphere, fraction: Double = 0.41) -> Outline {
    let near = ball(sphere.centre, sphere.radius + 12)
    let peak = near.offsets.map { image.samples[$0] }.max() ?? 0
    return near.filter { Double(image.samples[$0]) >= fraction * Double(peak) }
  }
}
