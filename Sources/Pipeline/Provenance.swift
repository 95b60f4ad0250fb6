/// What made a result: written beside every one of them.
public enum Provenance {
  public static let softwareVersion = "0.1.0"
  public static let statement =
    "Research use only. Not a medical device. The planner proposes, a person decides."

  /// What `theratrack --version` prints.
  public static let versionText = "theratrack \(softwareVersion)\n\(statement)"
}
