public import Geometry
import Kernels
public import Quantities
public import Volumes

/// A follow-up made from a real scan by a known motion and a known change of uptake: what a
/// site can commission a whole chain with on its own data.
public struct DerivedFollowUp: Sendable {
  /// What is to change.
  public struct Options: Sendable, Hashable, Codable {
    /// Axis times angle, in radians, about the centre of the scan.
    public var rotationVector: SIMD3<Double> = [0.02, -0.015, 0.045]
    /// Shift after the rotation, in millimetres.
    public var translation: SIMD3<Double> = [6, -4, 9]
    /// Factor on the uptake inside the mask.
    public var uptakeFactor = 0.6
    /// The change falls off to none over this distance around the mask's surface, in
    /// millimetres; 0 makes a sharp edge.
    public var edge = 0.0
    /// Relative standard deviation of new noise at the mean of the mask; 0 for none.
    public var noise = 0.0
    public var seed: UInt64 = 7

    public init() {}
  }

  public let emission: Volume<ActivityConcentration>
  public let ct: Volume<Hounsfield>?
  /// The mask where it lies in the follow-up's frame.
  public let mask: Mask
  public let truth: Truth

  /// What is known of the pair.
  public struct Truth: Sendable, Hashable, Codable {
    public let options: Options
    /// Maps a point of the given scan to where it lies in the follow-up.
    public let motion: RigidTransform
    public let centre: PatientPoint
    public let rotationAngleInDegrees: Double
    /// Mean over the mask before, and after the change but before the follow-up was resampled.
    public let meanBefore: ActivityConcentration
    public let meanAfter: ActivityConcentration
  }

  /// - Parameters:
  ///   - emission: The given PET or SPECT; the follow-up has the same grid in its own frame.
  ///   - ct: The CT of the same frame, if there is one.
  ///   - mask: Where uptake changes, on the emission grid.
  ///   - frames: The given frame and the follow-up's.
  /// - Throws: ``DerivedFollowUpError/maskIsEmpty``, or ``VolumeError`` when the mask lies on
  ///   another grid.
  public init(
    emission: Volume<ActivityConcentration>, ct: Volume<Hounsfield>?, mask: Mask,
    from frame: FrameOfReference, to followUp: FrameOfReference, options: Options = Options()
  ) throws {
    guard mask.grid == emission.grid else { throw VolumeError.gridsDiffer }
    guard !mask.isEmpty else { throw DerivedFollowUpError.maskIsEmpty }
    let centre = emission.grid.centre
    let motion = RigidTransform(
      from: frame, to: followUp, rotationVector: options.rotationVector, about: centre,
      translation: options.translation)
    let changed = try Self.changed(emission, inside: mask, options)
    let before = MaskedSum.run(emission.samples.span, where: mask.inside.span)
    let after = MaskedSum.run(changed.samples.span, where: mask.inside.span)
    let moved = changed.resampled(
      onto: emission.grid, through: motion.inverse, outside: .zero)
    let mean = before.sum / Double(before.count)
    self.emission = try Self.noisy(moved, options, reference: mean)
    self.ct = ct?.resampled(
      onto: ct?.grid ?? emission.grid, through: motion.inverse, outside: .hounsfieldUnits(-1000))
    self.mask = mask.resampled(onto: emission.grid, through: motion.inverse)
    truth = Truth(
      options: options, motion: motion, centre: centre,
      rotationAngleInDegrees: motion.rotationAngle * 180 / Double.pi,
      meanBefore: .becquerelsPerMillilitre(mean),
      meanAfter: .becquerelsPerMillilitre(after.sum / Double(after.count)))
  }

  private static func changed(
    _ emission: Volume<ActivityConcentration>, inside mask: Mask, _ options: Options
  ) throws -> Volume<ActivityConcentration> {
    var weights = mask.inside.map(Float.init)
    if options.edge > 0 {
      weights = GaussianSmoothing.run(
        weights, size: mask.grid.size, sigma: options.edge / 2 / mask.grid.spacing)
    }
    let change = Float(options.uptakeFactor - 1)
    return try Volume(
      grid: emission.grid,
      samples: zip(emission.samples, weights).map { $0 * (1 + change * $1) })
  }

  private static func noisy(
    _ volume: Volume<ActivityConcentration>, _ options: Options, reference: Double
  ) throws -> Volume<ActivityConcentration> {
    guard options.noise > 0, reference > 0 else { return volume }
    var random = SeededGenerator(seed: options.seed, stream: "derived follow-up")
    let scale = Float(options.noise) * Float(reference).squareRoot()
    return try Volume(
      grid: volume.grid,
      samples: volume.samples.map {
        max($0 + random.imageNoise() * scale * max($0, 0).squareRoot(), 0)
      })
  }
}

/// Why no follow-up could be derived.
public enum DerivedFollowUpError: Error, Hashable, Sendable, CustomStringConvertible {
  case maskIsEmpty

  public var description: String {
    "the region whose uptake is to change is empty on this grid; "
      + "check that the outline belongs to this scan"
  }
}
