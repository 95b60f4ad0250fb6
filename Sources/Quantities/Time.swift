import Foundation

extension Duration {
  public static func hours(_ value: Double) -> Duration { .seconds(value * 3600) }
  public static func days(_ value: Double) -> Duration { .seconds(value * 86_400) }

  /// The span as a plain number of seconds.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
  /// The span as a plain number of hours.
  public var inHours: Double { inSeconds / 3600 }

  /// 2^(−elapsed / self): what is left of a nuclide with this half-life.
  public func fractionLeft(after elapsed: Duration) -> Double {
    exp2(-(elapsed.inSeconds / inSeconds))
  }
}
