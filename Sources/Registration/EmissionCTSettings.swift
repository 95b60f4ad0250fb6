/// How a PET or SPECT is registered to a CT.
public struct EmissionCTSettings: Sendable, Hashable, Codable {
  /// Voxel size of the first and of the last level, in millimetres, as in ``RigidSettings``.
  public var coarseSpacing = 10.0
  public var fineSpacing = 4.0
  /// Full width at half maximum, in millimetres, to which the emission image is smoothed against
  /// noise and the CT towards the emission image's resolution.
  public var smoothing = 8.0
  /// HU above which a voxel can be body.
  public var bodyThreshold = -300.0
  /// Surroundings of the body, in millimetres, that are compared too: they show its outline.
  public var margin = 24.0

  /// Samples drawn from the CT in the search for a start, and at the coarse and the fine level.
  public var searchSamples = 3000
  public var coarseSamples = 8000
  public var fineSamples = 30_000
  /// Starting positions that are followed up at the coarse level.
  public var starts = 6
  /// A start must show this part of what the best one shows of the body.
  public var leastSeen = 0.5

  /// Difference of fits to separate halves of the body, or inverse inconsistency, above which the
  /// link is doubtful or not assessable, in millimetres: a PET voxel, and PET's resolution.
  public var doubtfulInconsistency = 4.0
  public var greatestInconsistency = 6.0
  /// A position elsewhere that explains this share of what the best one does leaves it open which
  /// is right.
  public var rival = 0.95
  /// Share of the mutual information that must be lost by shifting the images 24 mm apart along
  /// any axis; the virtual SPECT/CT pairs lose 8 to 11 % along the body.
  public var leastDrop = 0.04
  /// Body seen by both, in millilitres, below which a link rests on too little: pieces of a thigh
  /// of 1 to 2 L, filled by one tumour, let a PET slide 10 mm along the limb without a sign of it
  /// in its fits.
  public var leastSharedMillilitres = 3000.0

  public init() {}
}
