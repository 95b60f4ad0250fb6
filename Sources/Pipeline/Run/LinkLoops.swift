import CourseStore
import Geometry
public import Registration
public import Response

/// Two time points that were also registered directly: how well that agrees with the way through
/// the reference.
public struct LinkLoop: Sendable, Hashable, Codable {
  public let from: String
  public let to: String
  public let isDeformable: Bool
  public let closure: Assessment<LoopClosure>

  /// How many times as large as stated the errors of both links must be for the loop; at least 1:
  /// links share the reference image, so a loop misses a common error.
  public var errorFactor: Double { max(1, closure.value?.promisedFactor ?? 1) }
}

extension [LinkLoop] {
  /// Factor on the stated error of a time point's link, from the loops that it is part of: the
  /// worst of them.
  func errorFactor(of timePoint: String) -> Double {
    filter { $0.from == timePoint || $0.to == timePoint }.map(\.errorFactor).max() ?? 1
  }
}

extension RegisterStage {
  /// A time point with what links it to the reference.
  struct Linked {
    let scans: TimePointScans
    let link: TimePointLink
    /// `nil` without a CT at both time points.
    let deformable: Assessment<DeformableLink>?
    /// What both were made from.
    let key: Digest

    /// The map, where it holds.
    var map: DeformableLink? {
      deformable?.value.flatMap { $0.quality.verdict.isAssessable ? $0 : nil }
    }

    /// The deformable map, or the rigid link alone; `nil` for the reference itself.
    func spatial(deformable isAsked: Bool) -> (any SpatialLink)? {
      if isAsked { return map }
      return link.quality.map { Link(fixedToMoving: link.referenceToHere, quality: $0) }
    }
  }

  /// Registers two time points directly and compares with the way through the reference; `nil`
  /// where one of them has no CT or no link, so that there is nothing to compare.
  func loop(_ a: Linked, _ b: Linked) throws -> LinkLoop? {
    let isDeformable = a.map != nil && b.map != nil
    guard [a, b].allSatisfy({ $0.link.basis == .ct && $0.link.isAssessable }),
      let first = a.spatial(deformable: isDeformable),
      let second = b.spatial(deformable: isDeformable)
    else { return nil }
    func loop(_ closure: Assessment<LoopClosure>) -> LinkLoop {
      LinkLoop(
        from: a.link.timePoint, to: b.link.timePoint, isDeformable: isDeformable,
        closure: closure)
    }
    do {
      let (from, to) = (try a.scans.pyramid(.fixed), try b.scans.pyramid(.moving))
      let rigid = try RigidRegistration.register(
        fixed: from, fixedFrame: try a.scans.frame(), moving: to,
        movingFrame: try b.scans.frame())
      let direct: any SpatialLink =
        isDeformable
        ? try DeformableRegistration.link(fixed: from, moving: to, start: rigid.fixedToMoving)
        : rigid
      let course = try CourseLinks(reference: first.from, links: ["a": first, "b": second])
      let points = try reference.pyramid(.fixed).bodyPoints().map { first($0) }
      let closure = course.closing("a", to: "b", with: direct, at: points)
      return loop(
        closure.map { .value($0) }
          ?? .notAssessable(reason: "no point of the body could be followed all the way"))
    } catch let error as RegistrationError {
      return loop(.notAssessable(reason: "\(error)"))
    }
  }

  /// What a loop depends on.
  func key(_ a: Linked, _ b: Linked) -> Digest {
    Digest(of: [Provenance.softwareVersion, a.key.hexadecimal, b.key.hexadecimal])
  }
}
