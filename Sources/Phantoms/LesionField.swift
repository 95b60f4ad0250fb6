import Foundation
public import Geometry
public import Quantities
public import Volumes

/// Up to hundreds of lesions in a plain body, imaged by PET at several visits, with their truth.
///
/// Lighter than a ``VirtualCourse``: spheres in an elliptic cylinder with a few organs, on a PET
/// grid, blurred and noisy. Between visits the patient lies otherwise, and each lesion is off the
/// place that the stated link gives by a smooth random displacement of the link's stated error.
public struct LesionField: Sendable {
  public struct Options: Sendable, Hashable {
    public var seed: UInt64
    public var lesionCount = 60
    /// What lesions may do.
    public var stories = Story.allCases
    /// Another draw of the noise, and nothing else.
    public var noiseDraw = 0
    public var visits = 4
    /// Edge of the cubic voxels.
    public var spacing = Length.millimetres(4)
    /// Columns and rows of a wider field around the body, as a clinical scanner's; `nil` images
    /// little more than the body.
    public var matrix: Int?
    /// Full width at half maximum of the point spread, without the voxels: see
    /// ``effectiveResolution``.
    public var resolution = Length.millimetres(6)
    /// Relative standard deviation per voxel at SUV 2; 0 for none.
    public var noise = 0.1
    /// Radius that holds a lesion's true place with 68 % probability.
    public var linkError = Length.millimetres(3)

    public init(seed: UInt64) { self.seed = seed }

    /// Full width at half maximum of what blurs the images. Painting and smoothing each average
    /// over a voxel, and a box of width a adds a²/12 of variance.
    public var effectiveResolution: Length {
      let (width, edge) = (resolution.millimetres, spacing.millimetres)
      return .millimetres((width * width + 2 * 8 * log(2) / 12 * edge * edge).squareRoot())
    }
  }

  /// What a lesion does over the visits.
  public enum Story: String, Sendable, Hashable, CaseIterable {
    case stable, shrinks, grows, vanishes, new, reappears
    /// With a partner: grows into it; comes apart from it; stays 2 to 4 mm beside it.
    case merges, splits, touches
  }

  public struct Ball: Sendable, Hashable {
    /// In the reference frame, where the link maps it to without error.
    public let centre: PatientPoint
    /// Millimetres.
    public let radius: Double
    public let suv: Double
  }

  public struct Lesion: Sendable, Hashable {
    public let story: Story
    public var partner: Int?
    /// One per visit; `nil` where the lesion is not there.
    public let balls: [Ball?]
  }

  /// The truth of one lesion at one visit.
  public enum Truth: Sendable, Hashable {
    case absent
    case outOfField
    case alone
    /// One region with its partner.
    case joined(with: Int)
  }

  public let options: Options
  public let lesions: [Lesion]
  /// From the reference frame to each visit's, as registration would give it.
  public let links: [RigidTransform]

  public init(_ options: Options) {
    self.options = options
    let places = LesionFieldPlan(options)
    lesions = places.lesions
    links = (0..<options.visits).map { LesionFieldPose.link(visit: $0, seed: options.seed) }
  }

  /// Where a point of the reference frame truly lies at a visit.
  public func truePlace(of p: PatientPoint, at visit: Int) -> PatientPoint {
    links[visit](
      PatientPoint(
        millimetres: p.millimetres
          + LesionFieldPose.displacement(
            of: p, visit: visit, error: options.linkError.millimetres, seed: options.seed)))
  }

  /// The PET grid of a visit. The third visit's field ends lower.
  public func grid(at visit: Int) throws -> VoxelGrid {
    let edge = options.spacing.millimetres
    let top = visit == 2 ? LesionFieldPlan.cut : LesionFieldPlan.height
    let extent = SIMD3(LesionFieldPlan.width, LesionFieldPlan.depth, top)
    var size = SIMD3<Int>((extent / edge).rounded(.up))
    var origin = SIMD3<Double>.zero
    if let matrix = options.matrix {
      origin = SIMD3(Double(size.x - matrix), Double(size.y - matrix), 0) * edge / 2
      (size.x, size.y) = (matrix, matrix)
    }
    return try VoxelGrid(
      size: size, spacing: .init(repeating: edge), origin: PatientPoint(millimetres: origin))
  }

  public func truth(of lesion: Int, at visit: Int) -> Truth {
    let known = lesions[lesion]
    guard let ball = known.balls[visit] else { return .absent }
    if visit == 2, ball.centre.millimetres.z > LesionFieldPlan.cut { return .outOfField }
    if let partner = known.partner, let other = lesions[partner].balls[visit],
      other.centre.distance(to: ball.centre) < ball.radius + other.radius
    {
      return .joined(with: partner)
    }
    return .alone
  }

  /// The ball of a lesion where it truly lies at a visit.
  public func ball(of lesion: Int, at visit: Int) -> Ball? {
    lesions[lesion].balls[visit].map {
      Ball(centre: truePlace(of: $0.centre, at: visit), radius: $0.radius, suv: $0.suv)
    }
  }

  /// Organs with uptake of their own, by name, on the visit's grid.
  public func organs(at visit: Int) throws -> [(name: String, outline: Outline)] {
    let grid = try grid(at: visit)
    return LesionFieldPlan.organs.map { organ in
      let centre = links[visit](PatientPoint(millimetres: organ.centre))
      let reach = Outline(grid: grid, ball: centre, radius: .millimetres(organ.axes.max()))
      let outline = reach.filter { n in
        let q = grid.ijk(at: n)
        let p = grid.patientPoint(i: q.x, j: q.y, k: q.z).millimetres - centre.millimetres
        let d = p / organ.axes
        return (d * d).sum() <= 1
      }
      return (organ.name, outline)
    }
  }

  /// The PET image of a visit.
  public func image(at visit: Int) throws -> Volume<SUVbw> {
    let grid = try grid(at: visit)
    let centre = links[visit](PatientPoint(millimetres: LesionFieldPlan.centre)).millimetres
    var solids = [LesionFieldSolid.body(centre)]
    solids += LesionFieldPlan.organs.map { organ in
      let place = links[visit](PatientPoint(millimetres: organ.centre)).millimetres
      return LesionFieldSolid(centre: place, axes: organ.axes, suv: organ.suv, isTall: false)
    }
    solids += lesions.indices.compactMap { ball(of: $0, at: visit) }.map {
      LesionFieldSolid(
        centre: $0.centre.millimetres, axes: .init(repeating: $0.radius), suv: $0.suv,
        isTall: false)
    }
    let sharp = LesionFieldSolid.paint(solids, on: grid)
    let blurred = try Volume<SUVbw>(grid: grid, samples: sharp)
      .smoothed(fullWidthHalfMaximum: options.resolution)
    guard options.noise > 0 else { return blurred }
    let noise = EmissionNoise(
      relative: options.noise, grain: options.resolution.millimetres, reference: 2,
      seed: options.seed, stream: "lesion field noise \(visit) draw \(options.noiseDraw)")
    return try Volume(grid: grid, samples: noise.added(to: blurred.samples, on: grid))
  }
}
