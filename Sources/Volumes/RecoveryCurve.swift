import Foundation
public import Quantities

/// What part of a region's contrast its measured mean shows, by volume, as a site measured it on
/// phantom inserts: of lesions in PET, of organs and lesions in SPECT.
public enum RecoveryCurve: Sendable, Hashable, Codable {
  /// RC(v) = 1 − 1/(1 + (v/b₁)^b₂), the form of Gear 2018, doi 10.1007/s00259-018-4136-7.
  case formula(Formula)
  /// Points by rising volume; between them straight in the logarithm of the volume.
  case table([Point])

  public struct Formula: Sendable, Hashable, Codable {
    /// b₁: the volume of recovery one half.
    public let halfVolumeMillilitres: Double
    /// b₂.
    public let exponent: Double
    /// Covariance of ln b₁ and ln b₂; `nil` for a curve given by its parameters alone.
    public let covariance: [[Double]]?
    /// Volumes of the inserts, in mL: outside them the curve is extrapolated.
    public let fittedMillilitres: ClosedRange<Double>?

    private enum CodingKeys: String, CodingKey {
      case halfVolumeMillilitres = "b1_mL"
      case exponent = "b2"
      case covariance = "log_covariance"
      case fittedMillilitres = "fitted_mL"
    }

    public init(
      halfVolumeMillilitres: Double, exponent: Double, covariance: [[Double]]? = nil,
      fittedMillilitres: ClosedRange<Double>? = nil
    ) {
      self.halfVolumeMillilitres = halfVolumeMillilitres
      self.exponent = exponent
      self.covariance = covariance
      self.fittedMillilitres = fittedMillilitres
    }

    public static func recovery(_ millilitres: Double, _ b1: Double, _ b2: Double) -> Double {
      let x = pow(millilitres / b1, b2)
      return x / (1 + x)
    }
  }

  public struct Point: Sendable, Hashable, Codable {
    public let millilitres: Double
    public let recovery: Double

    public init(millilitres: Double, recovery: Double) {
      (self.millilitres, self.recovery) = (millilitres, recovery)
    }
  }

  /// Why a curve could not be used.
  public enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
    case notPositive, notRising, fewPoints

    public var description: String {
      switch self {
      case .notPositive: "b1, b2, volumes and recoveries must be positive, recoveries at most 1.5"
      case .notRising: "the volumes of a recovery table must rise from row to row"
      case .fewPoints: "a recovery table needs two rows or more"
      }
    }
  }

  /// The formula by its parameters alone, b₁ in mL.
  public static func fitted(b1: Double, b2: Double) -> RecoveryCurve {
    .formula(Formula(halfVolumeMillilitres: b1, exponent: b2))
  }

  public func checked() throws(Problem) -> RecoveryCurve {
    switch self {
    case .formula(let formula):
      let (b1, b2) = (formula.halfVolumeMillilitres, formula.exponent)
      guard b1 > 0, b2 > 0, b1.isFinite, b2.isFinite else { throw .notPositive }
    case .table(let points):
      guard points.count > 1 else { throw .fewPoints }
      guard points.allSatisfy({ $0.millilitres > 0 && $0.recovery > 0 && $0.recovery <= 1.5 })
      else { throw .notPositive }
      guard zip(points, points.dropFirst()).allSatisfy({ $0.millilitres < $1.millilitres })
      else { throw .notRising }
    }
    return self
  }

  /// Volumes that were measured, in mL; `nil` where they are not known.
  public var measuredMillilitres: ClosedRange<Double>? {
    switch self {
    case .formula(let formula): return formula.fittedMillilitres
    case .table(let points):
      guard let first = points.first, let last = points.last else { return nil }
      return first.millilitres...last.millilitres
    }
  }

  /// - Returns: `nil` below the smallest sphere of a table: there it says nothing. Above the
  ///   largest the last value holds.
  public func recovery(of volume: TissueVolume) -> Double? {
    let v = volume.millilitres
    guard v > 0 else { return nil }
    switch self {
    case .formula(let formula):
      return Formula.recovery(v, formula.halfVolumeMillilitres, formula.exponent)
    case .table(let points):
      guard let first = points.first, let last = points.last, v >= first.millilitres else {
        return nil
      }
      guard let n = points.firstIndex(where: { $0.millilitres > v }) else { return last.recovery }
      let (a, b) = (points[n - 1], points[n])
      let t = log(v / a.millilitres) / log(b.millilitres / a.millilitres)
      return a.recovery + t * (b.recovery - a.recovery)
    }
  }

  /// ∂ln R/∂ln v; b₂ / (1 + (v/b₁)^b₂) for the formula, `nil` where there is no recovery.
  public func slope(of volume: TissueVolume) -> Double? {
    switch self {
    case .formula(let formula):
      let x = pow(volume.millilitres / formula.halfVolumeMillilitres, formula.exponent)
      return formula.exponent / (1 + x)
    case .table:
      let step = 1.02
      guard let above = recovery(of: volume * step), let below = recovery(of: volume * (1 / step))
      else { return nil }
      return log(above / below) / (2 * log(step))
    }
  }

  /// u(R)/R of the fit at a volume, with the covariance of its parameters; `nil` when it is not
  /// known.
  public func relativeUncertainty(of volume: TissueVolume) -> Double? {
    guard case .formula(let formula) = self, let covariance = formula.covariance,
      let slope = slope(of: volume)
    else { return nil }
    // ∂ln R/∂ln b₁ = −slope; ∂ln R/∂ln b₂ = slope · ln(v/b₁).
    let gradient = [-slope, slope * log(volume.millilitres / formula.halfVolumeMillilitres)]
    var variance = 0.0
    for a in 0..<2 {
      for b in 0..<2 { variance += gradient[a] * gradient[b] * covariance[a][b] }
    }
    return max(variance, 0).squareRoot()
  }
}
