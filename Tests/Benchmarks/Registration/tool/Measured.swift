import Foundation

/// Wall and processor time of one stage.
struct Measured: Codable {
  var wall: Double
  var cpu: Double

  /// Runs `body`; its time is added to this.
  mutating func adding<Result>(_ body: () throws -> Result) rethrows -> Result {
    let (wall, cpu) = (ContinuousClock.now, clock())
    let result = try body()
    self.wall += (ContinuousClock.now - wall) / .seconds(1)
    self.cpu += Double(clock() - cpu) / Double(CLOCKS_PER_SEC)
    return result
  }

  /// Most memory the process ever held, in MiB (`VmHWM`), as peers' `ru_maxrss` counts it.
  static func peakMemory() -> Double? {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }
      .map { $0 / 1024 }
  }
}
