import Geometry
import Quantities
import Volumes

/// A lesion's values cut into grey levels of one width, on the block of voxels around it.
struct GreyLevels {
  let size: SIMD3<Int>
  /// One level per voxel of the block, from 1; 0 outside the lesion.
  let levels: [Int]
  let highest: Int
  let voxelCount: Int

  /// Level = ⌊(value − lowest) / width⌋ + 1 (IBSI fixed bin size).
  ///
  /// - Returns: `nil` for an empty outline, values below `lowest`, or too many levels.
  init?(of outline: Outline, in image: Volume<SUVbw>, binWidth: Double, lowest: Double) {
    guard let bounds = outline.bounds, binWidth > 0 else { return nil }
    size = bounds.last &- bounds.first &+ 1
    var levels = [Int](repeating: 0, count: size.x * size.y * size.z)
    let samples = image.samples
    var highest = 0
    for n in outline.offsets {
      let level = ((Double(samples[n]) - lowest) / binWidth).rounded(.down) + 1
      guard level >= 1, level <= 2000 else { return nil }
      let q = outline.grid.ijk(at: n) &- bounds.first
      levels[q.x + size.x * (q.y + size.y * q.z)] = Int(level)
      highest = max(highest, Int(level))
    }
    self.levels = levels
    self.highest = highest
    voxelCount = outline.voxelCount
  }

  /// The 13 directions that, with their opposites, lead to all 26 neighbours.
  static let directions: [SIMD3<Int>] = {
    var all: [SIMD3<Int>] = []
    for dk in 0...1 {
      for dj in -1...1 {
        for di in -1...1 where dk > 0 || dj > 0 || (dj == 0 && di > 0) {
          all.append(SIMD3(di, dj, dk))
        }
      }
    }
    return all
  }()

  func index(_ p: SIMD3<Int>) -> Int? {
    guard p.x >= 0, p.y >= 0, p.z >= 0, p.x < size.x, p.y < size.y, p.z < size.z else {
      return nil
    }
    return p.x + size.x * (p.y + size.y * p.z)
  }

  func place(_ n: Int) -> SIMD3<Int> {
    SIMD3(n % size.x, n / size.x % size.y, n / (size.x * size.y))
  }
}
