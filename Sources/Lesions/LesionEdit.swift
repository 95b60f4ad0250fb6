public import Geometry

/// One correction that a person made to what was found.
public struct LesionEdit: Sendable, Hashable, Codable {
  public let action: Action
  public let author: String
  /// As written by the author, for the report.
  public let date: String
  public let reason: String

  public enum Action: Sendable, Hashable, Codable {
    /// Not a lesion, at any time point.
    case drop(LesionReference)
    /// Normal uptake, at any time point.
    case physiological(LesionReference)
    /// One lesion: outlines at the same time point become one, and so do the identities.
    case merge([LesionReference])
    /// One outline that is several lesions; each voxel goes to the nearest of the points.
    case split(LesionReference, at: [PatientPoint])
    case rename(LesionReference, name: String)
  }

  public init(action: Action, author: String, date: String, reason: String) {
    self.action = action
    self.author = author
    self.date = date
    self.reason = reason
  }

  /// Such as `merge L2, L3`.
  public var words: String {
    switch action {
    case .drop(let lesion): "drop \(lesion)"
    case .physiological(let lesion): "physiological: \(lesion)"
    case .merge(let lesions): "merge " + lesions.map(\.description).joined(separator: ", ")
    case .split(let lesion, let points): "split \(lesion) at \(points.count) points"
    case .rename(let lesion, let name): "rename \(lesion) to '\(name)'"
    }
  }
}

/// Which lesion an edit means: found again on each run.
public enum LesionReference: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The identity as the run without edits names it.
  case identity(String)
  /// The lesion at, or within 5 mm of, a point of the time point's own frame.
  case place(timePoint: String, PatientPoint)

  public var description: String {
    switch self {
    case .identity(let id): id
    case .place(let timePoint, let p):
      "\(timePoint) (\(p.millimetres.x), \(p.millimetres.y), \(p.millimetres.z)) mm"
    }
  }
}

/// What became of an edit on this run.
public struct ReplayedEdit: Sendable, Hashable, Codable {
  public let edit: LesionEdit
  public let outcome: Outcome

  public enum Outcome: Sendable, Hashable, Codable {
    /// What it changed.
    case applied(String)
    /// Why it no longer fits what was found.
    case refused(reason: String)
  }

  public var refusal: String? {
    if case .refused(let reason) = outcome { reason } else { nil }
  }
}
