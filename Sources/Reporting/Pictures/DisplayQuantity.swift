public import Quantities

/// A quantity that can be shown: how it is called and in which unit it is read.
public protocol DisplayQuantity: Quantity {
  /// As written on pictures: `SUVbw`.
  static var displayName: String { get }
  /// The unit readers expect, as written on pictures: `g/mL`.
  static var displayUnit: String { get }
  /// Base units per display unit: 1000 where Bq/mL is read as kBq/mL.
  static var baseUnitsPerDisplayUnit: Double { get }
}

extension DisplayQuantity {
  public static var baseUnitsPerDisplayUnit: Double { 1 }
}

extension SUVbw: DisplayQuantity {
  public static var displayName: String { "SUVbw" }
  public static var displayUnit: String { "g/mL" }
}

extension SUVlbm: DisplayQuantity {
  public static var displayName: String { "SUL" }
  public static var displayUnit: String { "g/mL" }
}

extension Hounsfield: DisplayQuantity {
  public static var displayName: String { "CT" }
  public static var displayUnit: String { "HU" }
}

extension ActivityConcentration: DisplayQuantity {
  public static var displayName: String { "Activity concentration" }
  public static var displayUnit: String { "kBq/mL" }
  public static var baseUnitsPerDisplayUnit: Double { 1000 }
}

extension AbsorbedDose: DisplayQuantity {
  public static var displayName: String { "Absorbed dose" }
  public static var displayUnit: String { "Gy" }
}

extension BiologicallyEffectiveDose: DisplayQuantity {
  public static var displayName: String { "BED" }
  public static var displayUnit: String { "Gy" }
}

/// The range of values that a colour map spreads over, and the map.
public struct DisplayWindow<Value: DisplayQuantity>: Sendable, Hashable {
  public let lower: Value
  public let upper: Value
  public let colourMap: ColourMap

  /// - Precondition: `lower` is below `upper`.
  public init(from lower: Value, to upper: Value, colourMap: ColourMap) {
    precondition(lower < upper, "a window has a lower and a higher end")
    (self.lower, self.upper, self.colourMap) = (lower, upper, colourMap)
  }

  /// The least value, in base units, that is not painted as the lower end.
  var firstVisible: Float {
    Float(lower.inBaseUnit + (upper.inBaseUnit - lower.inBaseUnit) / 510)
  }

  var lowerDisplayed: Double { lower.inBaseUnit / Value.baseUnitsPerDisplayUnit }
  var upperDisplayed: Double { upper.inBaseUnit / Value.baseUnitsPerDisplayUnit }

  /// `SUVbw 0 … 10 g/mL`
  public var text: String {
    "\(Value.displayName) \(NumberText.short(lowerDisplayed)) … "
      + "\(NumberText.short(upperDisplayed)) \(Value.displayUnit)"
  }
}

extension DisplayWindow where Value == Hounsfield {
  /// Soft tissue, level 40 HU, width 400 HU.
  public static var softTissue: Self {
    Self(from: .hounsfieldUnits(-160), to: .hounsfieldUnits(240), colourMap: .grey)
  }
}

extension DisplayWindow where Value == SUVbw {
  /// Inverse grey from 0 to `top` g/mL, for projections.
  public static func suv(to top: Double, colourMap: ColourMap = .inverseGrey) -> Self {
    Self(from: .zero, to: .gramsPerMillilitre(top), colourMap: colourMap)
  }
}
