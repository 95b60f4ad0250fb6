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
    try header.settle([.decayCorrection])
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
    warnings = injection.warnings + times.warnings
    self.injection = injection
  }

  /// Only the dose counts; when it was given is told where the header knows it.
  private init(toAdministration header: PETHeader) throws(DICOMReadError) {
    let (dose, doseWarnings) = try Injection.dose(header)
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
      warnings =
        doseWarnings + [
          "the time of injection is not known (ADMIN needs none): \(error.message)"
        ]
      injection = nil
    }
  }

  private init(uncorrected header: PETHeader) throws(DICOMReadError) {
    let halfLife = try Injection.halfLife(header)
    let instants = try Self.instants(header, halfLife: halfLife)
    // The first frame decides which day the injection was on.
    guard let scan = header.earliestAcquisition ?? instants.min() else {
      throw .nothingFound(file: header.file, what: "slices")
    }
    let injection = try Injection(header, scan: scan)
    rule = .perSlice
    referenceTime = nil
    candidates = []
    doses = instants.map { injection.dose(at: $0) }
    warnings = injection.warnings
    self.injection = injection
  }

  /// Not decay corrected: a slice shows the mean over its frame, which is the activity at the time
  /// of the average count rate. Enhanced objects state that time.
  private static func instants(
    _ header: PETHeader, halfLife: Double
  ) throws(DICOMReadError) -> [Date] {
    var instants: [Date] = []
    for slice in header.slices {
      if let stated = slice.frameReference {
        instants.append(stated)
        continue
      }
      guard let start = slice.acquisition else {
        throw .missing(
          .acquisitionTime, file: header.file,
          remedy: "A series without decay correction needs it in every slice.")
      }
      guard let duration = slice.frameDuration, duration > 0 else {
        throw .missing(
          .frameDuration, file: header.file,
          remedy: "A series without decay correction needs it in every slice.")
      }
      let average = FrameReference.averageCountRateTime(duration: duration, halfLife: halfLife)
      instants.append(start.addingTimeInterval(average))
    }
    return instants
  }
}
