import Foundation
public import Quantities
public import Volumes

extension RecoveryCurve {
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

  /// Fits the curve to at least three inserts, weighted by their standard deviations where all
  /// have one.
  ///
  /// - Throws: ``DosimetryError``.
  public init(fitting inserts: [Insert]) throws(DosimetryError) {
    guard inserts.count >= 3 else {
      throw .tooFewInserts(found: inserts.count)
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
      model: { q in volumes.map { Formula.recovery($0, exp(q[0]), exp(q[1])) } },
      values: inserts.map(\.recovery),
      weights: isWeighted
        ? deviations.map { 1 / $0 } : [Double](repeating: 1, count: inserts.count),
      bounds: [log(1e-4)...log(1e4), log(0.05)...log(10)])
    let starts = [0.1, 1, 10, 100].flatMap { b1 in [0.5, 1, 2].map { [log(b1), log($0)] } }
    guard let solution = problem.solve(from: starts) else {
      throw .fitDidNotConverge(family: "recovery")
    }
    let scale = isWeighted ? 1 : solution.residualSum / Double(inserts.count - 2)
    let covariance = solution.inverseCurvature.map { matrix in
      (0..<2).map { row in (0..<2).map { matrix[row, $0] * scale } }
    }
    self = .formula(
      Formula(
        halfVolumeMillilitres: exp(solution.parameters[0]), exponent: exp(solution.parameters[1]),
        covariance: covariance,
        fittedMillilitres: (volumes.min() ?? 0)...(volumes.max() ?? 0)))
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
      guard let recovery = curve.recovery(of: region.volume) else {
        return region.uncorrected(
          because:
            "it is smaller than the smallest insert of the recovery table, so its activity is "
            + "not corrected")
      }
      let volume = region.volume.millilitres
      var warnings = ["corrected by a recovery curve; spill-in is not undone"]
      if let fitted = curve.measuredMillilitres, !fitted.contains(volume) {
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

extension RegionActivity {
  fileprivate func uncorrected(because reason: String) -> RegionActivity {
    RegionActivity(
      region: region, kind: kind, volume: volume, activity: activity, uncorrected: uncorrected,
      recoveryCoefficient: recoveryCoefficient, warnings: warnings + [reason])
  }
}
