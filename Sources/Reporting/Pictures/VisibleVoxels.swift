import Geometry
import Quantities
import Volumes

/// The voxels of a volume that a window shows at all, for projections from many sides: most of a
/// PET is air, and is looked at once instead of once per side.
struct VisibleVoxels {
  private let points: [SIMD3<Float>]
  private let values: [Float]
  /// Edges of a voxel as vectors in the picture's frame.
  private let edges: [SIMD3<Double>]

  init<Value>(of layer: Layer<Value>, from least: Float) {
    let grid = layer.volume.grid
    let toPicture = layer.pictureToVolume?.inverse
    func point(_ i: Int, _ j: Int, _ k: Int) -> SIMD3<Double> {
      let p = grid.patientPoint(i: i, j: j, k: k)
      return (toPicture?(p) ?? p).millimetres
    }
    let origin = point(0, 0, 0)
    let stepI = point(1, 0, 0) - origin
    edges = [stepI, point(0, 1, 0) - origin, point(0, 0, 1) - origin]
    var (points, values): ([SIMD3<Float>], [Float]) = ([], [])
    for row in 0..<(grid.size.y * grid.size.z) {
      let start = point(0, row % grid.size.y, row / grid.size.y)
      for i in 0..<grid.size.x {
        let value = layer.volume.samples[row * grid.size.x + i]
        guard value >= least else { continue }
        points.append(SIMD3<Float>(start + stepI * Double(i)))
        values.append(value)
      }
    }
    (self.points, self.values) = (points, values)
  }

  /// The largest value whose footprint covers the centre of each pixel; `ground` where none does.
  func projected(on view: ProjectionGrid, ground: Float) -> [Float] {
    let stack = view.stack
    let origin = SIMD3<Float>(stack.origin.millimetres)
    let right = SIMD3<Float>(stack.axes.i / stack.spacing.x)
    let down = SIMD3<Float>(stack.axes.j / stack.spacing.y)
    // Half the extent of a voxel across and down the picture, in pixels; never less than covers
    // one pixel centre.
    func reach(_ axis: SIMD3<Double>, _ spacing: Double) -> Float {
      max(Float(edges.reduce(0) { $0 + abs($1.dot(axis)) } / spacing / 2), 0.5)
    }
    let acrossReach = reach(stack.axes.i, stack.spacing.x)
    let downReach = reach(stack.axes.j, stack.spacing.y)
    var pixels = [Float](repeating: ground, count: view.width * view.height)
    for n in points.indices {
      let p = points[n] - origin
      let (x, y) = ((p * right).sum(), (p * down).sum())
      let columns = Self.pixels(x - acrossReach, x + acrossReach, count: view.width)
      for row in Self.pixels(y - downReach, y + downReach, count: view.height) {
        for column in columns {
          let at = row * view.width + column
          pixels[at] = max(pixels[at], values[n])
        }
      }
    }
    return pixels
  }

  /// The pixels whose centres lie between two positions.
  @inline(__always)
  private static func pixels(_ low: Float, _ high: Float, count: Int) -> Range<Int> {
    let first = max(0, Int(low.rounded(.up)))
    return first..<max(first, min(count, Int(high.rounded(.down)) + 1))
  }
}
