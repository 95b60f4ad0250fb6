import Geometry
import Lesions
import Quantities
import Volumes

/// Balls of uptake in a uniform background, blurred as a scanner would.
struct Phantom {
  struct Ball {
    let centre: PatientPoint
    let radius: Double
    let suv: Double
    init(_ x: Double, _ y: Double, _ z: Double, radius: Double, suv: Double) {
      centre = PatientPoint(x: x, y: y, z: z)
      (self.radius, self.suv) = (radius, suv)
    }
  }

  let grid: VoxelGrid
  let balls: [Ball]
  let image: Volume<SUVbw>

  /// - Parameter balls: Later ones lie over earlier ones.
  init(
    _ balls: [Ball], background: Double = 1, size: Int = 64, spacing: Double = 4,
    origin: PatientPoint = PatientPoint(x: 0, y: 0, z: 0), fwhm: Double = 6
  ) throws {
    grid = try VoxelGrid(
      size: [size, size, size], spacing: .init(repeating: spacing), origin: origin)
    self.balls = balls
    var samples = [Float](repeating: Float(background), count: grid.voxelCount)
    for ball in balls {
      let outline = Outline(grid: grid, ball: ball.centre, radius: .millimetres(ball.radius))
      for n in outline.offsets { samples[n] = Float(ball.suv) }
    }
    image = try Volume<SUVbw>(grid: grid, samples: samples)
      .smoothed(fullWidthHalfMaximum: .millimetres(fwhm))
  }

  func ball(_ n: Int, widenedBy margin: Double = 0) -> Outline {
    Outline(
      grid: grid, ball: balls[n].centre, radius: .millimetres(balls[n].radius + margin))
  }

  func region(_ name: String, _ n: Int) -> NamedRegion {
    NamedRegion(name: name, outline: ball(n))
  }
}

func suv(_ value: Double) -> SUVbw { .gramsPerMillilitre(value) }
