import CourseStore
import Foundation
import Geometry
public import Registration
import Response

/// How all time points of a course lie in the reference frame.
public struct CourseRegistration: Sendable {
  public internal(set) var links: [TimePointLink] = []
  /// Maps of CTs that also follow breathing, from the reference to each time point that has one.
  public internal(set) var deformable: [String: DeformableLink] = [:]
  /// Why a time point with a CT and a link has no map.
  var unmapped: [String: String] = [:]
  /// Neighbouring time points registered directly too, against the way through the reference.
  public internal(set) var loops: [LinkLoop] = []
  /// What each time point's link and map were made from.
  var keys: [String: Digest] = [:]

  mutating func add(_ linked: RegisterStage.Linked) {
    let id = linked.link.timePoint
    links.append(linked.link)
    deformable[id] = linked.deformable?.value
    unmapped[id] = linked.deformable?.reason
    keys[id] = linked.key
  }

  func link(of timePoint: String) -> TimePointLink? {
    links.first { $0.timePoint == timePoint }
  }

  /// Where tissue of the reference lies at a time point; `nil` without a link that says anything.
  func tissue(at timePoint: String) -> TissueLink? {
    guard let link = link(of: timePoint), let error = link.localErrorMillimetres else {
      return nil
    }
    return TissueLink(
      rigid: link.referenceToHere, rigidError: .estimated(radiusMillimetres: error),
      map: deformable[timePoint], errorFactor: loops.errorFactor(of: timePoint))
  }

  /// What tissue is followed by; `nil` at the reference itself and without a link that says
  /// anything.
  func followed(at timePoint: String) -> Followed? {
    guard link(of: timePoint)?.quality != nil else { return nil }
    return tissue(at: timePoint).map { $0.map == nil ? .rigid : .deformable }
  }

  enum Followed: String, Codable {
    case rigid, deformable

    var words: String { self == .rigid ? "rigid link" : "deformable map" }
  }

  /// Why tissue is followed by the rigid link alone, of a time point that has a CT; `nil` where the
  /// map is used.
  func refusalOfMap(at timePoint: String) -> String? {
    if let reason = unmapped[timePoint] { return reason }
    guard let verdict = deformable[timePoint]?.quality.verdict, !verdict.isAssessable else {
      return nil
    }
    return verdict.reasons.joined(separator: "; ")
  }

  /// What results that depend on a time point's place depend on.
  func parts(of timePoint: String) throws -> [String] {
    [
      try link(of: timePoint).map { try JSONEncoder.sorted.encode($0).base64EncodedString() } ?? "",
      keys[timePoint]?.hexadecimal ?? "", "\(loops.errorFactor(of: timePoint))",
    ]
  }
}
