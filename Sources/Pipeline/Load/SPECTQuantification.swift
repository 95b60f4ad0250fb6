import DICOMIO
import Dosimetry
import Foundation
import Geometry
import Quantities
import Volumes

/// How the values of a SPECT become activity at the start of its acquisition.
struct SPECTQuantification: Sendable, Hashable {
  /// What turns its counts into activity.
  enum Calibration: Sendable, Hashable {
    /// The header's own; refused where it has none.
    case header
    /// Bq/mL per count.
    case perCount(Double)
    /// Counts per second for each MBq, where the header has no calibration of its own.
    case sensitivity(Double)
    /// All of a known activity is in the field at the start of the scan.
    case total(Activity)
  }

  var calibration = Calibration.header
  /// What the camera observed, and how it loses counts.
  struct Observed: Sendable, Hashable {
    let deadTime: DeadTime
    let countsPerSecond: Double
  }

  /// True over observed counts.
  var deadTimeFactor = 1.0
  /// In place of the factor.
  var observed: Observed?
  /// The decay reference as a person states it.
  var decayReference: SPECTDecayReference?
  /// Of the agent; `nil` outside a course, where nothing is decay corrected.
  var radionuclide: Radionuclide?
  /// Administration of the cycle, where the header does not know it.
  var administration: Date?

  /// Bq/mL at the start of the acquisition.
  func concentration(
    of series: SPECTSeries, path: String
  ) throws -> Volume<ActivityConcentration> {
    let reference = try series.decayReference(decayReference)
    func scaled(_ perCount: Double) throws -> Volume<ActivityConcentration> {
      try series.concentrationVolume(
        calibration: SPECTCalibration.factor(becquerelsPerMillilitrePerCount: perCount))
    }
    let millilitres = Self.voxelMillilitres(series.counts.grid)
    switch calibration {
    case .total(let activity):
      // The known activity is that of the start, and all counts lose their share to dead time.
      let counts = series.counts.samples.reduce(0.0) { $0 + Double($1) }
      guard counts > 0 else { throw DosimetryError.notPositive(quantity: "number of counts") }
      return try scaled(activity.inBaseUnit / counts / millilitres)
    case .perCount(let factor):
      return try scaled(factor * toStart(series, reference ?? .start, path) * lostCounts())
    case .header:
      return try corrected(series.concentrationVolume(), of: series, reference, path)
    case .sensitivity(let sensitivity):
      if let own = try? series.concentrationVolume() {
        return try corrected(own, of: series, reference, path)
      }
      guard let duration = series.duration else {
        throw PipelineError.unusable(
          path: path,
          reason: "its header does not say how long it was acquired, so spect.sensitivity cannot "
            + "be used; give calibration or totalActivity for this time point")
      }
      let perSecond = 1e6 / (sensitivity * duration.inSeconds * millilitres)
      let factors = try toStart(series, reference ?? SPECTDecayReference.none, path)
      return try scaled(perSecond * factors * lostCounts())
    }
  }

  /// Activities of the header's own calibration.
  private func corrected(
    _ own: Volume<ActivityConcentration>, of series: SPECTSeries,
    _ reference: SPECTDecayReference?, _ path: String
  ) throws -> Volume<ActivityConcentration> {
    let factor = try toStart(series, reference ?? .start, path) * lostCounts()
    return factor == 1 ? own : own.scaled(by: factor, as: ActivityConcentration.self)
  }

  /// True over observed counts.
  ///
  /// - Throws: ``DosimetryError/deadTime(observed:most:)`` where the rate says nothing of the true one.
  private func lostCounts() throws -> Double {
    guard let observed else { return deadTimeFactor }
    return try observed.deadTime.trueRate(observed: observed.countsPerSecond)
      / observed.countsPerSecond
  }

  /// What brings activities to the start of the acquisition from what they belong to.
  private func toStart(
    _ series: SPECTSeries, _ reference: SPECTDecayReference, _ path: String
  ) throws -> Double {
    guard let halfLife = radionuclide?.halfLife ?? series.scan.halfLife else { return 1 }
    switch reference {
    case .start: return 1
    case .administration:
      // The camera went by the administration that it was told of.
      guard let start = series.facts.start,
        let administration = series.scan.injection ?? administration
      else {
        throw PipelineError.unusable(
          path: path,
          reason: "it is decay corrected to the administration, and the time of the scan or of the "
            + "administration is not known; give the cycle's 'at', or reconstruct it with decay "
            + "correction to the start of the scan")
      }
      return halfLife.fractionLeft(after: .seconds(start.timeIntervalSince(administration)))
    case .none:
      guard let duration = series.duration else { return 1 }
      return 1 / CameraCalibration.meanOverStart(duration, halfLife: halfLife)
    }
  }

  private static func voxelMillilitres(_ grid: VoxelGrid) -> Double {
    (0..<grid.size.z).reduce(0) { $0 + grid.voxelMillilitres(inSlice: $1) } / Double(grid.size.z)
  }

  /// For people: what was assumed or changed about the activities of a scan.
  ///
  /// - Parameters:
  ///   - administered: As the course file says.
  func warnings(of series: SPECTSeries, administered: Activity?) -> [String] {
    var warnings = series.facts.warnings
    switch decayReference ?? series.decay.stated {
    case .administration:
      warnings.append(
        "activities are decay corrected to the administration; they were brought back to the start of "
          + "the scan")
    case nil:
      warnings.append(
        "the header does not say to when activities are decay corrected (0054,1102); the start of the "
          + "scan was taken, or write spect.decayReference")
    default: break
    }
    if let header = series.scan.injection, let administration {
      let minutes = abs(header.timeIntervalSince(administration)) / 60
      if minutes > Self.allowedMinutes {
        warnings.append(
          "the header puts the administration \(Digits.text(minutes, 0)) min "
            + "\(header < administration ? "before" : "after") that of the course file, which was used"
        )
      }
    }
    if let header = series.scan.administered, let administered,
      abs(header / administered - 1) > Self.allowedDifference
    {
      warnings.append(
        "the header says \(Digits.text(header.gigabecquerels, 3)) GBq were administered, the course "
          + "file \(Digits.text(administered.gigabecquerels, 3)) GBq, which was used")
    }
    return warnings
  }

  /// A syringe and a clock on the wall agree with the course to this much.
  private static let allowedMinutes = 15.0
  private static let allowedDifference = 0.02
}
