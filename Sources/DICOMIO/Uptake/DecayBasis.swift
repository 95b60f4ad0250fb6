import Foundation

/// Dose left at the instant that each slice is decay corrected to.
struct DecayBasis {
  let rule: ReferenceTimeRule
  let referenceTime: Date?
  let candidates: [ReferenceTimes.Candidate]
  /// `nil` where only the dose counts and its time is not known.
  let injection: Injection?
  /// One per slice, in Bq.
  let doses: [Double]
  let warnings: [String]

  init(_ header: PETHeader) throws(DICOMReadError) {
    guard let correction = header.decayCorrection else {
      throw .missing(
        .decayCorrection, file: header.file,
        remedy: "Restore START, ADMIN or NONE; without it SUV would be a guess.")
    }
    switch correction {
    case "START": try self.init(toScanStart: header)
    case "ADMIN": try self.init(toAdministration: header)
    case "NONE": try self.init(uncorrected: header)
    default:
      throw .unusable(
        .decayCorrection, file: header.file, reason: "is none of START, ADMIN and NONE",
        remedy: "Reconstruct with decay correction to the start of the scan.")
    }
  }

  private init(toScanStart header: PETHeader) throws(DICOMReadError) {
    let times = try ReferenceTimes(header)
    let injection = try Injection(header, scan: times.chosen.instant)
    let dose = injection.dose(at: times.chosen.instant)
    rule = times.chosen.rule
    referenceTime = times.chosen.instant
    candidates = times.candidates
    doses = header.slices.map { _ in dose }
    warnings = injection.warnings + Self.lastResort(times.chosen.rule)
    self.injection = injection
  }

  /// Only the dose counts; when it was given is told where the header knows it.
  private init(toAdministration header: PETHeader) throws(DICOMReadError) {
    let (dose, doseWarning) = try Injection.dose(header)
    rule = .administration
    candidates = []
    doses = header.slices.map { _ in dose }
    do throws(DICOMReadError) {
      let scan = try ReferenceTimes(header).chosen.instant
      let injection = try Injection(header, scan: scan)
      referenceTime = injection.instant
      warnings = injection.warnings
      self.injection = injection
    } catch {
      referenceTime = nil
      warnings = [
        doseWarning, "the time of injection is not known (ADMIN needs none): \(error.message)",
      ].compactMap { $0 }
      injection = nil
    }
  }

  private init(uncorrected header: PETHeader) throws(DICOMReadError) {
    let scan = try ReferenceTimes(header).chosen.instant
    let injection = try Injection(header, scan: scan)
    rule = .perSlice
    referenceTime = nil
    candidates = []
    doses = try Self.dosesPerSlice(header, injection)
    warnings = injection.warnings
    self.injection = injection
  }

  private static func lastResort(_ rule: ReferenceTimeRule) -> [String] {
    rule == .earliestAcquisition
      ? [
        "the series time is later than the scan and Frame Reference Time does not help; "
          + "the earliest acquisition was taken as reference"
      ]
      : []
  }

  /// Not decay corrected: the slice shows the mean over its frame, which is the activity at the
  /// time of the average count rate.
  private static func dosesPerSlice(
    _ header: PETHeader, _ injection: Injection
  ) throws(DICOMReadError) -> [Double] {
    var doses: [Double] = []
    for slice in header.slices {
      guard let start = slice.acquisition else {
        throw .missing(
          .acquisitionTime, file: header.file,
          remedy: "A series without decay correction needs it in every slice.")
      }
      guard let duration = slice.frameDuration else {
        throw .missing(
          .frameDuration, file: header.file,
          remedy: "A series without decay correction needs it in every slice.")
      }
      let average = ReferenceTimes.averageCountRateTime(
        duration: duration, halfLife: injection.halfLife)
      doses.append(injection.dose(at: start.addingTimeInterval(average)))
    }
    return doses
  }
}
