import Foundation

/// Wall time per stage of a run, and what was found ready in the store.
public final class StageClock {
  /// One finished stage.
  public struct Entry: Sendable, Hashable, Codable {
    public let stage: String
    /// The time point or cycle the stage worked on; `nil` when it worked on the whole course.
    public let part: String?
    public let seconds: Double
    /// Whether the result was found in the store instead of made.
    public let reused: Bool
  }

  public private(set) var entries: [Entry] = []
  private let clock = ContinuousClock()

  init() {}

  /// Times `work`; `work` says whether it reused an earlier result.
  func time<Value>(
    _ stage: String, part: String? = nil, _ work: () throws -> (value: Value, reused: Bool)
  ) rethrows -> Value {
    let start = clock.now
    let (value, reused) = try work()
    let elapsed = clock.now - start
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    entries.append(Entry(stage: stage, part: part, seconds: seconds, reused: reused))
    return value
  }
}

/// The largest resident memory of this process so far.
public enum PeakMemory {
  /// Megabytes (10⁶ bytes) as the Linux kernel counted them (`VmHWM`); `nil` where it does not.
  public static var megabytes: Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return nil
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Double($0.filter(\.isNumber)) }.map { $0 * 1024 / 1e6 }
  }
}
