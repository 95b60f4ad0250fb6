public import Geometry
public import Quantities

/// One time point as the tracker sees it.
public struct TrackedTimePoint: Sendable {
  public let id: String
  public let lesions: [LesionOutline]
  /// The field of view: what lies outside this grid was not imaged.
  public let fieldOfView: VoxelGrid
  public let placement: Placement

  /// How the time point lies in the reference frame.
  public enum Placement: Sendable {
    case mapped(Map)
    /// The link did not pass its quality check.
    case notLinked(reason: String)

    /// Through a rigid link whose error is the same everywhere: `localError` is the radius that
    /// holds the true place with 68 % probability.
    ///
    /// - Parameter residualMotion: See ``Map/init(toHere:toReference:localError:residualMotion:)``.
    public static func linked(
      referenceToHere: RigidTransform, localError: Length,
      residualMotion: Length = .millimetres(15)
    ) -> Placement {
      let back = referenceToHere.inverse
      return .mapped(
        Map(
          toHere: { referenceToHere($0) }, toReference: { back($0) },
          localError: { _ in localError }, residualMotion: residualMotion))
    }
  }

  /// The map between the reference frame and a time point's, rigid or not, with its error.
  public struct Map: Sendable {
    let toHere: @Sendable (PatientPoint) -> PatientPoint
    let toReference: @Sendable (PatientPoint) -> PatientPoint
    let localError: @Sendable (PatientPoint) -> Length?
    /// Millimetres.
    let residualMotion: Double

    /// - Parameters:
    ///   - toHere: Where a point of the reference frame lies at this time point.
    ///   - toReference: The way back.
    ///   - localError: 68 % radius at a point of the reference frame; `nil` where it is not known.
    ///   - residualMotion: How far a lesion may lie from its mapped place for reasons that the
    ///     local error does not see, as two standard deviations. Up to 15 mm of breathing at the
    ///     diaphragm remain after rigid registration; after a deformable one 5 mm beside walls
    ///     along which organs slide.
    public init(
      toHere: @escaping @Sendable (PatientPoint) -> PatientPoint,
      toReference: @escaping @Sendable (PatientPoint) -> PatientPoint,
      localError: @escaping @Sendable (PatientPoint) -> Length?,
      residualMotion: Length = .millimetres(15)
    ) {
      (self.toHere, self.toReference, self.localError) = (toHere, toReference, localError)
      self.residualMotion = residualMotion.millimetres
    }

    /// Millimetres; infinite where it is not known, so that nothing is concluded there.
    func error(at p: PatientPoint) -> Double { localError(p)?.millimetres ?? .infinity }
  }

  public init(
    id: String, lesions: [LesionOutline], fieldOfView: VoxelGrid, placement: Placement
  ) {
    self.id = id
    self.lesions = lesions
    self.fieldOfView = fieldOfView
    self.placement = placement
  }
}

/// One lesion's identity over time.
public struct LesionTrack: Sendable, Hashable, Codable {
  /// `L1`, `L2`, …: by falling uptake at the first time point, later lesions after them.
  public let id: String
  /// One state per time point, in the order given to the tracker.
  public internal(set) var states: [State]

  public struct State: Sendable, Hashable, Codable {
    public let timePoint: String
    public let fate: Fate
    /// Index of the lesion in ``TrackedTimePoint/lesions``: this track's own, or the one it
    /// merged into; `nil` when there is none or none may be named.
    public let lesion: Int?
  }

  /// What became of a lesion at one time point.
  public enum Fate: Sendable, Hashable, Codable {
    /// Not yet seen: the track begins later.
    case notYetSeen
    case present
    /// First seen here, at a place that was in an earlier field of view.
    case new
    /// First seen here, at a place no earlier time point could assess.
    case firstAssessable
    /// Its place was imaged and holds no lesion.
    case vanished
    /// Seen again after it had vanished.
    case reappeared
    /// Shares one outline with another track.
    case merged(into: String)
    /// Came apart; this track goes on as its nearest part, the others are tracks of their own.
    case split(into: [String])
    /// Began here as a part of another track's lesion.
    case partOf(String)
    /// Its place lies outside the field of view.
    case outOfField
    case notAssessable(reason: String)
  }

  public func state(at timePoint: String) -> State? {
    states.first { $0.timePoint == timePoint }
  }
}

/// All tracks of a course, and lesions that could not be put into one.
public struct TrackingResult: Sendable, Hashable, Codable {
  public let tracks: [LesionTrack]
  public let unplaced: [UnplacedLesion]
  public let options: TrackingOptions

  /// A lesion that belongs to no track, since its time point is not linked or the link is too
  /// coarse there to say whose it is.
  public struct UnplacedLesion: Sendable, Hashable, Codable {
    public let timePoint: String
    public let lesion: Int
    public let reason: String
  }
}

/// What the tracker allows for.
public struct TrackingOptions: Sendable, Hashable, Codable {
  /// A lesion's centre may move by this fraction of its radius when it grows or shrinks
  /// unevenly (one standard deviation).
  public var centreShiftOfRadius = 0.3
  /// Pairs farther apart than this many standard deviations are not considered. 2.8 holds 95 %
  /// of a three-dimensional normal distribution.
  public var gate = 2.8
  /// A change of uptake or of volume by this factor weighs as much as one standard deviation of
  /// distance: under treatment both change a lot, so they only break ties.
  public var unremarkableFactor = 4.0
  /// What a time point at which a lesion was not seen, though its place was linked, adds to the
  /// cost of taking two lesions before and after it for one: one squared standard deviation.
  public var gapPrice = 1.0

  public init() {}
}
