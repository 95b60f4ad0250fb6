import Foundation
public import Quantities

/// Recovery coefficient against volume, RC(v) = 1 − 1/(1 + (v/b₁)^b₂), as fitted to phantom scans.
///
/// The form of Gear 2018, doi 10.1007/s00259-018-4136-7.
public struct RecoveryCurve: Sendable, Hashable, Codable {
  /// Recovery of one insert: measured over true concentration.
  public struct Insert: Sendable, Hashable, Codable {
    public let millilitres: Double
    public let recovery: Double
    /// One standard deviation; `nil` when it is not known.
    public let standardDeviation: Double?

    private enum CodingKeys: String, CodingKey {
      case millilitres = "volume_mL"
      case recovery
      case standardDeviation = "sd"
    }

    public init(volume: TissueVolume, recovery: Double, standardDeviation: Double? = nil) {
      millilitres = volume.millilitres
      self.recovery = recovery
      self.standardDeviation = standardDeviation
    }
  }

  /// b₁ in mL: the volume of recovery one half.
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

  /// - Throws: ``DosimetryError/notPositive(quantity:)``.
  public init(halfVolume: TissueVolume, exponent: Double) throws(DosimetryError) {
    guard halfVolume.millilitres > 0, exponent > 0, exponent.isFinite else {
      throw .notPositive(quantity: "parameter of the recovery curve")
    }
    halfVolumeMillilitres = halfVolume.millilitres
    self.exponent = exponent
    covariance = nil
    fittedMillilitres = nil
  }

  /// Fits the curve to at least three inserts, weighted by their standard deviations where all
  /// have one.
  ///
  /// - Throws: ``DosimetryError``.
  public init(fitting inserts: [Insert]) throws(DosimetryError) {
    guard inserts.count >= 3 else {
      throw .tooFewTimePoints(found: inserts.count, needed: 3, family: "recovery")
    }
    guard
      inserts.allSatisfy({
        $0.millilitres > 0 && $0.millilitres.isFinite && $0.recovery > 0 && $0.recovery < 1.3
      })
    else { throw .notPositive(quantity: "volume or recovery of an insert (recovery below 1.3)") }
    let deviations = inserts.compactMap(\.standardDeviation).filter { $0 > 0 }
    let isWeighted = deviations.count == inserts.count
    let volumes = inserts.map(\.millilitres)
    let problem = BoundedLeastSquares(
      model: { q in volumes.map { Self.recovery($0, exp(q[0]), exp(q[1])) } },
      values: inserts.map(\.recovery),
      weights: isWeighted
        ? deviations.map { 1 / $0 } : [Double](repeating: 1, count: inserts.count),
      bounds: [log(1e-4)...log(1e4), log(0.05)...log(10)])
    let starts = [0.1, 1, 10, 100].flatMap { b1 in [0.5, 1, 2].map { [log(b1), log($0)] } }
    guard let solution = problem.solve(from: starts) else {
      throw .fitDidNotConverge(family: "recovery")
    }
    halfVolumeMillilitres = exp(solution.parameters[0])
    exponent = exp(solution.parameters[1])
    let scale = isWeighted ? 1 : solution.residualSum / Double(inserts.count - 2)
    covariance = solution.inverseCurvature.map { matrix in
      (0..<2).map { row in (0..<2).map { matrix[row, $0] * scale } }
    }
    fittedMillilitres = (volumes.min() ?? 0)...(volumes.max() ?? 0)
  }

  public func recovery(_ volume: TissueVolume) -> Double {
    Self.recovery(volume.millilitres, halfVolumeMillilitres, exponent)
  }

  /// ∂ln R/∂ln v = b₂ / (1 + (v/b₁)^b₂).
  public func slope(_ volume: TissueVolume) -> Double {
    exponent / (1 + pow(volume.millilitres / halfVolumeMillilitres, exponent))
  }

  /// u(R)/R of the fit at a volume, with the covariance of its parameters; `nil` when it is not
  /// known.
  public func relativeUncertainty(_ volume: TissueVolume) -> Double? {
    guard let covariance else { return nil }
    // ∂ln R/∂ln b₁ = −slope; ∂ln R/∂ln b₂ = slope · ln(v/b₁).
    let slope = slope(volume)
    let gradient = [-slope, slope * log(volume.millilitres / halfVolumeMillilitres)]
    var variance = 0.0
    for a in 0..<2 {
      for b in 0..<2 { variance += gradient[a] * gradient[b] * covariance[a][b] }
    }
    return max(variance, 0).squareRoot()
  }

  private static func recovery(_ volume: Double, _ b1: Double, _ b2: Double) -> Double {
    let x = pow(volume / b1, b2)
    return x / (1 + x)
  }
}

extension RegionActivities {
  /// Activities corrected by a recovery curve, for scans whose resolution is not known: what the
  /// image shows in each outline over the recovery of its volume.
  ///
  /// Spill-in from the surroundings is not undone; a region beyond the inserts is corrected all
  /// the same and says so.
  public func corrected(by curve: RecoveryCurve) -> RegionActivities {
    let corrected = regions.map { region -> RegionActivity in
      guard region.kind != .remainder, region.recoveryCoefficient == nil else { return region }
      let recovery = curve.recovery(region.volume)
      let volume = region.volume.millilitres
      var warnings = ["corrected by a recovery curve; spill-in is not undone"]
      if let fitted = curve.fittedMillilitres, !fitted.contains(volume) {
        warnings.append(
          "\(rounded(volume)) mL lies outside the inserts of the recovery curve, "
            + "\(rounded(fitted.lowerBound)) to \(rounded(fitted.upperBound)) mL")
      }
      return RegionActivity(
        region: region.region, kind: region.kind, volume: region.volume,
        activity: Estimate(
          region.uncorrected * (1 / recovery),
          noUncertaintyBecause: "the noise of the image was not measured"),
        uncorrected: region.uncorrected, recoveryCoefficient: recovery, warnings: warnings)
    }
    return RegionActivities(
      regions: corrected, notCovered: notCovered, condition: condition, options: options)
  }
}
