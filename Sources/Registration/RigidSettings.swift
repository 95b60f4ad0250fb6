/// How CT is registered to CT. The defaults suit whole-body PET/CT and SPECT/CT of adults.
public struct RigidSettings: Sendable, Hashable, Codable {
  /// What a rigid link shall bring into agreement.
  public enum Follows: String, Sendable, Hashable, Codable {
    /// The bones: they keep their shape, so the link means the same at every breath.
    case skeleton
    /// All tissue: the least distance on average, a compromise between bones and what breathes.
    case body
  }

  /// What the link follows. Uptake and dose are compared place by place, hence the default.
  public var follows = Follows.skeleton

  /// Voxel size of the first and of the last level, in millimetres; whole blocks of voxels are
  /// averaged, so the sizes used are the nearest that the image allows.
  public var coarseSpacing = 8.0
  public var fineSpacing = 4.0

  /// HU above which a voxel can be body: between lung or foam and fat.
  public var bodyThreshold = -300.0
  /// HU above which an averaged voxel of `fineSpacing` counts as bone.
  public var boneThreshold = 200.0
  /// HU window in which the body is compared: lung to spongy bone.
  public var bodyWindow = Window(low: -900, high: 400)
  /// HU window in which bone is compared: soft tissue is flat, so that contrast agent and
  /// organs that breathe weigh little.
  public var boneWindow = Window(low: 100, high: 900)

  /// Tukey's cutoff for a residual, in HU, at the coarse and the fine level.
  public var coarseCutoff = 600.0
  public var fineCutoff = 400.0
  /// The same where all tissue is followed: nearly the width of `bodyWindow`, so that lungs and
  /// bowel which moved keep their weight.
  public var tissueCutoff = 1000.0

  /// Samples drawn from the fixed image at the coarse and the fine level.
  public var coarseSamples = 10_000
  public var fineSamples = 50_000
  /// Fewer bone samples than this at the fine level: the body drives the last stage instead.
  public var leastBoneSamples = 1500

  /// Edge of the blocks that are weighted as one, in millimetres: about a vertebra.
  public var blockSize = 40.0
  /// Starting positions that are followed up at the coarse level.
  public var starts = 5
  public var iterations = 40

  public var limits = LinkLimits()

  public init() {}

  /// A range of intensities; values outside are held at its ends.
  public struct Window: Sendable, Hashable, Codable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
      self.low = low
      self.high = high
    }
  }
}
