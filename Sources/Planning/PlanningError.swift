/// Why no proposal could be made.
public enum PlanningError: Error, Hashable, Sendable {
  /// A limit pack holds a value that cannot be used.
  case packInvalid(pack: String, field: String, reason: String)
  /// Closed form and numeric search disagree: the proposal must not be used.
  case checkFailed(closedFormGBq: Double, numericGBq: Double)
  case cyclesNotInOrder
}

extension PlanningError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .packInvalid(let pack, let field, let reason):
      "limit pack '\(pack)': \(field) \(reason); edit the pack"
    case .checkFailed(let closed, let numeric):
      "the planned activity is \(closed) GBq by formula but \(numeric) GBq by numeric search; "
        + "nothing is proposed. Report this with the plan's inputs"
    case .cyclesNotInOrder:
      "the cycles of the course are not numbered upwards from 1; check the course file"
    }
  }
}
