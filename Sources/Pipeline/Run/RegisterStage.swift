import CourseStore
import DICOMIO
import Foundation
public import Geometry
public import Registration
import Response
import Volumes

/// How one time point lies in the reference frame, and what that was found from.
public struct TimePointLink: Sendable, Hashable, Codable {
  public let timePoint: String
  public let basis: Basis
  /// Maps a point of the reference frame to where it lies at this time point.
  public let referenceToHere: RigidTransform
  /// `nil` for the reference itself.
  public let quality: LinkQuality?
  /// What was odd about the images it was found from: interpolated slices, tilt.
  public var warnings: [String] = []

  /// Which images were registered.
  public enum Basis: String, Sendable, Hashable, Codable {
    case reference
    case ct = "CT to CT"
    case emission = "emission to emission"
    case mixed = "CT and emission"
  }

  public var isAssessable: Bool { quality?.verdict.isAssessable ?? true }

  /// Radius around where the link puts a point that holds the true place with 68 % probability; 0
  /// for the reference, `nil` when the link says nothing.
  public var localErrorMillimetres: Double? {
    guard let quality else { return 0 }
    return Link(fixedToMoving: referenceToHere, quality: quality)
      .localError(at: PatientPoint(millimetres: .zero)).radiusMillimetres
  }

  /// Why nothing may be concluded through this link; `nil` when something may.
  public var refusal: String? {
    guard let quality, localErrorMillimetres == nil else { return nil }
    let reasons = quality.verdict.isAssessable ? [] : quality.verdict.reasons
    return reasons.isEmpty
      ? "the link's error could not be estimated" : reasons.joined(separator: "; ")
  }
}

/// Registers time points to the reference: CT to CT, or emission to emission where one has none.
struct RegisterStage {
  let reference: TimePointScans

  /// The link of `moving`, made afresh.
  func link(_ moving: TimePointScans) throws -> TimePointLink {
    let (from, to) = (try reference.frame(), try moving.frame())
    if reference.point.ct != nil, moving.point.ct != nil {
      let link = try RigidRegistration.register(
        fixed: try reference.pyramid(.fixed), fixedFrame: from,
        moving: try moving.pyramid(.moving), movingFrame: to)
      var found = link.at(moving.point.id, basis: .ct)
      found.warnings =
        try moving.ct().facts.warnings.map { "CT: " + $0 }
        + reference.ct().facts.warnings.map { "CT of the reference: " + $0 }
      return found
    }
    let link = try EmissionRegistration.register(
      fixed: try reference.emission().uptake(), fixedFrame: from,
      moving: try moving.emission().uptake(), movingFrame: to)
    return link.at(moving.point.id, basis: .emission)
  }

  /// How breathing and posture moved tissue beyond the link, with the error at each place: `nil`
  /// without a CT at both time points or without a link to start from. Lesions are found again,
  /// images of a cycle and doses of all cycles are brought together, and pictures are made through
  /// it; uptake is measured in each scan's own frame.
  func deformable(
    _ moving: TimePointScans, from link: TimePointLink
  ) throws -> Assessment<DeformableLink>? {
    guard link.basis == .ct, link.isAssessable else { return nil }
    let (fixed, other) = (try reference.pyramid(.fixed), try moving.pyramid(.moving))
    do {
      return .value(
        try DeformableRegistration.link(fixed: fixed, moving: other, start: link.referenceToHere))
    } catch let error as RegistrationError {
      return .notAssessable(reason: "\(error)")
    }
  }

  /// What a link depends on.
  func key(_ moving: TimePointScans) throws -> Digest {
    let usesCT = reference.point.ct != nil && moving.point.ct != nil
    let parts = [
      usesCT ? "ct" : "emission", try reference.digest(usesCT ? .ct : .emission),
      try moving.digest(usesCT ? .ct : .emission), Provenance.softwareVersion,
    ]
    return Digest(of: parts)
  }

  /// The reference seen from itself.
  func identity() throws -> TimePointLink {
    let frame = try reference.frame()
    return TimePointLink(
      timePoint: reference.point.id, basis: .reference,
      referenceToHere: .identity(from: frame, to: frame), quality: nil)
  }
}

extension Link {
  fileprivate func at(_ timePoint: String, basis: TimePointLink.Basis) -> TimePointLink {
    TimePointLink(
      timePoint: timePoint, basis: basis, referenceToHere: fixedToMoving, quality: quality)
  }
}
