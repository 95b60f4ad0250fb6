import Foundation
import Quantities

extension Course {
  static func dosimetry(
    _ written: CourseFile.Dosimetry?, spect: CourseFile.SPECTImaging?, folder: URL
  ) throws(Problem) -> DosimetrySettings {
    var settings = DosimetrySettings()
    settings.recovery = try recovery(spect?.recovery, "spect.recovery", folder: folder)
    try addCounting(spect, to: &settings)
    guard let written else { return settings }
    if let rbe = written.rbe {
      guard (1...50).contains(rbe) else {
        throw Problem(entry: "dosimetry.rbe", reason: "\(rbe) must lie between 1 and 50")
      }
      settings.rbe = rbe
    }
    settings.crossDose = written.crossDose.map { resolve($0, in: folder) }
    if let source = written.crossDoseSource { settings.crossDoseSource = source }
    for (region, text) in (written.halfLifePriors ?? [:]).sorted(by: { $0.key < $1.key }) {
      settings.halfLifePriors[region] = try halfLife(text, "dosimetry.halfLifePriors.\(region)")
    }
    if let text = written.betweenCycles {
      settings.betweenCycles = try percentage(text, "dosimetry.betweenCycles")
    }
    if let text = written.calibrationUncertainty {
      settings.calibrationUncertainty = try percentage(text, "dosimetry.calibrationUncertainty")
    }
    if let text = written.recoveryUncertainty {
      settings.recoveryUncertainty = try percentage(text, "dosimetry.recoveryUncertainty")
    }
    return settings
  }

  static func voxelDose(_ written: CourseFile.Dose?) throws(Problem) -> DoseMapSettings? {
    guard let written else { return nil }
    guard let method = DoseMapSettings.Method(rawValue: written.voxel) else {
      let known = DoseMapSettings.Method.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(entry: "dose.voxel", reason: "'\(written.voxel)' is not one of \(known)")
    }
    var settings = DoseMapSettings()
    settings.method = method
    if let text = written.timeActivity {
      guard let choice = DoseMapSettings.TimeActivity(rawValue: text) else {
        throw Problem(
          entry: "dose.timeActivity", reason: "'\(text)' is neither shared nor fitted")
      }
      settings.timeActivity = choice
    }
    if let decays = written.decays { settings.decays = decays }
    if let seed = written.seed { settings.seed = seed }
    guard DoseMapSettings.allowedDecays.contains(settings.decays) else {
      throw Problem(
        entry: "dose.decays", reason: "must lie between 1000 and 1000000000, not \(settings.decays)"
      )
    }
    return settings
  }

  /// `50 h, 20 %`.
  private static func halfLife(
    _ text: String, _ entry: String
  ) throws(Problem) -> DosimetrySettings.HalfLife {
    let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.count == 2, let time = try? Duration(text: parts[0]), time > .zero else {
      throw Problem(
        entry: entry, reason: "'\(text)' is not a half-life and its variation; write 50 h, 20 %")
    }
    return DosimetrySettings.HalfLife(
      hours: time.inHours, variation: try percentage(parts[1], entry))
  }
}
