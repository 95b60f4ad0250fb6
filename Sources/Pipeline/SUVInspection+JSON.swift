import DICOMIO
public import Foundation

extension SUVInspection: Encodable {
  private enum Key: String, CodingKey {
    case units
    case suvType = "suv_type"
    case decayCorrection = "decay_correction"
    case patientWeightPresent = "patient_weight_present"
    case files
    case size = "size_voxels"
    case factor = "suvbw_factor_g_per_Bq"
    case min = "suv_min"
    case median = "suv_median"
    case mean = "suv_mean"
    case max = "suv_max"
    case meanAboveZero = "suv_mean_above_zero"
    case voxels
    case voxelsAboveZero = "voxels_above_zero"
    case rule = "reference_time_rule"
    case referenceTime = "reference_time"
    case clock
    case candidates, warnings, regions
    case type = "type_shown"
    case unit, types, overrides, frame
    case reason = "reference_time_reason"
    case injection = "injection_time"
    case rulesVersion = "rules_version"
  }

  /// The report as JSON with sorted keys; `null` stands for what is not known.
  public func json() throws -> Data { try Self.encoder.encode(self) }

  fileprivate static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(units, forKey: .units)
    try container.encode(suvType, forKey: .suvType)
    try container.encode(decayCorrection, forKey: .decayCorrection)
    try container.encode(hasPatientWeight, forKey: .patientWeightPresent)
    try container.encode(files, forKey: .files)
    try container.encode(size, forKey: .size)
    try container.encode(bodyWeightFactor, forKey: .factor)
    // Minimum and median are of the voxels above zero, mean and maximum of all.
    try container.encode(aboveZero?.min, forKey: .min)
    try container.encode(aboveZero?.median, forKey: .median)
    try container.encode(aboveZero?.mean, forKey: .meanAboveZero)
    try container.encode(statistics.voxels, forKey: .voxels)
    try container.encode(aboveZero?.voxels ?? 0, forKey: .voxelsAboveZero)
    try container.encode(statistics.mean, forKey: .mean)
    try container.encode(statistics.max, forKey: .max)
    try container.encode(conversion.rule, forKey: .rule)
    try container.encode(conversion.referenceTime.map(clockText), forKey: .referenceTime)
    try container.encode(timesAreUTC ? "UTC" : "scanner", forKey: .clock)
    try container.encode(
      conversion.candidates.map {
        CandidateEntry(
          candidate: $0, bodyWeight: bodyWeightFactor(under: $0), maximum: maximum(under: $0))
      }, forKey: .candidates)
    try container.encode(warnings, forKey: .warnings)
    try container.encode(regions.map(RegionEntry.init), forKey: .regions)
    try encodeRequest(to: &container)
  }

  private func encodeRequest(to container: inout KeyedEncodingContainer<Key>) throws {
    try container.encode(conversion.type, forKey: .type)
    try container.encode(conversion.type.unit, forKey: .unit)
    try container.encode(normalisations.map(TypeEntry.init), forKey: .types)
    try container.encode(overrides, forKey: .overrides)
    try container.encode(frame.map(FrameEntry.init), forKey: .frame)
    try container.encode(conversion.rule.reason, forKey: .reason)
    try container.encode(conversion.injection.map(clockText), forKey: .injection)
    try container.encode(SUVConversion.rulesVersion, forKey: .rulesVersion)
  }
}

/// One candidate reference time as written to JSON.
private struct CandidateEntry: Encodable {
  private enum Key: String, CodingKey {
    case rule
    case referenceTime = "reference_time"
    case difference = "difference_s"
    case factor = "suvbw_factor_g_per_Bq"
    case shown = "factor"
    case maximum = "suv_max"
  }

  let candidate: SUVConversion.Candidate
  let bodyWeight: Double?
  let maximum: Double?

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(candidate.rule, forKey: .rule)
    try container.encode(clockText(candidate.referenceTime), forKey: .referenceTime)
    try container.encode(candidate.secondsFromUsed, forKey: .difference)
    try container.encode(bodyWeight, forKey: .factor)
    try container.encode(candidate.factor, forKey: .shown)
    try container.encode(maximum, forKey: .maximum)
  }
}

/// One normalisation as written to JSON.
private struct TypeEntry: Encodable {
  private enum Key: String, CodingKey {
    case type, unit, factor, min, median, mean, max, refused
    case dicomTerm = "dicom_suv_type"
  }

  let shown: SUVInspection.Normalisation

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(shown.type, forKey: .type)
    try container.encode(shown.type.dicomTerm, forKey: .dicomTerm)
    try container.encode(shown.type.unit, forKey: .unit)
    try container.encode(shown.factor, forKey: .factor)
    try container.encode(shown.min, forKey: .min)
    try container.encode(shown.median, forKey: .median)
    try container.encode(shown.mean, forKey: .mean)
    try container.encode(shown.max, forKey: .max)
    try container.encode(shown.refusal, forKey: .refused)
  }
}

/// The time frame that was picked, as written to JSON.
private struct FrameEntry: Encodable {
  private enum Key: String, CodingKey {
    case number, count
    case start = "start_s"
    case duration = "duration_s"
  }

  let frame: SUVInspection.Frame

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(frame.number, forKey: .number)
    try container.encode(frame.count, forKey: .count)
    try container.encode(frame.start, forKey: .start)
    try container.encode(frame.duration, forKey: .duration)
  }
}

/// One region as written to JSON.
private struct RegionEntry: Encodable {
  private enum Key: String, CodingKey {
    case name, voxels
    case volume = "volume_mL"
    case mean = "suv_mean"
    case max = "suv_max"
  }

  let region: SUVInspection.Region

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(region.name, forKey: .name)
    try container.encode(region.voxels, forKey: .voxels)
    try container.encode(region.volume, forKey: .volume)
    try container.encode(region.statistics?.mean, forKey: .mean)
    try container.encode(region.statistics?.max, forKey: .max)
  }
}

/// ISO 8601 without a zone; the report's `clock` says which clock it is.
private func clockText(_ instant: Date) -> String {
  let text = instant.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
  return text.hasSuffix("Z") ? String(text.dropLast()) : text
}
