public import Geometry
import Kernels
public import Quantities
public import Volumes

/// A follow-up made from a real scan by a known motion and known changes of uptake: what a site
/// can commission a whole chain with on its own data.
public struct DerivedFollowUp: Sendable {
  /// What is to change.
  public struct Options: Sendable, Hashable, Codable {
    /// Axis times angle, in radians, about the centre of the scan.
    public var rotationVector: SIMD3<Double> = [0.02, -0.015, 0.045]
    /// Shift after the rotation, in millimetres.
    public var translation: SIMD3<Double> = [6, -4, 9]
    /// Root mean square size of a smooth deformation in millimetres; 0 for none.
    public var deformation = 0.0
    /// Each mask is widened by this distance, in millimetres, before its uptake changes: what a
    /// lesion spills out of its outline has to change with it.
    public var reach = 0.0
    /// Each change falls off to none over this distance around its mask's surface, in
    /// millimetres; 0 makes a sharp edge.
    public var edge = 0.0
    /// Relative standard deviation of new noise at the mean of the first mask; 0 for none.
    public var noise = 0.0
    /// Standard deviation of new noise of the CT, in HU.
    public var ctNoise = 0.0
    public var seed: UInt64 = 7

    public init() {}
  }

  /// A region whose uptake changes by a factor.
  public struct Change: Sendable {
    public let mask: Mask
    public let factor: Double

    public init(_ mask: Mask, factor: Double) {
      (self.mask, self.factor) = (mask, factor)
    }
  }

  public let emission: Volume<ActivityConcentration>
  public let ct: Volume<Hounsfield>?
  /// The masks of the changes where they lie in the follow-up's frame.
  public let masks: [Mask]
  public let truth: Truth

  /// What is known of the pair.
  public struct Truth: Sendable, Hashable, Codable {
    public let options: Options
    /// Maps a point of the given scan to where it lies in the follow-up.
    public let motion: KnownMotion
    public let centre: PatientPoint
    public let rotationAngleInDegrees: Double
    /// In the order of the changes.
    public let regions: [Region]
  }

  /// Mean over a mask before, and after the change but before the follow-up was resampled.
  public struct Region: Sendable, Hashable, Codable {
    public let factor: Double
    public let meanBefore: ActivityConcentration
    public let meanAfter: ActivityConcentration
  }

  /// - Parameters:
  ///   - emission: The given PET or SPECT; the follow-up has the same grid in its own frame.
  ///   - ct: The CT of the same frame, if there is one.
  ///   - changes: Where uptake changes, on the emission grid.
  ///   - frames: The given frame and the follow-up's.
  /// - Throws: ``DerivedFollowUpError/maskIsEmpty``, or ``VolumeError`` when a mask lies on
  ///   another grid.
  public init(
    emission: Volume<ActivityConcentration>, ct: Volume<Hounsfield>?, changes: [Change],
    from frame: FrameOfReference, to followUp: FrameOfReference, options: Options = Options()
  ) throws {
    guard changes.allSatisfy({ $0.mask.grid == emission.grid }) else {
      throw VolumeError.gridsDiffer
    }
    guard !changes.isEmpty, changes.allSatisfy({ !$0.mask.isEmpty }) else {
      throw DerivedFollowUpError.maskIsEmpty
    }
    let centre = emission.grid.centre
    let rigid = RigidTransform(
      from: frame, to: followUp, rotationVector: options.rotationVector, about: centre,
      translation: options.translation)
    let motion =
      options.deformation > 0
      ? KnownMotion(rigid, deformation: options.deformation, seed: options.seed)
      : KnownMotion(rigid)
    let changed = try Self.changed(emission, changes, options)
    let regions = changes.map { change in
      Region(
        factor: change.factor, meanBefore: Self.mean(emission, over: change.mask),
        meanAfter: Self.mean(changed, over: change.mask))
    }
    let moved = try motion.carried(changed, onto: emission.grid, outside: .zero)
    self.emission = try Self.noisy(moved, options, reference: regions[0].meanBefore)
    self.ct = try ct.map {
      try Self.noisy(
        motion.carried($0, onto: $0.grid, outside: .hounsfieldUnits(-1000)), options)
    }
    masks = try changes.map { try motion.carried($0.mask, onto: emission.grid) }
    truth = Truth(
      options: options, motion: motion, centre: centre,
      rotationAngleInDegrees: rigid.rotationAngle * 180 / Double.pi, regions: regions)
  }

  private static func mean(
    _ image: Volume<ActivityConcentration>, over mask: Mask
  ) -> ActivityConcentration {
    let inside = MaskedSum.run(image.samples.span, where: mask.inside.span)
    return .becquerelsPerMillilitre(inside.sum / Double(inside.count))
  }

  private static func changed(
    _ emission: Volume<ActivityConcentration>, _ changes: [Change], _ options: Options
  ) throws -> Volume<ActivityConcentration> {
    var samples = emission.samples
    for change in changes {
      let reached =
        options.reach > 0
        ? Outline(change.mask).dilated(by: .millimetres(options.reach)).mask : change.mask
      var weights = reached.inside.map(Float.init)
      if options.edge > 0 {
        weights = GaussianSmoothing.run(
          weights, size: emission.grid.size, sigma: options.edge / 2 / emission.grid.spacing)
      }
      let growth = Float(change.factor - 1)
      for n in samples.indices { samples[n] *= 1 + growth * weights[n] }
    }
    return try Volume(grid: emission.grid, samples: samples)
  }

  /// Noise as in a reconstruction: its variance follows the activity.
  private static func noisy(
    _ volume: Volume<ActivityConcentration>, _ options: Options, reference: ActivityConcentration
  ) throws -> Volume<ActivityConcentration> {
    let mean = reference.inBaseUnit
    guard options.noise > 0, mean > 0 else { return volume }
    var random = SeededGenerator(seed: options.seed, stream: "derived follow-up")
    let scale = Float(options.noise) * Float(mean).squareRoot()
    return try Volume(
      grid: volume.grid,
      samples: volume.samples.map {
        max($0 + random.imageNoise() * scale * max($0, 0).squareRoot(), 0)
      })
  }

  private static func noisy(
    _ volume: Volume<Hounsfield>, _ options: Options
  ) throws -> Volume<Hounsfield> {
    guard options.ctNoise > 0 else { return volume }
    var random = SeededGenerator(seed: options.seed, stream: "derived ct")
    let scale = Float(options.ctNoise)
    return try Volume(
      grid: volume.grid, samples: volume.samples.map { $0 + random.imageNoise() * scale })
  }
}

/// Why no follow-up could be derived.
public enum DerivedFollowUpError: Error, Hashable, Sendable, CustomStringConvertible {
  case maskIsEmpty

  public var description: String {
    "a region whose uptake is to change is empty on this grid, or none was given; "
      + "check that the outlines belong to this scan"
  }
}
