import Foundation
import Geometry
import Phantoms
import Quantities
import Volumes

@testable import Registration

/// Two CTs, and where points of the first truly lie in the second.
struct CalibrationPair {
  let fixed: Volume<Hounsfield>
  let moving: Volume<Hounsfield>
  let frames: (FrameOfReference, FrameOfReference)
  let landmarks: [Landmark]

  struct Landmark {
    let tissue: String
    let here: PatientPoint
    let there: PatientPoint
  }

  /// A virtual course's baseline and follow-up at 2 × 2 × 3 mm.
  static func course(seed: UInt64, slides: Bool) throws -> CalibrationPair {
    var options = VirtualCourseOptions()
    (options.seed, options.slides) = (seed, slides)
    let course = VirtualCourse(options)
    let (base, visit) = (course.visits[0], course.visits[course.visits.count - 1])
    let moving = try course.ct(at: visit, on: grid(course, visit))
    let motion = course.motion(at: visit)
    return CalibrationPair(
      fixed: try course.ct(at: base, on: grid(course, base)), moving: moving,
      frames: (course.frame(of: base), course.frame(of: visit)),
      landmarks: points(of: course).map { Landmark(tissue: $0, here: $1, there: motion($1)) }
        .filter { moving.grid.contains($0.there) })
  }

  static func grid(_ course: VirtualCourse, _ visit: Visit) throws -> VoxelGrid {
    let coarse = try course.grids(at: visit).ct
    let spacing = SIMD3(2.0, 2, 3)
    let extent = coarse.spacing / spacing
    let size = SIMD3<Int>((0..<3).map { Int(Double(coarse.size[$0]) * extent[$0]) })
    return try VoxelGrid(size: size, spacing: spacing, origin: coarse.origin)
  }

  /// Every other anatomical landmark, 120 points inside the trunk, and 60 points on either side
  /// of the wall along which organs may slide.
  private static func points(of course: VirtualCourse) -> [(String, PatientPoint)] {
    var points = course.landmarks.enumerated().compactMap { n, landmark in
      n % 2 == 0 && abs(landmark.point.millimetres.z) < 300
        ? (landmark.kind.rawValue, landmark.point) : nil
    }
    var counts: [String: Int] = [:]
    var random = Gauss(seed: 77)
    for _ in 0..<60_000 {
      let p = PatientPoint(
        x: 90 * random.next(), y: 50 * random.next(), z: 130 * random.next())
      guard let region = course.region(at: p), ![.air, .bowel, .stomach].contains(region),
        let tissue = place(p.millimetres, counts)
      else { continue }
      counts[tissue, default: 0] += 1
      points.append((tissue, p))
    }
    return points
  }

  private static func place(_ p: SIMD3<Double>, _ counts: [String: Int]) -> String? {
    if counts["interior", default: 0] < 120 { return "interior" }
    guard abs(p.z - 40) < 110, abs(p.x) > 60 else { return nil }
    func inside(_ scale: Double) -> Bool { Breathing.isInsideWall(p.x * scale, p.y * scale) }
    let side =
      inside(1)
      ? (inside(1 / 0.86) ? nil : "inside wall")
      : (inside(1 / 1.14) ? "outside wall" : nil)
    return side.flatMap { counts[$0, default: 0] < 60 ? $0 : nil }
  }

  /// A pair written by `Tests/Benchmarks/LocalError/raw_pair.py`.
  static func raw(_ folder: URL) throws -> CalibrationPair {
    let truth = try JSONDecoder().decode(
      Truth.self, from: Data(contentsOf: folder.appending(path: "truth.json")))
    func point(_ p: [Double]) -> PatientPoint { PatientPoint(x: p[0], y: p[1], z: p[2]) }
    return CalibrationPair(
      fixed: try volume(folder, "base"), moving: try volume(folder, "fol"),
      frames: (FrameOfReference(uid: "1.1"), FrameOfReference(uid: "1.2")),
      landmarks: truth.landmarks.map {
        Landmark(tissue: $0.cls, here: point($0.baseline), there: point($0.followup))
      })
  }

  private struct Truth: Decodable {
    let landmarks: [Row]
    struct Row: Decodable {
      let cls: String
      let baseline, followup: [Double]
    }
  }

  private struct Head: Decodable {
    let size: [Int]
    let spacing, origin: [Double]
  }

  private static func volume(_ folder: URL, _ name: String) throws -> Volume<Hounsfield> {
    let head = try JSONDecoder().decode(
      Head.self, from: Data(contentsOf: folder.appending(path: name + ".json")))
    let data = try Data(contentsOf: folder.appending(path: name + ".raw"))
    let samples = stride(from: 0, to: data.count, by: 4).map { n in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[n + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: bits)
    }
    return try Volume(
      grid: VoxelGrid(
        size: SIMD3<Int>(head.size), spacing: SIMD3<Double>(head.spacing),
        origin: PatientPoint(x: head.origin[0], y: head.origin[1], z: head.origin[2])),
      samples: samples)
  }
}
