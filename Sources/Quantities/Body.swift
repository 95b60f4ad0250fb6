/// Volume of tissue. Base unit: millilitre (mL).
public struct TissueVolume: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "mL"
  public static let sample = SampleMeaning.amountInVoxel
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func millilitres(_ value: Double) -> Self { Self(inBaseUnit: value) }

  public var millilitres: Double { inBaseUnit }
}

/// Mass of tissue or of a patient. Base unit: gram (g).
public struct Mass: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "g"
  public static let sample = SampleMeaning.amountInVoxel
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func grams(_ value: Double) -> Self { Self(inBaseUnit: value) }
  public static func kilograms(_ value: Double) -> Self { Self(inBaseUnit: value * 1e3) }

  public var grams: Double { inBaseUnit }
  public var kilograms: Double { inBaseUnit / 1e3 }
}

/// A length. Base unit: millimetre (mm).
public struct Length: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "mm"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func millimetres(_ value: Double) -> Self { Self(inBaseUnit: value) }
  public static func metres(_ value: Double) -> Self { Self(inBaseUnit: value * 1e3) }

  public var millimetres: Double { inBaseUnit }
  public var metres: Double { inBaseUnit / 1e3 }
}

/// Patient's Sex (0010,0040) as far as the body-size formulas need it.
public enum Sex: String, Sendable, Hashable, Codable {
  case female = "F"
  case male = "M"
  case other = "O"
}
