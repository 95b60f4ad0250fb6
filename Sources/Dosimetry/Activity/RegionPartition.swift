import Geometry
import Quantities
import Volumes

/// Regions that share no tissue, each cut out of the image grid with its bounding box.
struct RegionPartition {
  struct Part {
    let name: String
    let kind: RegionKind
    let box: Box
    /// Coverage inside the box, i fastest.
    let coverage: [Float]
    let millilitres: Double
  }

  let grid: VoxelGrid
  let parts: [Part]
  let notCovered: [String]

  init(
    _ grid: VoxelGrid, regions: [RegionCoverage], body: RegionCoverage?
  ) throws(DosimetryError) {
    var free = [Float](repeating: 1, count: grid.voxelCount)
    if let body {
      guard body.coverage.grid == grid else { throw .gridsDiffer(region: body.name) }
      free = body.coverage.samples
      // An organ outline may reach beyond the body outline by a voxel; it keeps what it covers.
      for region in regions where region.coverage.grid == grid {
        for n in free.indices { free[n] = max(free[n], region.coverage.samples[n]) }
      }
    }
    var parts: [Part] = []
    var missing: [String] = []
    for region in regions {
      guard region.coverage.grid == grid else { throw .gridsDiffer(region: region.name) }
      var own = region.coverage.samples
      for n in own.indices where own[n] > 0 {
        own[n] = min(own[n], free[n])
        free[n] -= own[n]
      }
      if let part = Self.cut(own, grid, name: region.name, kind: region.kind) {
        parts.append(part)
      } else {
        missing.append(region.name)
      }
    }
    guard !parts.isEmpty else { throw .noRegions }
    if let rest = Self.cut(free, grid, name: RegionActivities.remainder, kind: .remainder) {
      parts.append(rest)
    }
    self.grid = grid
    self.parts = parts
    notCovered = missing
  }

  private static func cut(
    _ coverage: [Float], _ grid: VoxelGrid, name: String, kind: RegionKind
  ) -> Part? {
    guard let box = Box(around: coverage, size: grid.size) else { return nil }
    var cut: [Float] = []
    cut.reserveCapacity(box.count)
    var millilitres = 0.0
    for k in box.lower.z..<box.upper.z {
      var sum = 0.0
      for j in box.lower.y..<box.upper.y {
        let row = grid.index(i: 0, j: j, k: k)
        for value in coverage[(row + box.lower.x)..<(row + box.upper.x)] {
          cut.append(value)
          sum += Double(value)
        }
      }
      millilitres += sum * grid.voxelMillilitres(inSlice: k)
    }
    return Part(name: name, kind: kind, box: box, coverage: cut, millilitres: millilitres)
  }
}

/// A block of voxels, `lower` inside and `upper` just outside.
struct Box {
  let lower: SIMD3<Int>
  let upper: SIMD3<Int>

  init(lower: SIMD3<Int>, upper: SIMD3<Int>) {
    self.lower = lower
    self.upper = upper
  }

  /// The smallest box around all positive samples; `nil` when there are none.
  init?(around samples: [Float], size: SIMD3<Int>) {
    var lower = size
    var upper = SIMD3<Int>.zero
    for k in 0..<size.z {
      for j in 0..<size.y {
        let row = samples[(size.x * (j + size.y * k))..<(size.x * (j + size.y * k + 1))]
        guard let first = row.firstIndex(where: { $0 > 0 }),
          let last = row.lastIndex(where: { $0 > 0 })
        else { continue }
        lower = SIMD3(
          min(lower.x, first - row.startIndex), min(lower.y, j), min(lower.z, k))
        upper = SIMD3(
          max(upper.x, last - row.startIndex + 1), max(upper.y, j + 1), max(upper.z, k + 1))
      }
    }
    guard upper.x > 0 else { return nil }
    self.init(lower: lower, upper: upper)
  }

  var size: SIMD3<Int> { upper &- lower }
  var count: Int { size.x * size.y * size.z }

  func grown(by margin: SIMD3<Int>, within size: SIMD3<Int>) -> Box {
    Box(
      lower: SIMD3(
        max(lower.x - margin.x, 0), max(lower.y - margin.y, 0), max(lower.z - margin.z, 0)),
      upper: SIMD3(
        min(upper.x + margin.x, size.x), min(upper.y + margin.y, size.y),
        min(upper.z + margin.z, size.z)))
  }

  /// The voxels common to both; `nil` when there are none.
  func intersection(_ other: Box) -> Box? {
    let low = SIMD3(
      max(lower.x, other.lower.x), max(lower.y, other.lower.y), max(lower.z, other.lower.z))
    let high = SIMD3(
      min(upper.x, other.upper.x), min(upper.y, other.upper.y), min(upper.z, other.upper.z))
    guard low.x < high.x, low.y < high.y, low.z < high.z else { return nil }
    return Box(lower: low, upper: high)
  }

  func offset(i: Int, j: Int, k: Int) -> Int {
    (i - lower.x) + size.x * ((j - lower.y) + size.y * (k - lower.z))
  }
}
