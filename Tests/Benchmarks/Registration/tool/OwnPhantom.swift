import Foundation
import Geometry
import Phantoms
import Quantities
import Volumes

/// Writes pairs of our own virtual patient in the form of `phantom/make_pairs.py`: another anatomy
/// than the generator's, with organs that may slide along the chest wall.
struct OwnPhantom {
  let course: VirtualCourse
  let seed: UInt64

  init(seed: UInt64, slides: Bool) {
    var options = VirtualCourseOptions()
    (options.seed, options.slides, self.seed) = (seed, slides, seed)
    course = VirtualCourse(options)
  }

  /// Pixel sizes in millimetres, with slices of 3 mm throughout.
  private static let grids = ["quarter": 3.90625, "mid": 1.953125]

  /// Writes baseline and follow-up on each grid; a folder with its truth is complete.
  func write(to folder: URL) throws {
    let (base, visit) = (course.visits[0], course.visits[course.visits.count - 1])
    for (name, pixel) in Self.grids.sorted(by: { $0.key < $1.key }) {
      let place = folder.appending(path: name)
      guard !FileManager.default.fileExists(atPath: place.appending(path: "truth.json").path)
      else { continue }
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      var geometry: [String: CTPair.Geometry] = [:]
      for (file, shown) in [("base", base), ("fol", visit)] {
        let grid = try grid(shown, pixel: pixel)
        let ct = try course.ct(at: shown, on: grid)
        geometry[file] = .init(grid)
        try Data(ct.samples.flatMap { $0.bitPattern.littleEndianBytes })
          .write(to: place.appending(path: file + ".f32"))
      }
      try JSONEncoder().encode(geometry).write(to: place.appending(path: "geometry.json"))
      try JSONEncoder().encode(truth(at: visit)).write(to: place.appending(path: "truth.json"))
    }
  }

  private func grid(_ visit: Visit, pixel: Double) throws -> VoxelGrid {
    let own = try course.grids(at: visit).ct
    let spacing = SIMD3(pixel, pixel, 3)
    let size = SIMD3<Int>(
      (0..<3).map { Int((Double(own.size[$0]) * own.spacing[$0] / spacing[$0]).rounded()) })
    return try VoxelGrid(size: size, spacing: spacing, origin: own.origin)
  }

  private func truth(at visit: Visit) -> CTPair.Truth {
    let motion = course.motion(at: visit)
    return CTPair.Truth(
      landmarks: course.checkPoints(seed: seed).map { check in
        func triple(_ p: PatientPoint) -> [Double] {
          [p.millimetres.x, p.millimetres.y, p.millimetres.z]
        }
        return .init(
          tissue: check.place.rawValue, baseline: triple(check.point),
          followup: triple(motion(check.point)))
      })
  }
}

extension UInt32 {
  fileprivate var littleEndianBytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: self >> UInt32(8 * $0)) }
  }
}
