import Foundation
import Quantities
import Response

// Each entry of the course file, from text to checked value.

extension Course {
  static func agent(_ written: CourseFile.Agent?) throws(Problem) -> Agent? {
    guard let written else { return nil }
    guard let nuclide = Radionuclide(symbol: written.radionuclide) else {
      throw Problem(
        entry: "agent.radionuclide",
        reason: "'\(written.radionuclide)' is not in the table; known are "
          + Radionuclide.all.map(\.symbol).joined(separator: ", "))
    }
    return Agent(radionuclide: nuclide, ligand: written.ligand)
  }

  static func patient(_ written: CourseFile.Patient?) throws(Problem) -> PatientFacts {
    var facts = PatientFacts()
    if let text = written?.weight { facts.weight = try quantity(text, "patient.weight") }
    if let text = written?.height { facts.height = try quantity(text, "patient.height") }
    if let text = written?.sex {
      guard let sex = Sex(rawValue: text) else {
        throw Problem(entry: "patient.sex", reason: "'\(text)' is not F, M or O")
      }
      facts.sex = sex
    }
    if let weight = facts.weight, !(2...350).contains(weight.kilograms) {
      throw Problem(entry: "patient.weight", reason: "must lie between 2 and 350 kg")
    }
    if let height = facts.height, !(0.4...2.5).contains(height.metres) {
      throw Problem(entry: "patient.height", reason: "must lie between 0.4 and 2.5 m")
    }
    return facts
  }

  static func cycles(
    _ written: [CourseFile.Cycle], folder: URL
  ) throws(Problem) -> [Cycle] {
    var cycles: [Cycle] = []
    for entry in written {
      let name = "cycle \(entry.number)"
      guard let at = date(entry.at) else {
        throw Problem(
          entry: "\(name).at",
          reason: "'\(entry.at)' is not a time with its zone; write 2026-01-12T09:30:00+01:00")
      }
      guard !cycles.contains(where: { $0.number == entry.number }) else {
        throw Problem(entry: name, reason: "is listed twice")
      }
      let activity: Activity = try quantity(entry.activity, "\(name).activity")
      guard activity > .zero else {
        throw Problem(entry: "\(name).activity", reason: "must be positive")
      }
      cycles.append(
        Cycle(
          number: entry.number, activity: activity, at: at,
          planar: try entry.planar.map { text throws(Problem) in
            try planar(resolve(text, in: folder), "\(name).planar")
          }))
    }
    return cycles.sorted { $0.number < $1.number }
  }

  private static func planar(_ file: URL, _ entry: String) throws(Problem) -> PlanarFile {
    do throws(TableError) { return try PlanarFile(file) } catch {
      throw Problem(entry: entry, error)
    }
  }

  /// Planar values have no level of their own.
  static func checkPlanar(_ cycles: [Cycle], _ points: [TimePoint]) throws(Problem) {
    for cycle in cycles where cycle.planar != nil {
      guard points.contains(where: { $0.role == .dosimetry && $0.cycle == cycle.number }) else {
        throw Problem(
          entry: "cycle \(cycle.number).planar",
          reason:
            "has no SPECT beside it: planar values give no absolute activity by themselves; add "
            + "a dosimetry time point of the cycle")
      }
    }
  }

  static func timePoints(
    _ written: [CourseFile.TimePoint], cycles: [Cycle], folder: URL
  ) throws(Problem) -> [TimePoint] {
    guard !written.isEmpty else {
      throw Problem(entry: "timePoints", reason: "there is none; at least a baseline is needed")
    }
    var points: [TimePoint] = []
    for entry in written {
      guard !points.contains(where: { $0.id == entry.id }) else {
        throw Problem(entry: "time point '\(entry.id)'", reason: "is listed twice")
      }
      points.append(try timePoint(entry, cycles: cycles, folder: folder))
    }
    return points
  }

