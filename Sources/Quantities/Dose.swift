/// Absorbed dose. Base unit: gray (Gy).
public struct AbsorbedDose: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "Gy"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func gray(_ value: Double) -> Self { Self(inBaseUnit: value) }
  public static func milligray(_ value: Double) -> Self { Self(inBaseUnit: value / 1e3) }

  public var gray: Double { inBaseUnit }
}

/// Biologically effective dose of the linear-quadratic model. Base unit: gray (Gy).
///
/// Its own type, because adding a BED to an absorbed dose is always a mistake.
public struct BiologicallyEffectiveDose: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "Gy{BED}"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func gray(_ value: Double) -> Self { Self(inBaseUnit: value) }

  public var gray: Double { inBaseUnit }
}
