import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// One CT, cut to the body and ready to be averaged down to each level.
struct DeformableImage: Sendable {
  private let body: LevelImage
  private let volume: Volume<Hounsfield>

  /// Kept around the body, in millimetres, so that the other image's skin finds something.
  private static let margin = 16.0
  /// Voxel of the body outline, in millimetres.
  private static let outlineSpacing = 8.0

  init(
    _ source: Volume<Hounsfield>, role: RegistrationError.Role, _ settings: DeformableSettings,
    finest: Double
  ) throws {
    let fine = try LevelImage.averaged(source, spacing: finest, role: role)
    let coarse = try LevelImage.averaged(fine, spacing: Self.outlineSpacing, role: role)
    let outlined = try BodyOutline.filled(coarse, threshold: settings.bodyThreshold, role: role)
    // One voxel more than the body keeps the fall-off of its own edge.
    body = LevelImage(
      grid: outlined.grid, samples: [],
      body: BinaryMorphology.dilated(
        outlined.body, size: outlined.grid.size, radius: SIMD3(1, 1, 1)))
    volume = try Self.cropped(fine, to: body, window: settings.window)
  }

  /// The image at one level, relative to its surroundings.
  func level(_ level: DeformableSettings.Level, _ settings: DeformableSettings) throws
    -> ContrastLevel
  {
    let averaged = try LevelImage.averaged(volume, spacing: level.voxel, role: .fixed)
    let block = SIMD3<Int>(
      (0..<3).map { max(2, Int((level.contrast / averaged.grid.spacing[$0]).rounded())) })
    let samples = LocalContrast.run(
      averaged.samples, size: averaged.grid.size, block: block,
      floor: Float(settings.contrastFloor))
    return ContrastLevel(grid: averaged.grid, samples: samples, body: body)
  }

  /// HU, held to the window, at about a spacing, and where they show the body.
  func hounsfield(spacing: Double) throws -> LevelImage {
    let averaged = try LevelImage.averaged(volume, spacing: spacing, role: .fixed)
    let level = ContrastLevel(grid: averaged.grid, samples: averaged.samples, body: body)
    return LevelImage(grid: level.grid, samples: level.samples, body: level.mask)
  }

  private static func cropped(
    _ volume: Volume<Hounsfield>, to body: LevelImage, window: RigidSettings.Window
  ) throws -> Volume<Hounsfield> {
    let (grid, box) = (volume.grid, bounds(of: body))
    let axes = (0..<3).map { axis in
      let step = grid.spacing[axis] / body.grid.spacing[axis]
      let origin =
        (grid.origin.millimetres - body.grid.origin.millimetres).dot(
          body.grid.direction(axis)) / body.grid.spacing[axis]
      let reach = margin / body.grid.spacing[axis]
      func voxel(_ p: Double) -> Int { Int(((p - origin) / step).rounded()) }
      let low = max(voxel(Double(box.low[axis]) - reach), 0)
      let high = min(voxel(Double(box.high[axis]) + reach), grid.size[axis] - 1)
      let last = body.grid.size[axis] - 1
      let mask = (low...high).map {
        min(max(Int((origin + Double($0) * step).rounded()), 0), last)
      }
      return MaskedCrop.Axis(image: low..<(high + 1), mask: mask)
    }
    let samples = MaskedCrop.run(
      volume.samples, size: grid.size, axes: (axes[0], axes[1], axes[2]),
      inside: .init(inside: body.body, size: body.grid.size),
      window: Float(window.low)...Float(window.high), outside: BodyOutline.air)
    let first = SIMD3<Double>(axes.map { Double($0.image.lowerBound) })
    let cropped = try VoxelGrid(
      size: SIMD3(axes.map(\.image.count)), spacing: grid.spacing, axes: grid.axes,
      origin: grid.patientPoint(at: GridPoint(ijk: first)))
    return try Volume(grid: cropped, samples: samples)
  }

  /// First and last voxel of the body along each axis.
  private static func bounds(of image: LevelImage) -> (low: SIMD3<Int>, high: SIMD3<Int>) {
    let size = image.grid.size
    var (low, high) = (size, SIMD3<Int>(repeating: -1))
    for n in image.body.indices where image.body[n] != 0 {
      let p = SIMD3(n % size.x, n / size.x % size.y, n / (size.x * size.y))
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    return (low, high)
  }
}

/// A CT at one level, relative to its surroundings, and where it shows the body.
struct ContrastLevel: Sendable {
  let grid: VoxelGrid
  let samples: [Float]
  let mask: [UInt8]

  init(grid: VoxelGrid, samples: [Float], body: LevelImage) {
    self.grid = grid
    self.samples = samples
    let axes = (0..<3).map { axis -> [Int] in
      let origin = (grid.origin.millimetres - body.grid.origin.millimetres)
        .dot(body.grid.direction(axis))
      return (0..<grid.size[axis]).map {
        let p = (origin + Double($0) * grid.spacing[axis]) / body.grid.spacing[axis]
        return min(max(Int(p.rounded()), 0), body.grid.size[axis] - 1)
      }
    }
    var mask = [UInt8](repeating: 0, count: grid.voxelCount)
    var n = 0
    for k in axes[2] {
      for j in axes[1] {
        let row = body.grid.size.x * (j + body.grid.size.y * k)
        for i in axes[0] {
          mask[n] = body.body[row + i]
          n += 1
        }
      }
    }
    self.mask = mask
  }
}

extension VoxelGrid {
  func direction(_ axis: Int) -> SIMD3<Double> { [axes.i, axes.j, axes.k][axis] }
}

extension SIMD3<Double> {
  init(_ values: [Double]) { self.init(values[0], values[1], values[2]) }
}
