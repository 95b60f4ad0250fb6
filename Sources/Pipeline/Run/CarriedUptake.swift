import Foundation
import Geometry
import Lesions
import Quantities
import Registration
public import Response
import Volumes

/// The uptake inside a lesion's first own outline, carried to a later time point.
public struct CarriedUptake: Sendable, Hashable, Codable {
  /// Time point of the outline.
  public let drawnAt: String
  public let metrics: UptakeMetrics
  /// Standard deviation of ln SUVmean from the link's local error alone; `nil` where that error
  /// is not known.
  public let registrationDeviation: Double?
  /// Of SUVmean, since the outline was drawn; its limits hold the link's error.
  public let change: Assessment<UptakeChange>
}

extension TrackStage {
  /// How much SUVmean inside a carried outline depends on where the link puts it: the outline is
  /// moved by one standard deviation of the link's error to both sides along each axis.
  func registrationDeviation(
    of outline: Outline, drawnAt first: TrackedTimePoint, on here: TrackedTimePoint,
    _ suv: Volume<SUVbw>, mean: SUVbw
  ) -> Double? {
    guard let centre = outline.centroid, mean > .zero,
      let error = here.carryingError(at: centre, from: first)
    else { return nil }
    let step = error.millimetres / LocalError.radiusPerStandardDeviation
    var variance = 0.0
    for axis in 0..<3 {
      for sign in [-1.0, 1] {
        var shift = SIMD3<Double>.zero
        shift[axis] = sign * step
        guard let there = here.displaced(by: shift).carrying(outline, from: first),
          let other = suv.mean(in: there), other > .zero
        else { return nil }
        let difference = log(other / mean)
        variance += difference * difference / 2
      }
    }
    return variance.squareRoot()
  }

  /// The change of SUVmean, with limits that hold the error of where the outline was put.
  func change(
    _ before: UptakeMetrics, _ after: UptakeMetrics, of scans: (UptakeScan, UptakeScan),
    _ deviation: Double?
  ) -> Assessment<UptakeChange> {
    if let reason = obstacle(to: .suvMean, scans) { return .notAssessable(reason: reason) }
    guard let deviation else {
      return .notAssessable(reason: "the link's error is not known at the lesion")
    }
    let reason = "and the link's error (\(Digits.text(100 * deviation, 1)) % of SUVmean)"
    return UptakeChange.between(
      before.suvMean.inBaseUnit, after.suvMean.inBaseUnit, metric: .suvMean,
      noise(of: .suvMean, scans).map { $0.widened(by: deviation, because: reason) })
  }
}

extension Volume where Value == SUVbw {
  /// Mean over an outline, voxels weighted by their volume; `nil` for an empty one.
  fileprivate func mean(in outline: Outline) -> SUVbw? {
    let samples = samples
    var (sum, total) = (0.0, 0.0)
    for run in outline.runs {
      let voxel = grid.voxelMillilitres(inSlice: grid.ijk(at: run.lowerBound).z)
      for n in run { sum += Double(samples[n]) * voxel }
      total += Double(run.count) * voxel
    }
    return total > 0 ? .gramsPerMillilitre(sum / total) : nil
  }
}
