/// Absorbed dose of a region per administered activity. Base unit: Gy/GBq.
public struct DosePerActivity: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "Gy/GBq"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func grayPerGigabecquerel(_ value: Double) -> Self { Self(inBaseUnit: value) }

  public var grayPerGigabecquerel: Double { inBaseUnit }

  /// The dose that an activity gives at this rate.
  public func dose(of activity: Activity) -> AbsorbedDose {
    .gray(inBaseUnit * activity.gigabecquerels)
  }
}
