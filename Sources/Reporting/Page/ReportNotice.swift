/// What every output of the toolkit says of itself.
public enum ReportNotice {
  public static let researchUse =
    "Research use only; not a medical device; the planner proposes, a person decides."
}
