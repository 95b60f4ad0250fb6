import Foundation
public import Quantities

/// From counts of a SPECT to activity.
public struct CameraCalibration: Sendable, Hashable, Codable {
  /// Counts per second for each MBq, at the start of the acquisition.
  public let countsPerSecondPerMegabecquerel: Double
  /// u(Q)/Q; `nil` when it is not known.
  public let relativeUncertainty: Double?

  private enum CodingKeys: String, CodingKey {
    case countsPerSecondPerMegabecquerel = "cps_per_MBq"
    case relativeUncertainty = "relative_uncertainty"
  }

  /// From a source of known activity.
  ///
  /// - Parameters:
  ///   - counts: Over the whole source, after dead-time correction.
  ///   - duration: Of the acquisition.
  ///   - activity: Of the source at its reference time.
  ///   - elapsed: From the reference to the start of the acquisition; negative when it lies later.
  /// - Throws: ``DosimetryError/notPositive(quantity:)``.
  public init(
    counts: Double, duration: Duration, activity: Activity, elapsed: Duration,
    radionuclide: Radionuclide, relativeUncertainty: Double? = nil
  ) throws(DosimetryError) {
    guard counts > 0, counts.isFinite else { throw .notPositive(quantity: "number of counts") }
    guard duration > .zero else { throw .notPositive(quantity: "duration of the acquisition") }
    guard activity > .zero else { throw .notPositive(quantity: "activity of the source") }
    let atStart = activity.decayed(over: elapsed, halfLife: radionuclide.halfLife)
    let mean = Self.meanOverStart(duration, radionuclide)
    countsPerSecondPerMegabecquerel =
      counts / duration.inSeconds / (atStart.megabecquerels * mean)
    self.relativeUncertainty = relativeUncertainty
  }

  /// From an image that holds all of a known activity, for example the whole body at the first
  /// scan before anything was excreted.
  ///
  /// - Parameter total: Activity in the field at the start of the acquisition.
  public init(
    counts: Double, duration: Duration, total: Activity, radionuclide: Radionuclide,
    relativeUncertainty: Double? = nil
  ) throws(DosimetryError) {
    try self.init(
      counts: counts, duration: duration, activity: total, elapsed: .zero,
      radionuclide: radionuclide, relativeUncertainty: relativeUncertainty)
  }

  /// Activity at the start of an acquisition.
  public func activity(
    counts: Double, duration: Duration, radionuclide: Radionuclide
  ) -> Activity {
    let mean = Self.meanOverStart(duration, radionuclide)
    return .megabecquerels(
      counts / duration.inSeconds / countsPerSecondPerMegabecquerel / mean)
  }

  /// Mean activity during an acquisition over that at its start: (1 − e^(−λT)) / λT.
  public static func meanOverStart(_ duration: Duration, _ radionuclide: Radionuclide) -> Double {
    meanOverStart(duration, halfLife: radionuclide.halfLife)
  }

  public static func meanOverStart(_ duration: Duration, halfLife: Duration) -> Double {
    let x = log(2.0) * duration.inSeconds / halfLife.inSeconds
    return x < 1e-8 ? 1 - x / 2 : -expm1(-x) / x
  }
}

/// How a camera loses counts at high rates.
public enum DeadTime: Sendable, Hashable {
  /// Each event blocks the camera anew: m = n e^(−nτ).
  case paralysable(Duration)
  /// Events during the dead time are lost without lengthening it: m = n / (1 + nτ).
  case nonParalysable(Duration)

  /// The true rate for an observed one, in counts per second.
  ///
  /// - Throws: ``DosimetryError/deadTime(observed:most:)`` where no true rate gives it, or a
  ///   paralysable camera is so near its largest rate that the answer is not determined.
  public func trueRate(observed: Double) throws(DosimetryError) -> Double {
    guard observed >= 0, observed.isFinite else { throw .notPositive(quantity: "count rate") }
    switch self {
    case .nonParalysable(let time):
      let product = observed * time.inSeconds
      guard product < 1 else { throw .deadTime(observed: observed, most: 1 / time.inSeconds) }
      return observed / (1 - product)
    case .paralysable(let time):
      let tau = time.inSeconds
      guard tau > 0 else { return observed }
      // The lower of the two true rates; the largest observed one is 1/(eτ).
      let most = 1 / (M_E * tau)
      guard observed < 0.99 * most else { throw .deadTime(observed: observed, most: most) }
      var x = observed * tau
      for _ in 0..<100 {
        // Newton's method for x e^(−x) = mτ.
        let change = (x * exp(-x) - observed * tau) / ((1 - x) * exp(-x))
        x -= change
        if abs(change) < 1e-14 { break }
      }
      return x / tau
    }
  }
}
