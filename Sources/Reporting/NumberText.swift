import Foundation

/// Numbers as text for people: decimal point, true minus sign, sensible digits. Independent of
/// the machine's locale.
public enum NumberText {
  /// A number with a fixed count of decimals.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(
      format: "%.*f", locale: Locale(identifier: "en_US_POSIX"), decimals, abs(value))
    let isZero = !text.contains { $0 != "0" && $0 != "." }
    return value < 0 && !isZero ? "−" + text : text
  }

  /// A number to `digits` significant digits: 0.1234 → 0.123, 1234.5 → 1234 or 1235.
  public static func significant(_ value: Double, digits: Int = 3) -> String {
    fixed(value, decimals: decimals(for: value, digits: digits))
  }

  /// As few digits as say the number to three places: 10, 2.5, 0.125.
  public static func short(_ value: Double) -> String {
    let text = significant(value)
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }
    return String((trimmed.first == "." ? trimmed.dropFirst() : trimmed).reversed())
  }

  /// A value and its standard uncertainty, both to the place of the uncertainty's second digit
  /// (GUM 7.2.6): 12.31 ± 0.45.
  public static func value(_ value: Double, uncertainty: Double) -> String {
    let places = decimals(for: uncertainty, digits: 2)
    return fixed(value, decimals: places) + " ± " + fixed(uncertainty, decimals: places)
  }

  /// A change in per cent with its sign: +25 %, −8 %, 0 %.
  public static func percentChange(_ percent: Double, decimals: Int = 0) -> String {
    let text = fixed(percent, decimals: decimals)
    let isPositive = percent > 0 && text.contains { ("1"..."9").contains($0) }
    return (isPositive ? "+" : "") + text + " %"
  }

  private static func decimals(for value: Double, digits: Int) -> Int {
    guard value != 0, value.isFinite else { return max(0, digits - 1) }
    let magnitude = Int(log10(abs(value)).rounded(.down))
    return min(max(0, digits - 1 - magnitude), 9)
  }
}
