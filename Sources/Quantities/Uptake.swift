/// Standardised uptake value normalised by body weight. Base unit: g/mL.
public struct SUVbw: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "g/mL{SUVbw}"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func gramsPerMillilitre(_ value: Double) -> Self { Self(inBaseUnit: value) }
}

/// Standardised uptake value normalised by lean body mass (SUL). Base unit: g/mL.
public struct SUVlbm: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "g/mL{SUVlbm}"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func gramsPerMillilitre(_ value: Double) -> Self { Self(inBaseUnit: value) }
}

/// X-ray attenuation on the Hounsfield scale. Base unit: HU.
public struct Hounsfield: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "[hnsf'U]"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func hounsfieldUnits(_ value: Double) -> Self { Self(inBaseUnit: value) }
}
