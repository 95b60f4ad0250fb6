public import Foundation
public import Quantities

/// One imaging visit of a virtual course: what is imaged, when, and after which injection.
public struct Visit: Sendable, Hashable {
  /// Short name: `base`, `c1h24`, `fu1`.
  public let id: String
  public let role: Role
  /// The therapy cycle a dosimetry visit belongs to, from 1.
  public let cycle: Int?
  public let injection: Date
  public let injectedActivity: Activity
  /// Start of the emission scan. Images are decay-corrected to this time.
  public let scanStart: Date
  public let patientWeight: Mass
  public let tracer: Radionuclide

  public enum Role: String, Sendable, Hashable, Codable {
    case baseline, dosimetry
    case followUp = "follow-up"
  }

  public var isDiagnostic: Bool { role != .dosimetry }
  public var sinceInjection: Duration { .seconds(scanStart.timeIntervalSince(injection)) }
}

/// How large and how noisy a virtual course is.
public struct VirtualCourseOptions: Sendable, Hashable, Codable {
  /// Everything random follows from it; it also names the patient.
  public var seed: UInt64 = 7
  public var size = Size.small
  /// Adds CT, PET and SPECT noise.
  public var noise = true
  /// Blurs PET and SPECT by their point spread functions.
  public var resolution = true
  /// Number of therapy cycles between baseline and follow-up.
  public var cycles = 1
  public var nuclide = TherapyNuclide.lutetium177
  /// Lungs, liver, spleen and stomach slide along the chest wall with the breath; otherwise the
  /// motion fades smoothly towards it.
  public var slides = false

  public init() {}

  public enum Size: String, Sendable, Hashable, Codable, CaseIterable {
    /// For tests: the whole course under 40 MB.
    case small
    /// As a hospital scans: CT 512 × 512 × 250 at 0.98 × 0.98 × 3 mm.
    case clinical
  }
}

extension Visit {
  /// Monday 12 January 2026, 00:00 UTC: the day of the first cycle.
  private static let firstCycleDay = Date(timeIntervalSince1970: 1_768_176_000)
  /// What is given falls from cycle to cycle, as real syringes differ.
  private static let lessPerCycle = 12.0 / 7400

  /// Baseline two weeks before cycle 1, SPECT/CT about 4, 24 and 96 h into each cycle, cycles
  /// eight weeks apart, follow-up eight weeks after the last.
  static func schedule(cycles: Int, nuclide: TherapyNuclide) -> [Visit] {
    var visits = [diagnostic("base", .baseline, day: -14, activity: 152, minutes: 62, weight: 71)]
    for cycle in 0..<cycles {
      let injection = firstCycleDay.addingTimeInterval(Double(cycle * 56 * 24 + 9) * 3600 + 1800)
      for (label, hours) in [(4, 4.05), (24, 23.8), (96, 95.6)] {
        visits.append(
          Visit(
            id: "c\(cycle + 1)h\(label)", role: .dosimetry, cycle: cycle + 1,
            injection: injection,
            injectedActivity: nuclide.activity * (1 - Self.lessPerCycle * Double(cycle)),
            scanStart: injection.addingTimeInterval(hours * 3600),
            patientWeight: .kilograms(70.8 - 0.4 * Double(cycle)),
            tracer: nuclide.radionuclide))
      }
    }
    visits.append(
      diagnostic(
        "fu1", .followUp, day: cycles * 56, activity: 147, minutes: 66,
        weight: 70.6 - 0.4 * Double(cycles)))
    return visits
  }

  private static func diagnostic(
    _ id: String, _ role: Role, day: Int, activity: Double, minutes: Double, weight: Double
  ) -> Visit {
    let injection = firstCycleDay.addingTimeInterval(Double(day * 24 + 10) * 3600 + 300)
    return Visit(
      id: id, role: role, cycle: nil, injection: injection,
      injectedActivity: .megabecquerels(activity),
      scanStart: injection.addingTimeInterval(minutes * 60), patientWeight: .kilograms(weight),
      tracer: .gallium68)
  }
}
