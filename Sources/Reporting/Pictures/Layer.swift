public import Geometry
import Kernels
import Quantities
public import Volumes

/// A volume to be shown, and how its frame is reached from the frame of the picture.
public struct Layer<Value: DisplayQuantity>: Sendable {
  public let volume: Volume<Value>
  /// Maps a point of the picture's frame to the volume's frame; `nil` when they share one.
  public let pictureToVolume: RigidTransform?

  public init(_ volume: Volume<Value>, through pictureToVolume: RigidTransform? = nil) {
    (self.volume, self.pictureToVolume) = (volume, pictureToVolume)
  }

  /// Samples at the pixels of a picture, trilinear; `outside` where the volume does not reach.
  func samples(on grid: PictureGrid, outside: Value) -> [Float] {
    samples(on: grid.voxelGrid, outside: outside)
  }

  /// Samples on a stack with even slices, trilinear. Pictures mostly lie along the axes of the
  /// volume, which is much quicker to sample than a turned one.
  func samples(on stack: VoxelGrid, outside: Value) -> [Float] {
    guard pictureToVolume == nil, let order = stack.parallelAxes(in: volume.grid) else {
      return volume.resampled(onto: stack, through: pictureToVolume, outside: outside).samples
    }
    let strides = [1, volume.grid.size.x, volume.grid.size.x * volume.grid.size.y]
    let axes = (0..<3).map { axis -> AlignedResample.Axis in
      let positions = (0..<stack.size[axis]).map { n -> Double in
        var ijk = SIMD3<Double>.zero
        ijk[axis] = Double(n)
        let point = stack.patientPoint(at: GridPoint(ijk: ijk))
        return volume.grid.gridPoint(at: point).ijk[order[axis]]
      }
      return AlignedResample.Axis(
        positions: positions, count: volume.grid.size[order[axis]], stride: strides[order[axis]])
    }
    return AlignedResample.run(
      volume.samples, i: axes[0], j: axes[1], k: axes[2], outside: Float(outside.inBaseUnit))
  }
}

extension VoxelGrid {
  /// For each axis of this grid the axis of `other` that runs along the same line; `nil` when
  /// the grids are turned against each other.
  fileprivate func parallelAxes(in other: VoxelGrid) -> SIMD3<Int>? {
    // A millionth of a radian moves the far end of a body by a few micrometres.
    let tolerance = 1e-6
    let others = [other.axes.i, other.axes.j, other.axes.k]
    let found = [axes.i, axes.j, axes.k].compactMap { axis in
      others.firstIndex { axis.cross($0).length < tolerance }
    }
    return found.count == 3 ? SIMD3(found) : nil
  }
}

/// The time a picture shows: never a date, so that no picture tells who was scanned when.
public struct TimePointLabel: Sendable, Hashable, Codable {
  /// The time point's own id in the course, for example `fu1`.
  public let id: String
  /// Time since the baseline; `nil` when it is not known.
  public let sinceBaseline: Duration?

  public init(id: String, sinceBaseline: Duration?) {
    (self.id, self.sinceBaseline) = (id, sinceBaseline)
  }

  /// `fu1 · week 12`, `c1h24 · day 1`, `base`
  public var text: String {
    guard let days = days else { return id }
    if abs(days) < 0.5 { return "\(id) · day 0" }
    if abs(days) < 14 { return "\(id) · day \(NumberText.fixed(days, decimals: 0))" }
    let weeks = days / 7
    let isWhole = abs(weeks - weeks.rounded()) < 0.05
    return "\(id) · week \(NumberText.fixed(weeks, decimals: isWhole ? 0 : 1))"
  }

  public var days: Double? { sinceBaseline.map { $0 / .seconds(86_400) } }
}
