import Geometry
import Kernels
import Quantities
import Volumes

/// One CT, cut to the body at each level of a deformable fit.
struct DeformableImage: Sendable {
  let pyramid: CTPyramid

  /// Kept around the body, in millimetres, so that the other image's skin finds something.
  private static let margin = 16.0

  init(pyramid: CTPyramid) { self.pyramid = pyramid }

  /// - Parameter finest: The smallest voxel of any level, in millimetres.
  init(
    _ source: Volume<Hounsfield>, role: RegistrationError.Role, _ settings: DeformableSettings,
    finest: Double?
  ) throws {
    var rigid = RigidSettings()
    rigid.bodyThreshold = settings.bodyThreshold
    pyramid = try CTPyramid(source, role: role, finestSpacing: finest, settings: rigid)
  }

  /// The image at one level, relative to its surroundings.
  func level(_ level: DeformableSettings.Level, _ settings: DeformableSettings) throws
    -> ContrastLevel
  {
    let image = try hounsfield(spacing: level.voxel, window: settings.window)
    let grid = image.grid
    let block = SIMD3<Int>(
      (0..<3).map { max(2, Int((level.contrast / grid.spacing[$0]).rounded())) })
    let contrast = LocalContrast.run(
      image.samples, size: grid.size, block: block, floor: Float(settings.contrastFloor))
    return ContrastLevel(grid: grid, samples: contrast, mask: image.body)
  }

  /// HU held to a window at about a spacing, and where they show the body.
  func hounsfield(spacing: Double, window: RigidSettings.Window) throws -> LevelImage {
    try cropped(
      LevelImage.reduced(source(for: spacing), spacing: spacing, role: pyramid.role),
      window: window)
  }

  /// The coarsest stored average from which blocks of `spacing` can be made.
  private func source(for spacing: Double) -> Volume<Hounsfield> {
    // Half a voxel is how far whole blocks can miss a spacing.
    pyramid.middle.grid.spacing.min() <= spacing * 0.75 ? pyramid.middle : pyramid.finest
  }

  /// The box around the body, blanked where no body is near.
  private func cropped(
    _ volume: Volume<Hounsfield>, window: RigidSettings.Window
  ) throws -> LevelImage {
    let (grid, box) = (volume.grid, pyramid.patient.bodyBox)
    let axes = (0..<3).map { axis in
      let nearest = pyramid.coarseVoxels(of: grid, axis: axis)
      let reach = Int((Self.margin / grid.spacing[axis]).rounded())
      let first = nearest.firstIndex { $0 >= box.low[axis] } ?? 0
      let last = nearest.lastIndex { $0 <= box.high[axis] } ?? grid.size[axis] - 1
      let image = max(first - reach, 0)..<(min(last + reach, grid.size[axis] - 1) + 1)
      return MaskedCrop.Axis(image: image, mask: Array(nearest[image]))
    }
    let samples = MaskedCrop.run(
      volume.samples, size: grid.size, axes: (axes[0], axes[1], axes[2]),
      inside: pyramid.patientSurroundings, window: Float(window.low)...Float(window.high),
      outside: BodyOutline.air)
    let first = SIMD3<Double>(axes.map { Double($0.image.lowerBound) })
    let inBox = try VoxelGrid(
      size: SIMD3(axes.map(\.image.count)), spacing: grid.spacing, axes: grid.axes,
      origin: grid.patientPoint(at: GridPoint(ijk: first)))
    let mask = ThresholdMask.run(
      samples, axes: (axes[0].mask, axes[1].mask, axes[2].mask),
      inside: pyramid.patientSurroundings,
      above: -.infinity)
    return LevelImage(grid: inBox, samples: samples, body: mask)
  }
}

/// A CT at one level, relative to its surroundings, and where it shows the body.
struct ContrastLevel: Sendable {
  let grid: VoxelGrid
  let samples: [Float]
  let mask: [UInt8]
}

extension LevelImage {
  /// First and last voxel of the body along each axis; all of the grid without a body.
  var bodyBox: (low: SIMD3<Int>, high: SIMD3<Int>) {
    let size = grid.size
    var (low, high) = (size, SIMD3<Int>(repeating: -1))
    for n in body.indices where body[n] != 0 {
      let p = SIMD3(n % size.x, n / size.x % size.y, n / (size.x * size.y))
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    return high.x < 0 ? (.zero, size &- 1) : (low, high)
  }
}

extension VoxelGrid {
  func direction(_ axis: Int) -> SIMD3<Double> { [axes.i, axes.j, axes.k][axis] }
}

extension SIMD3<Double> {
  init(_ values: [Double]) { self.init(values[0], values[1], values[2]) }
}
