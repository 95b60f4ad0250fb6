/// How CT is registered to CT deformably, after the rigid link.
public struct DeformableSettings: Sendable, Hashable, Codable {
  /// One resolution of the fit.
  public struct Level: Sendable, Hashable, Codable {
    /// Voxel size in millimetres; whole blocks are averaged, so it is the nearest possible.
    public var voxel: Double
    /// Distance of the spline's nodes in millimetres; each level halves it, or keeps it.
    public var nodes: Double
    /// Gauss-Newton steps at most.
    public var steps: Int
    /// Weight of squared second derivatives of the field, in mm²: motion that varies over less
    /// than 2π·(bending / squared image gradient)^¼ is held back.
    public var bending: Double
    /// Weight of squared first derivatives.
    public var stretching: Double

    public init(
      voxel: Double, nodes: Double, steps: Int, bending: Double, stretching: Double
    ) {
      (self.voxel, self.nodes, self.steps) = (voxel, nodes, steps)
      (self.bending, self.stretching) = (bending, stretching)
    }
  }

  public var levels = [
    Level(voxel: 8, nodes: 32, steps: 6, bending: 100, stretching: 0.1),
    Level(voxel: 4, nodes: 16, steps: 5, bending: 100, stretching: 0.05),
    Level(voxel: 2, nodes: 8, steps: 3, bending: 100, stretching: 0.02),
  ]

  /// HU above which a voxel can be body, as in ``RigidSettings``.
  public var bodyThreshold = -300.0
  /// HU window that is compared: lung to spongy bone.
  public var window = RigidSettings.Window(low: -1000, high: 600)
  /// Blocks over which local mean and contrast are taken, in voxels of the level.
  public var contrastBlock = 4
  /// Standard deviation in HU below which contrast counts as noise.
  public var contrastFloor = 25.0
  /// Tukey's cutoff for a residual, in local standard deviations.
  public var cutoff = 3.0
  /// Conjugate gradient iterations in one Gauss-Newton step, at most.
  public var solverIterations = 30

  public init() {}
}