  private static func timePoint(
    _ entry: CourseFile.TimePoint, cycles: [Cycle], folder: URL
  ) throws(Problem) -> TimePoint {
    let name = "time point '\(entry.id)'"
    let allowed = entry.id.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
    }
    guard !entry.id.isEmpty, allowed else {
      throw Problem(entry: name, reason: "an id has ASCII letters, digits, - and _ only")
    }
    guard let role = Role(rawValue: entry.role) else {
      throw Problem(
        entry: "\(name).role",
        reason: "'\(entry.role)' is not baseline, dosimetry or follow-up")
    }
    if role == .dosimetry {
      guard let cycle = entry.cycle, cycles.contains(where: { $0.number == cycle }) else {
        throw Problem(
          entry: "\(name).cycle", reason: "a dosimetry time point names one of the cycles")
      }
    }
    guard let emission = entry.pet ?? entry.spect else {
      throw Problem(entry: name, reason: "has neither pet nor spect")
    }
    var point = TimePoint(
      id: entry.id, role: role, cycle: entry.cycle, emission: resolve(emission, in: folder),
      ct: entry.ct.map { resolve($0, in: folder) },
      structures: entry.structures.map { resolve($0, in: folder) }, tracer: entry.tracer,
      calibration: entry.calibration,
      totalActivity: try entry.totalActivity.map { text throws(Problem) in
        let activity: Activity = try quantity(text, "\(name).totalActivity")
        guard activity > .zero else {
          throw Problem(entry: "\(name).totalActivity", reason: "must be positive")
        }
        return activity
      })
    try addCounting(entry, to: &point)
    try addCriteriaFacts(entry, to: &point)
    return point
  }

  /// Written instead of an id: the diagnostic time point nearest to the mean of all.
  private static let mean = "mean"

  /// - Returns: With `mean`, the time point to start from.
  static func reference(
    _ written: String?, among points: [TimePoint]
  ) throws(Problem) -> (id: String, isMean: Bool) {
    guard let written else {
      guard let first = points.first(where: { $0.role == .baseline }) else {
        throw Problem(
          entry: "reference", reason: "is missing and no time point has the role baseline")
      }
      return (first.id, false)
    }
    if points.contains(where: { $0.id == written }) { return (written, false) }
    guard written == mean else {
      throw Problem(
        entry: "reference", reason: "'\(written)' is neither the id of a time point nor mean")
    }
    let choices = points.filter(\.mayBeMean)
    guard choices.count > 2 else {
      throw Problem(
        entry: "reference",
        reason:
          "'mean' needs three diagnostic time points with a CT, not \(choices.count); name one")
    }
    return (choices[0].id, true)
  }

  static func lesions(
    _ written: CourseFile.Lesions?, folder: URL
  ) throws(Problem) -> LesionSettings {
    var settings = LesionSettings()
    if let rule = written?.rule { settings.rule = try outlineRule(rule, "lesions.rule") }
    settings.edits = written?.edits.map { resolve($0, in: folder) }
    if let text = written?.split { settings.splitDepth = try splitDepth(text) }
    if let seed = written?.seed {
      switch try outlineRule(seed, "lesions.seed") {
      case .liver: settings.seed = .liver
      case .fixedSUV(let suv): settings.seed = .fixedSUV(suv)
      default: throw Problem(entry: "lesions.seed", reason: "is not 'SUV 4' or 'liver'")
      }
    }
    if let text = written?.minimumVolume {
      settings.minimumVolume = try quantity(text, "lesions.minimumVolume")
    }
    for entry in written?.exclude ?? [] {
      guard entry.centre.count == 3 else {
        throw Problem(
          entry: "lesions.exclude.centre", reason: "is three numbers, x, y, z in mm (LPS)")
      }
      settings.exclusions.append(
        Exclusion(
          centre: SIMD3(entry.centre[0], entry.centre[1], entry.centre[2]),
          radius: try quantity(entry.radius, "lesions.exclude.radius"), reason: entry.reason))
    }
    return settings
  }

  static func repeatability(
    _ written: CourseFile.Repeatability?
  ) throws(Problem) -> SiteRepeatability? {
    guard let written else { return nil }
    return SiteRepeatability(
      withinSubjectVariation: try percentage(
        written.withinSubjectVariation, "repeatability.withinSubjectVariation"),
      acrossScanners: try written.acrossScanners.map { text throws(Problem) in
        try percentage(text, "repeatability.acrossScanners")
      },
      variationOfVolume: try written.variationOfVolume.map { text throws(Problem) in
        try percentage(text, "repeatability.variationOfVolume")
      }, source: written.source)
  }

  /// `12 %` as 0.12.
  static func percentage(_ text: String, _ entry: String) throws(Problem) -> Double {
    guard text.hasSuffix("%"),
      let percent = Double(text.dropLast().filter { !$0.isWhitespace }), percent > 0, percent < 200
    else {
      throw Problem(entry: entry, reason: "'\(text)' is not a percentage; write 12 %")
    }
    return percent / 100
  }

  private static func outlineRule(
    _ text: String, _ entry: String
  ) throws(Problem) -> LesionSettings.Rule {
    guard let rule = LesionSettings.Rule(text: text) else {
      throw Problem(
        entry: entry, reason: "'\(text)' is not one of \(LesionSettings.Rule.forms)")
    }
    return rule
  }

  /// `25 %`, or `no`.
  private static func splitDepth(_ text: String) throws(Problem) -> Double? {
    if ["no", "false"].contains(text.lowercased()) { return nil }
    guard text.hasSuffix("%"), let percent = Double(text.dropLast().filter { $0 != " " }),
      percent > 0, percent < 100
    else {
      throw Problem(
        entry: "lesions.split", reason: "'\(text)' is neither a depth such as 25 % nor 'no'")
    }
    return percent / 100
  }

  /// An ISO 8601 time with its zone, with or without fractions of a second.
  static func date(_ text: String) -> Date? {
    (try? Date(text, strategy: .iso8601))
      ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
  }
}
