// Quantities as people write them in a course file or on the command line: always with a unit.

/// Why a text is not a quantity.
public struct QuantityTextError: Error, Hashable, Sendable, CustomStringConvertible {
  public let text: String
  public let expected: String

  public var description: String { "'\(text)' is not \(expected)" }
}

/// A quantity that can be read from a number and a unit: `7.4 GBq`, `71kg`.
public protocol TextQuantity: Quantity {
  /// Accepted unit symbols and how many base units each is.
  static var textUnits: [(symbol: String, scale: Double)] { get }
  /// What to write instead, for error messages: "an activity such as 7.4 GBq".
  static var textExample: String { get }
}

extension TextQuantity {
  /// - Throws: ``QuantityTextError`` when the number or its unit is missing or unknown.
  public init(text: String) throws(QuantityTextError) {
    let (number, unit) = splitUnit(text)
    guard let number, let scale = Self.textUnits.first(where: { $0.symbol == unit })?.scale else {
      throw QuantityTextError(text: text, expected: Self.textExample)
    }
    self.init(inBaseUnit: number * scale)
  }
}

/// Splits `7.4 GBq` into 7.4 and `GBq`; the number is `nil` when there is none.
private func splitUnit(_ text: String) -> (number: Double?, unit: String) {
  let numeric = text.prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
  let unit = text.dropFirst(numeric.count).drop(while: \.isWhitespace)
  return (Double(numeric).flatMap { $0.isFinite ? $0 : nil }, String(unit))
}

extension Activity: TextQuantity {
  public static let textUnits = [("GBq", 1e9), ("MBq", 1e6), ("kBq", 1e3), ("Bq", 1.0)]
    .map { (symbol: $0.0, scale: $0.1) }
  public static let textExample = "an activity; write a number and Bq, MBq or GBq: 7.4 GBq"
}

extension AbsorbedDose: TextQuantity {
  public static let textUnits = [("Gy", 1.0), ("cGy", 1e-2), ("mGy", 1e-3)]
    .map { (symbol: $0.0, scale: $0.1) }
  public static let textExample = "a dose; write a number and Gy or mGy: 23 Gy"
}

extension BiologicallyEffectiveDose: TextQuantity {
  public static let textUnits = AbsorbedDose.textUnits
  public static let textExample = "a biologically effective dose; write a number and Gy: 27 Gy"
}

extension TimeIntegratedActivity: TextQuantity {
  public static let textUnits = [
    ("MBqh", 3.6e9), ("MBq.h", 3.6e9), ("MBq*h", 3.6e9), ("GBqh", 3.6e12), ("GBq.h", 3.6e12),
    ("Bqs", 1.0), ("Bq.s", 1.0),
  ].map { (symbol: $0.0, scale: $0.1) }
  public static let textExample =
    "a time-integrated activity; write a number and MBqh, GBqh or Bqs: 7213 MBqh"
}

extension MassDensity: TextQuantity {
  public static let textUnits = [("g/mL", 1.0), ("g/ml", 1.0), ("g/cm3", 1.0), ("kg/m3", 1e-3)]
    .map { (symbol: $0.0, scale: $0.1) }
  public static let textExample = "a density; write a number and g/mL: 1.04 g/mL"
}

extension Mass: TextQuantity {
  public static let textUnits = [("kg", 1e3), ("g", 1.0), ("mg", 1e-3)]
    .map { (symbol: $0.0, scale: $0.1) }
  public static let textExample = "a mass; write a number and kg or g: 71 kg"
}

extension Length: TextQuantity {
  public static let textUnits = [("mm", 1.0), ("cm", 10.0), ("m", 1e3)]
    .map { (symbol: $0.0, scale: $0.1) }
  public static let textExample = "a length; write a number and mm, cm or m: 1.72 m"
}

extension TissueVolume: TextQuantity {
  public static let textUnits = [("mL", 1.0), ("ml", 1.0), ("L", 1e3)]
    .map { (symbol: $0.0, scale: $0.1) }
  public static let textExample = "a volume; write a number and mL: 0.5 mL"
}

extension Duration {
  /// Reads `24 h`, `6.647d`, `90 s` or `30 min`.
  ///
  /// - Throws: ``QuantityTextError`` when the number or its unit is missing or unknown.
  public init(text: String) throws(QuantityTextError) {
    let seconds: [String: Double] = ["s": 1, "min": 60, "h": 3600, "d": 86_400, "weeks": 604_800]
    let (number, unit) = splitUnit(text)
    guard let number, let scale = seconds[unit] else {
      throw QuantityTextError(
        text: text, expected: "a time; write a number and s, min, h, d or weeks: 24 h")
    }
    self = .seconds(number * scale)
  }
}
