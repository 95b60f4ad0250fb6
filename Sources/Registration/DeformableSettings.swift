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
    /// Size of the blocks over which local mean and contrast are taken, in millimetres.
    public var contrast: Double
    /// One row of voxels in so many is compared, staggered from slice to slice.
    public var thinning: Int
    /// Weight of squared second derivatives of the field, in mm²: motion that varies over less
    /// than 2π·(bending / squared image gradient)^¼ is held back.
    public var bending: Double
    /// Second difference of the field between nodes, in millimetres, beyond which more of it costs
    /// little: organs that slide may part from the wall. Infinite for none.
    public var kink: Double

    public init(
      voxel: Double, nodes: Double, steps: Int, contrast: Double = 16, thinning: Int = 1,
      bending: Double = 100, kink: Double = .infinity
    ) {
      (self.voxel, self.nodes, self.steps) = (voxel, nodes, steps)
      (self.contrast, self.thinning, self.bending) = (contrast, thinning, bending)
      self.kink = kink
    }
  }

  /// From coarse to fine. More levels, smaller nodes and less bending were measured to be slower
  /// and no more exact on whole-body pairs (docs/registration.md).
  public var levels = [
    Level(voxel: 8, nodes: 32, steps: 4),
    Level(voxel: 4, nodes: 32, steps: 3, contrast: 8, thinning: 2),
    Level(voxel: 2, nodes: 16, steps: 3, contrast: 8, thinning: 3, kink: 2),
  ]

  /// HU above which a voxel can be body, as in ``RigidSettings``.
  public var bodyThreshold = -300.0
  /// HU window that is compared: lung to spongy bone.
  public var window = RigidSettings.Window(low: -1000, high: 600)
  /// Standard deviation in HU below which contrast counts as noise.
  public var contrastFloor = 25.0
  /// Tukey's cutoff for a residual, in local standard deviations.
  public var cutoff = 1.2
  /// Conjugate gradient iterations in one Gauss-Newton step, at most.
  public var solverIterations = 20

  /// A level whose map anywhere shrinks tissue below this fraction of its volume is fitted again,
  /// more stiffly.
  public var leastJacobian = 0.2

  public init() {}
}
