import DICOMIO
import Dosimetry
import Foundation
import Quantities

// What a course file says of how a SPECT was counted.

extension Course {
  static func addCounting(
    _ written: CourseFile.SPECTImaging?, to settings: inout DosimetrySettings
  ) throws(Problem) {
    settings.sensitivity = try written?.sensitivity.map(sensitivity)
    settings.deadTime = try written?.deadTime.map(deadTime)
    settings.decayReference = try written?.decayReference.map { text throws(Problem) in
      guard let reference = SPECTDecayReference(rawValue: text) else {
        throw Problem(
          entry: "spect.decayReference",
          reason: "'\(text)' is not start, administration or none")
      }
      return reference
    }
  }

  static func addCounting(
    _ entry: CourseFile.TimePoint, to point: inout TimePoint
  ) throws(Problem) {
    let name = "time point '\(entry.id)'"
    if let factor = entry.deadTimeFactor {
      guard (1...5).contains(factor) else {
        throw Problem(
          entry: "\(name).deadTimeFactor",
          reason: "\(factor) must lie between 1 and 5: true over observed counts")
      }
      point.deadTimeFactor = factor
    }
    if let text = entry.countRate {
      guard entry.deadTimeFactor == nil else {
        throw Problem(entry: "\(name).countRate", reason: "stands beside deadTimeFactor; give one")
      }
      point.countRate = try countRate(text, "\(name).countRate")
    }
    if let factor = entry.calibration, !(factor > 0 && factor.isFinite) {
      throw Problem(entry: "\(name).calibration", reason: "must be a positive number")
    }
  }

  /// A stated dead time acts at every dosimetry scan, so that none is left uncorrected unseen.
  static func checkCounting(
    _ points: [TimePoint], _ settings: DosimetrySettings
  ) throws(Problem) {
    guard let deadTime = settings.deadTime else { return }
    for point in points where point.role == .dosimetry && point.deadTimeFactor == nil {
      let entry = "time point '\(point.id)'.countRate"
      guard let rate = point.countRate else {
        guard point.totalActivity == nil else { continue }
        throw Problem(
          entry: entry,
          reason:
            "is missing: spect.deadTime is undone by the rate that the camera observed; write "
            + "countRate: 85 kcps, or deadTimeFactor: 1 where no counts were lost")
      }
      do throws(DosimetryError) { _ = try deadTime.trueRate(observed: rate) } catch {
        throw Problem(
          entry: entry,
          reason: error.description + "; or check spect.deadTime, and that the rate is that of its "
            + "energy window")
      }
    }
  }

  /// `9.5 cps/MBq`.
  private static func sensitivity(_ text: String) throws(Problem) -> Double {
    guard let number = number(text, unit: "cps/MBq") else {
      throw Problem(
        entry: "spect.sensitivity", reason: "'\(text)' is not like 9.5 cps/MBq")
    }
    return number
  }

  /// `85 kcps` in counts per second.
  private static func countRate(_ text: String, _ entry: String) throws(Problem) -> Double {
    if let thousands = number(text, unit: "kcps") { return thousands * 1000 }
    guard let rate = number(text, unit: "cps") else {
      throw Problem(entry: entry, reason: "'\(text)' is not like 85 kcps or 85000 cps")
    }
    return rate
  }

  /// `paralysable 0.55 us` or `non-paralysable 3 us`.
  private static func deadTime(_ text: String) throws(Problem) -> DeadTime {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    let microseconds =
      parts.count == 2 ? number(parts[1], unit: "us") ?? number(parts[1], unit: "µs") : nil
    switch (parts.first, microseconds) {
    case ("paralysable", let time?): return .paralysable(.seconds(time * 1e-6))
    case ("non-paralysable", let time?): return .nonParalysable(.seconds(time * 1e-6))
    default:
      throw Problem(
        entry: "spect.deadTime",
        reason: "'\(text)' is not like 'paralysable 0.55 us' or 'non-paralysable 3 us'")
    }
  }

  /// A positive number before a unit.
  private static func number(_ text: String, unit: String) -> Double? {
    guard text.hasSuffix(unit),
      let number = Double(text.dropLast(unit.count).filter { !$0.isWhitespace }), number > 0,
      number.isFinite
    else { return nil }
    return number
  }

  /// How a time point's SPECT becomes activity: its own entries first.
  func quantification(of point: TimePoint) -> SPECTQuantification {
    var result = SPECTQuantification()
    if let factor = point.calibration {
      result.calibration = .perCount(factor)
    } else if let total = point.totalActivity {
      result.calibration = .total(total)
    } else if let sensitivity = dosimetry.sensitivity {
      result.calibration = .sensitivity(sensitivity)
    }
    result.decayReference = dosimetry.decayReference
    result.radionuclide = point.role == .dosimetry ? agent?.radionuclide : nil
    result.administration = cycles.first { $0.number == point.cycle }?.at
    result.deadTimeFactor = point.deadTimeFactor ?? 1
    if let deadTime = dosimetry.deadTime, point.role == .dosimetry, point.deadTimeFactor == nil {
      result.observed = point.countRate.map { .init(deadTime: deadTime, countsPerSecond: $0) }
    }
    return result
  }
}
