import Foundation
import Geometry
import Registration
import Volumes

/// Registers one pair that lies in memory, as the peers are timed, and prints what came of it.
@main
struct BenchRegistration {
  /// What is printed, as one line of JSON.
  struct Report: Encodable {
    var pyramids = Measured(wall: 0, cpu: 0)
    var rigid = Measured(wall: 0, cpu: 0)
    var deformable = Measured(wall: 0, cpu: 0)
    var peak_mb: Double?
    /// Each landmark in the moving frame, in order.
    var points: [[Double]] = []
    /// Of the map's bits: the same for the same map, whatever the number of threads.
    var digest = ""
    var checks: MapChecks?
  }

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 2 else { throw BenchmarkError.usage }
    let words = Array(arguments)
    if words.count == 4, words[1] == "phantom", let seed = UInt64(words[2]) {
      try OwnPhantom(seed: seed, slides: words[3] == "sliding").write(to: URL(filePath: words[0]))
      return
    }
    let pair = try CTPair(folder: URL(filePath: words[0]))
    let report = try run(pair, words[1], checked: words.contains("--check"))
    print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
  }

  private static func run(_ pair: CTPair, _ method: String, checked: Bool) throws -> Report {
    var (report, settings) = (Report(), RigidSettings())
    if method == "rigid-body" { settings.follows = .body }
    let finest: Double? = method.hasPrefix("rigid") ? nil : 2
    let (fixed, moving) = try report.pyramids.adding {
      (
        try CTPyramid(pair.fixed, role: .fixed, finestSpacing: finest),
        try CTPyramid(pair.moving, role: .moving, finestSpacing: finest)
      )
    }
    let (from, to) = (FrameOfReference(uid: "base"), FrameOfReference(uid: "fol"))
    let link = try report.rigid.adding {
      if method == "rigid-assessed" {
        return try RigidRegistration.register(
          fixed: fixed, fixedFrame: from, moving: moving, movingFrame: to
        ).fixedToMoving
      }
      return try RigidRegistration.transform(
        fixed: fixed, fixedFrame: from, moving: moving, movingFrame: to, settings: settings)
        ?? .identity(from: from, to: to)
    }
    if method.hasPrefix("rigid") {
      report.finish(pair.landmarks.map { link($0) })
      return report
    }
    let field = try report.deformable.adding {
      try DeformableRegistration.register(fixed: fixed, moving: moving, start: link)
    }
    report.finish(pair.landmarks.map { field($0) })
    report.digest = MapDigest(field).text
    if checked { report.checks = try MapChecks(field, on: pair.fixed.grid) }
    return report
  }
}

extension BenchRegistration.Report {
  /// Takes down the memory before anything else is done, then the mapped landmarks.
  mutating func finish(_ mapped: [PatientPoint]) {
    peak_mb = Measured.peakMemory()
    points = mapped.map(\.millimetres).map { [$0.x, $0.y, $0.z] }
    digest = MapDigest(points: mapped).text
  }
}
