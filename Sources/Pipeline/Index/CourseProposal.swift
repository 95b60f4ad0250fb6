import DICOMIO
import Foundation
import Geometry
import Quantities
import Response

/// A course as the headers of one patient's series tell it.
public struct CourseProposal {
  /// What the headers cannot say, from the command line.
  public struct Options: Sendable, Hashable {
    /// The course's own name in reports.
    public var id = "course"
    /// Limit pack to name in the course file.
    public var limits: String?
    /// Full width at half maximum of the site's PET and SPECT images: `6 mm`.
    public var petResolution: String?
    public var spectResolution: String?
    /// Within-subject variation and its source: `12 %`.
    public var repeatability: Repeatability?

    public init() {}

    /// What test-retest noise a site grants its tracer, and where that comes from.
    public struct Repeatability: Sendable, Hashable {
      public let variation: String
      public let source: String

      public init(variation: String, source: String) {
        self.variation = variation
        self.source = source
      }
    }
  }

  struct TimePoint: Encodable {
    let id: String
    let role: Course.Role
    let cycle: Int?
    let emission: String
    let isSPECT: Bool
    let ct: String?
    let structures: String?
    let tracer: String?
    let start: Date?

    enum CodingKeys: String, CodingKey {
      case id, role, cycle, emission, ct, structures, tracer
      case isSPECT = "is_spect"
    }

    var line: String {
      id.column(8) + role.rawValue.column(12) + (tracer ?? "").column(18)
        + "ct \(ct == nil ? "–" : "✓")  structures \(structures == nil ? "–" : "✓")"
    }
  }

  /// A series that no time point uses.
  struct LeftOut: Encodable {
    /// Its first file.
    let series: String
    let role: SeriesCatalogue.Role
    let files: Int
    let reason: String

    var line: String { "'\(PlainText.escaped(series))' (\(role.rawValue)): \(reason)" }
  }

  struct Cycle {
    let number: Int
    let activity: Activity
    let at: Date
  }

  let timePoints: [TimePoint]
  let cycles: [Cycle]
  let agent: String?
  let undecided: [String]
  let leftOut: [LeftOut]
  private let options: Options
  /// Folder of the course file.
  private let base: URL

  var hasTimePoints: Bool { !timePoints.isEmpty }

  /// - Parameter remarks: What is open about the folder as a whole.
  init(
    _ patient: SeriesCatalogue.Patient, folder: URL, base: URL, options: Options,
    remarks: [String] = []
  ) {
    (self.options, self.base) = (options, base)
    var draft = CourseDraft(patient, folder: folder, base: base)
    draft.decide()
    timePoints = draft.timePoints
    cycles = draft.cycles
    agent = draft.agent
    undecided = remarks + draft.undecided
    leftOut = draft.leftOut
  }

  static func day(_ date: Date) -> String {
    date.formatted(.iso8601.year().month().day())
  }

  // MARK: The course file

  /// The proposal as a course file with comments.
  var yaml: String {
    var lines = [
      "# Proposed from DICOM headers. Check it, then: theratrack run course.yaml",
      "theratrack: \(Course.formatVersion)", "id: \(options.id)",
    ]
    if let agent {
      lines.append("agent: {radionuclide: \(agent), ligand: \(ligand)}")
    }
    if !cycles.isEmpty {
      lines.append("cycles:")
      lines += cycles.map {
        let activity = Self.text($0.activity)
        return "  - {number: \($0.number), activity: \(activity), "
          + "at: \"\($0.at.formatted(.iso8601))\"}"
      }
    }
    lines.append("timePoints:")
    lines += timePoints.map(entry)
    if let reference = timePoints.first(where: { $0.role == .baseline }) {
      lines.append("reference: \(reference.id)")
    }
    lines += settings + criteria
    if !undecided.isEmpty {
      lines += ["", "# Undecided:"] + undecided.map { "#   \(PlainText.escaped($0))" }
    }
    if !leftOut.isEmpty { lines += ["", "# Left out:"] + leftOut.map { "#   \($0.line)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  /// To a thousandth of the unit: an alpha emitter is given in MBq.
  private static func text(_ activity: Activity) -> String {
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    return activity.gigabecquerels < 0.1
      ? "\(rounded(activity.megabecquerels)) MBq" : "\(rounded(activity.gigabecquerels)) GBq"
  }

  private var ligand: String {
    let tracer = timePoints.first { $0.role == .dosimetry }?.tracer ?? ""
    let words = tracer.split(separator: " ").dropFirst()
    return words.isEmpty ? "unknown" : YAMLText.scalar(words.joined(separator: " "))
  }

  private func entry(_ point: TimePoint) -> String {
    var parts = ["id: \(point.id)", "role: \(point.role.rawValue)"]
    if let cycle = point.cycle { parts.append("cycle: \(cycle)") }
    parts.append("\(point.isSPECT ? "spect" : "pet"): \(YAMLText.quoted(point.emission))")
    if let ct = point.ct { parts.append("ct: \(YAMLText.quoted(ct))") }
    if let structures = point.structures {
      parts.append("structures: \(YAMLText.quoted(structures))")
    }
    if let tracer = point.tracer { parts.append("tracer: \(YAMLText.scalar(tracer))") }
    return "  - {\(parts.joined(separator: ", "))}"
  }

  /// Criteria made for the baseline's tracer. Those with a rule known from code only are proposed
  /// as comments, for a person to take in.
  private var criteria: [String] {
    let library = PackLibrary(beside: base)
    let tracer = timePoints.first { $0.role == .baseline }?.tracer
    guard let pack = try? library.tracer(named: tracer) else {
      return ["# criteria: [percist-1.0]   # response criteria; 'theratrack plugins list' has them"]
    }
    let packs = pack.criteria.compactMap { try? library.criteria($0) }
    let sound = packs.filter { $0.leastConfidence >= .secondary }
    let others = packs.filter { $0.leastConfidence < .secondary }
    var lines = ["criteria: [\(sound.map(\.id).joined(separator: ", "))]"]
    if !others.isEmpty {
      lines.append(
        "#   also for \(pack.name), with rules known from code only or chosen: "
          + others.map(\.id).joined(separator: ", "))
    }
    if pack.repeatability.isEmpty, let reason = pack.noVariation {
      lines.append("# \(pack.name): \(reason)")
    }
    return lines
  }

  private var settings: [String] {
    var lines: [String] = []
    func setting(_ value: String?, _ name: String, _ hint: String) {
      lines.append(value.map { "\(name): \($0)" } ?? "# \(name): \(hint)")
    }
    setting(
      options.petResolution.map { "{resolution: \($0)}" }, "pet",
      "{resolution: 6 mm}    # full width at half maximum; without it no recovery")
    setting(
      options.spectResolution.map { "{resolution: \($0)}" }, "spect",
      "{resolution: 10 mm}   # without it SPECT activities are not corrected for spill-out")
    setting(
      options.repeatability.map {
        "{withinSubjectVariation: \($0.variation), source: \"\($0.source)\"}"
      }, "repeatability",
      "{withinSubjectVariation: 12 %, source: \"…\"}   # where the literature has none")
    setting(
      options.limits, "limits", "plugins/limits/lu177-kidney-marrow.yaml   # needed for planning")
    return lines
  }
}
