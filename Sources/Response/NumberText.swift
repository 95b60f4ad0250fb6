import Foundation

extension Double {
  /// The number with a fixed count of decimals, the same in every locale.
  func text(_ decimals: Int, signed: Bool = false) -> String {
    String(format: signed ? "%+.\(decimals)f" : "%.\(decimals)f", self)
  }
}
