/// Mass per volume of tissue. Base unit: g/mL.
public struct MassDensity: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "g/mL"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func gramsPerMillilitre(_ value: Double) -> Self { Self(inBaseUnit: value) }

  public var gramsPerMillilitre: Double { inBaseUnit }
}
