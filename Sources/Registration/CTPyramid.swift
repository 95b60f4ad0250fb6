public import Geometry
import Kernels
public import Quantities
public import Volumes

/// One CT reduced for registration: its body found, and averages at the voxels that the rigid and
/// the deformable stage compare. Made once per time point and used for every link of it.
public struct CTPyramid: Sendable {
  /// About `finestSpacing`, with its surroundings.
  let finest: Volume<Hounsfield>
  /// About ``RigidSettings/fineSpacing``, with its surroundings.
  let middle: Volume<Hounsfield>
  /// About ``RigidSettings/coarseSpacing``, air outside the body.
  let coarse: LevelImage
  /// The coarse body and one voxel more, which keeps the fall-off of its own edge.
  let surroundings: MaskedCrop.Coarse
  /// The coarse body with its lungs and gas, for the deformable stage, which follows them.
  let patient: LevelImage
  let patientSurroundings: MaskedCrop.Coarse
  let role: RegistrationError.Role

  /// - Parameters:
  ///   - role: Which image of a pair errors shall name.
  ///   - finestSpacing: Voxel of the last deformable level in millimetres; `nil` when there will
  ///     be no deformable stage.
  /// - Throws: ``RegistrationError``, or ``GridError`` for a volume too small to average.
  public init(
    _ volume: Volume<Hounsfield>, role: RegistrationError.Role, finestSpacing: Double? = 2,
    settings: RigidSettings = RigidSettings()
  ) throws {
    let least = min(finestSpacing ?? settings.fineSpacing, settings.fineSpacing)
    finest = try LevelImage.reduced(volume, spacing: least, role: role)
    middle = try LevelImage.reduced(finest, spacing: settings.fineSpacing, role: role)
    // Averages of what is not finite are not finite: the coarse level is looked at for all.
    let last = try LevelImage.averaged(middle, spacing: settings.coarseSpacing, role: role)
    coarse = try BodyOutline.ct(last, threshold: settings.bodyThreshold, role: role)
    surroundings = Self.surroundings(of: coarse)
    patient = try BodyOutline.filled(last, threshold: settings.bodyThreshold, role: role)
    patientSurroundings = Self.surroundings(of: patient)
    self.role = role
  }

  private static func surroundings(of body: LevelImage) -> MaskedCrop.Coarse {
    let size = body.grid.size
    return .init(
      inside: BinaryMorphology.dilated(body.body, size: size, radius: SIMD3(1, 1, 1)), size: size)
  }

  /// The fine level with air outside the body, whose outline is drawn at this level.
  func fine(_ settings: RigidSettings) throws -> LevelImage {
    try BodyOutline.ct(middle, threshold: settings.bodyThreshold, role: role)
  }

  /// The fine level as it is, with voxels marked that are above `threshold` and near the body.
  func marked(above threshold: Double) -> LevelImage {
    let axes = (0..<3).map { coarseVoxels(of: middle.grid, axis: $0) }
    let marks = ThresholdMask.run(
      middle.samples, axes: (axes[0], axes[1], axes[2]), inside: surroundings,
      above: Float(threshold))
    return LevelImage(grid: middle.grid, samples: middle.samples, body: marks)
  }

  /// Points of a lattice inside the body, where links of a course are compared.
  public func bodyPoints(millimetresApart spacing: Double = 30) -> [PatientPoint] {
    let grid = coarse.grid
    let stride = (0..<3).map { max(1, Int((spacing / grid.spacing[$0]).rounded())) }
    return coarse.body.indices.compactMap { n in
      let at = grid.ijk(at: n)
      guard coarse.body[n] != 0, (0..<3).allSatisfy({ at[$0] % stride[$0] == 0 }) else {
        return nil
      }
      return grid.patientPoint(i: at.x, j: at.y, k: at.z)
    }
  }

  /// The coarse voxel nearest to each voxel of `grid` along one axis; both have the same axes.
  func coarseVoxels(of grid: VoxelGrid, axis: Int) -> [Int] {
    let apart = grid.origin.millimetres - coarse.grid.origin.millimetres
    let origin = apart.dot(coarse.grid.direction(axis))
    return (0..<grid.size[axis]).map {
      let p = (origin + Double($0) * grid.spacing[axis]) / coarse.grid.spacing[axis]
      return min(max(Int(p.rounded()), 0), coarse.grid.size[axis] - 1)
    }
  }
}
