import Foundation
import Geometry
import Phantoms
import Quantities
import Testing
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
      landmarks: course.checkPoints(seed: 77).map {
        Landmark(tissue: $0.place.rawValue, here: $0.point, there: motion($0.point))
      }
      .filter { moving.grid.contains($0.there) })
  }

  static func grid(_ course: VirtualCourse, _ visit: Visit) throws -> VoxelGrid {
    let coarse = try course.grids(at: visit).ct
    let spacing = SIMD3(2.0, 2, 3)
    let extent = coarse.spacing / spacing
    let size = SIMD3<Int>((0..<3).map { Int(Double(coarse.size[$0]) * extent[$0]) })
    return try VoxelGrid(size: size, spacing: spacing, origin: coarse.origin)
  }

  /// One grid of a pair of `make bench-registration`.
  static func stored(_ folder: URL) throws -> CalibrationPair {
    let truth = try JSONDecoder().decode(
      Truth.self, from: Data(contentsOf: folder.appending(path: "truth.json")))
    let heads = try JSONDecoder().decode(
      [String: Head].self, from: Data(contentsOf: folder.appending(path: "geometry.json")))
    func point(_ p: [Double]) -> PatientPoint { PatientPoint(x: p[0], y: p[1], z: p[2]) }
    func volume(_ name: String) throws -> Volume<Hounsfield> {
      let head = try #require(heads[name])
      return try self.volume(folder.appending(path: name + ".f32"), head)
    }
    return CalibrationPair(
      fixed: try volume("base"), moving: try volume("fol"),
      frames: (FrameOfReference(uid: "1.1"), FrameOfReference(uid: "1.2")),
      landmarks: truth.landmarks.map {
        Landmark(tissue: $0.tissue, here: point($0.baseline), there: point($0.followup))
      })
  }

  private struct Truth: Decodable {
    let landmarks: [Row]
    struct Row: Decodable {
      let tissue: String
      let baseline, followup: [Double]
    }
  }

  private struct Head: Decodable {
    let size: [Int]
    let spacing_mm, origin_mm: [Double]
  }

  private static func volume(_ file: URL, _ head: Head) throws -> Volume<Hounsfield> {
    let data = try Data(contentsOf: file)
    let samples = stride(from: 0, to: data.count, by: 4).map { n in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[n + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: bits)
    }
    return try Volume(
      grid: VoxelGrid(
        size: SIMD3<Int>(head.size), spacing: SIMD3<Double>(head.spacing_mm),
        origin: PatientPoint(x: head.origin_mm[0], y: head.origin_mm[1], z: head.origin_mm[2])),
      samples: samples)
  }

  /// The same anatomy moved by known waves, with more noise: motion of neither phantom's kind.
  func waved(seed: UInt64, noise: Float) throws -> CalibrationPair {
    let rigid = RigidTransform(
      from: frames.0, to: frames.1, rotationVector: [0.03, -0.02, 0.04], about: fixed.grid.centre,
      translation: [7, -5, 9])
    let motion = KnownMotion(rigid, deformation: 4, seed: seed)
    return try CalibrationPair(
      fixed: fixed,
      moving: motion.carried(fixed, onto: fixed.grid, outside: .hounsfieldUnits(-1000)),
      frames: frames,
      landmarks: landmarks.map {
        Landmark(tissue: $0.tissue, here: $0.here, there: motion($0.here))
      }
    ).noisier(by: noise)
  }

  /// Both images with white noise added, as a low dose leaves it.
  func noisier(by hounsfield: Float) throws -> CalibrationPair {
    var random = Gauss(seed: 5)
    func noisy(_ volume: Volume<Hounsfield>) throws -> Volume<Hounsfield> {
      try Volume(
        grid: volume.grid,
        samples: volume.samples.map { $0 + hounsfield * Float(random.next()) })
    }
    return CalibrationPair(
      fixed: try noisy(fixed), moving: try noisy(moving), frames: frames, landmarks: landmarks)
  }
}
