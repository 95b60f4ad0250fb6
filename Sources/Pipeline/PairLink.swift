import DICOMIO
import Foundation
import Geometry
import Registration
import Volumes

/// What joins two scans: the map that carries points, and the link with its measured quality that
/// it rests on.
struct PairLink: Sendable {
  let map: PatientMap
  let method: PairRegistration.Method
  /// The rigid link; for an affine map its rigid part, with the quality of the affine map.
  let link: TimePointLink

  /// The deformable link with its own quality; `nil` for other methods.
  let deformable: DeformableLink?
  private let error: @Sendable (PatientPoint) -> LocalError

  /// Radius in millimetres around the mapped point that holds the true one with 68 % probability;
  /// `nil` where the link could not be assessed.
  func errorMillimetres(at p: PatientPoint) -> Double? { error(p).radiusMillimetres }
}

extension PairLink {
  /// - Parameter method: `nil` takes what suits the pair: deformable for two CTs, else rigid.
  init(
    fixed: URL, moving: URL, method: PairRegistration.Method?,
    follows: PairRegistration.Follows = .skeleton, gaps: SliceGaps = .refuse
  ) throws {
    let kinds = (
      try SeriesSelection.imageRole(at: fixed), try SeriesSelection.imageRole(at: moving)
    )
    if kinds == (.ct, .ct) {
      try self.init(fixedCT: fixed, movingCT: moving, method ?? .deformable, follows, gaps)
      return
    }
    guard method ?? .rigid == .rigid else {
      throw PairRegistrationError.methodNeedsCT(
        method?.rawValue ?? "", fixed: kinds.0.rawValue, moving: kinds.1.rawValue)
    }
    let (link, basis) =
      switch kinds {
      case (.ct, _): (try Self.toEmission(fixed, moving, gaps), TimePointLink.Basis.mixed)
      case (_, .ct): (try Self.toEmission(moving, fixed, gaps).exchanged, TimePointLink.Basis.mixed)
      default: (try Self.emissions(fixed, moving, kinds, gaps), TimePointLink.Basis.emission)
      }
    self.init(
      map: .rigid(link.fixedToMoving), method: .rigid, link: link.ofPair(basis), deformable: nil,
      error: { link.localError(at: $0) })
  }

  private init(
    fixedCT: URL, movingCT: URL, _ method: PairRegistration.Method,
    _ follows: PairRegistration.Follows, _ gaps: SliceGaps
  ) throws {
    let (fixed, moving) = (try Self.ct(fixedCT, gaps), try Self.ct(movingCT, gaps))
    let (from, to) = (
      try Self.frame(fixed.facts, fixedCT), try Self.frame(moving.facts, movingCT)
    )
    if method == .affine {
      let affine = try AffineRegistration.register(
        fixed: fixed.volume, fixedFrame: from, moving: moving.volume, movingFrame: to)
      let link = Link(fixedToMoving: affine.fixedToMoving.polar.rigid, quality: affine.quality)
      self.method = .affine
      map = .affine(affine.fixedToMoving)
      self.link = link.ofPair(.ct)
      deformable = nil
      error = { link.localError(at: $0) }
      return
    }
    let pyramids = (
      fixed: try CTPyramid(fixed.volume, role: .fixed),
      moving: try CTPyramid(moving.volume, role: .moving)
    )
    var settings = RigidSettings()
    settings.follows = follows == .body ? .body : .skeleton
    let rigid = try RigidRegistration.register(
      fixed: pyramids.fixed, fixedFrame: from, moving: pyramids.moving, movingFrame: to,
      settings: settings)
    link = rigid.ofPair(.ct)
    // Without any overlap there is nothing for tissue to follow.
    guard method == .deformable, rigid.quality.fixedBodySeen > 0 else {
      self.method = .rigid
      map = .rigid(rigid.fixedToMoving)
      deformable = nil
      error = { rigid.localError(at: $0) }
      return
    }
    let link = try DeformableRegistration.link(
      fixed: pyramids.fixed, moving: pyramids.moving, start: rigid.fixedToMoving)
    self.method = .deformable
    map = .deformable(link.field)
    deformable = link
    // A map that starts from a link that cannot be assessed cannot be assessed either.
    let isHeld = rigid.quality.verdict.isAssessable
    error = { isHeld ? link.localError(at: $0) : rigid.localError(at: $0) }
  }

  private static func ct(_ url: URL, _ gaps: SliceGaps) throws -> CTSeries {
    try CTSeries.load(files: SeriesSelection.series(at: url, roles: [.ct]), gaps: gaps)
  }

  private static func toEmission(
    _ ctFile: URL, _ emissionFile: URL, _ gaps: SliceGaps
  ) throws -> Link {
    let scan = try EmissionScan.load(emissionFile, gaps: gaps)
    let ct = try ct(ctFile, gaps)
    return try EmissionCTRegistration.register(
      ct: ct.volume, ctFrame: try frame(ct.facts, ctFile), emission: try scan.uptake(),
      emissionFrame: try frame(scan.facts, emissionFile))
  }

  private static func emissions(
    _ fixed: URL, _ moving: URL, _ kinds: (SeriesCatalogue.Role, SeriesCatalogue.Role),
    _ gaps: SliceGaps
  ) throws -> Link {
    guard kinds.0 == kinds.1 else {
      throw PipelineError.notSameKind(fixed: kinds.0.rawValue, moving: kinds.1.rawValue)
    }
    let one = try EmissionScan.load(fixed, gaps: gaps)
    let other = try EmissionScan.load(moving, gaps: gaps)
    return try EmissionRegistration.register(
      fixed: try one.uptake(), fixedFrame: try frame(one.facts, fixed),
      moving: try other.uptake(), movingFrame: try frame(other.facts, moving))
  }

  private static func frame(_ facts: SeriesFacts, _ url: URL) throws -> FrameOfReference {
    guard let frame = facts.frameOfReference else {
      throw PipelineError.noFrame(timePoint: url.lastPathComponent)
    }
    return frame
  }
}

extension Link {
  fileprivate func ofPair(_ basis: TimePointLink.Basis) -> TimePointLink {
    TimePointLink(
      timePoint: "moving", basis: basis, referenceToHere: fixedToMoving, quality: quality)
  }

  /// The same link with the roles of its images exchanged.
  fileprivate var exchanged: Link {
    var quality = quality
    (quality.fixedBodySeen, quality.movingBodySeen) = (
      quality.movingBodySeen, quality.fixedBodySeen
    )
    return Link(fixedToMoving: fixedToMoving.inverse, quality: quality)
  }
}

/// Why two scans could not be linked as asked.
public enum PairRegistrationError: Error, Hashable, Sendable, CustomStringConvertible {
  case methodNeedsCT(String, fixed: String, moving: String)

  public var description: String {
    switch self {
    case .methodNeedsCT(let method, let fixed, let moving):
      "\(method) registration needs two CT series, not \(fixed) and \(moving); "
        + "use --method rigid, or give the CT folders"
    }
  }
}
