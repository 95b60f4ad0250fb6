import Foundation
public import Geometry
import Kernels
public import Quantities

/// A small set of voxels on a large grid, kept as runs: a lesion's outline, an organ's edge.
///
/// A ``Mask`` has one byte for every voxel of the grid; an outline of a lesion of 500 voxels has
/// some 60 runs. A run is a stretch of linear offsets (see ``Geometry/VoxelGrid/index(i:j:k:)``)
/// within one row of voxels.
public struct Outline: Sendable, Hashable {
  public let grid: VoxelGrid
  /// Runs of linear offsets in increasing order; none is empty and none crosses a row's end.
  public let runs: [Range<Int>]

  /// - Parameter offsets: Linear offsets in any order; repeated ones count once.
  public init(grid: VoxelGrid, offsets: [Int]) {
    var runs: [Range<Int>] = []
    for n in offsets.sorted() {
      if let last = runs.last, n < last.upperBound { continue }
      if let last = runs.last, n == last.upperBound, n % grid.size.x != 0 {
        runs[runs.count - 1] = last.lowerBound..<(n + 1)
      } else {
        runs.append(n..<(n + 1))
      }
    }
    self.init(grid: grid, orderedRuns: runs)
  }

  public init(_ mask: Mask) {
    let runs = ConnectedComponents.runs(of: mask.inside, size: mask.grid.size).runs
    self.init(grid: mask.grid, orderedRuns: runs)
  }

  /// For runs that are already in order and within their rows.
  public init(grid: VoxelGrid, orderedRuns runs: [Range<Int>]) {
    precondition(
      (runs.first?.lowerBound ?? 0) >= 0 && (runs.last?.upperBound ?? 0) <= grid.voxelCount,
      "an outline reaches beyond its grid")
    self.grid = grid
    self.runs = runs
  }

  public var isEmpty: Bool { runs.isEmpty }
  public var voxelCount: Int { runs.reduce(0) { $0 + $1.count } }

  /// Linear offsets of the voxels, in order. Made on each call: a plain array is what loops of
  /// other modules run over fastest.
  public var offsets: [Int] {
    var offsets: [Int] = []
    offsets.reserveCapacity(voxelCount)
    for run in runs { offsets.append(contentsOf: run) }
    return offsets
  }

  /// Whether the voxel at a linear offset belongs to the outline.
  public func contains(offset: Int) -> Bool {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low < runs.count && runs[low].contains(offset)
  }

  /// Whether a point lies in one of the voxels.
  public func contains(_ p: PatientPoint) -> Bool {
    guard grid.contains(p) else { return false }
    let q = grid.gridPoint(at: p).ijk
    func nearest(_ x: Double, _ count: Int) -> Int { min(max(Int(x.rounded()), 0), count - 1) }
    return contains(
      offset: grid.index(
        i: nearest(q.x, grid.size.x), j: nearest(q.y, grid.size.y), k: nearest(q.z, grid.size.z)))
  }

  /// Volume of the voxels, with true slice distances.
  public var volume: TissueVolume {
    let millilitres = runs.reduce(0.0) {
      $0 + Double($1.count) * grid.voxelMillilitres(inSlice: slice(of: $1))
    }
    return .millilitres(millilitres)
  }

  /// Centre of mass, with true slice distances; `nil` for an empty outline.
  public var centroid: PatientPoint? {
    guard !isEmpty else { return nil }
    var (sum, total) = (SIMD3<Double>.zero, 0.0)
    for run in runs {
      let first = grid.ijk(at: run.lowerBound)
      let weight = Double(run.count) * grid.voxelMillilitres(inSlice: first.z)
      let middle = grid.alongAxes(i: first.x, j: first.y, k: first.z)
      sum += (middle + [Double(run.count - 1) / 2 * grid.spacing.x, 0, 0]) * weight
      total += weight
    }
    return grid.patientPoint(alongAxes: sum / total)
  }

  /// Radius of the sphere of equal volume.
  public var equivalentRadius: Length {
    .millimetres(Self.radius(ofSphere: volume))
  }

  /// First and last voxel along i, j and k; `nil` for an empty outline.
  public var bounds: (first: SIMD3<Int>, last: SIMD3<Int>)? {
    guard let start = runs.first else { return nil }
    var first = grid.ijk(at: start.lowerBound)
    var last = first
    for run in runs {
      let a = grid.ijk(at: run.lowerBound)
      let b = a &+ SIMD3(run.count - 1, 0, 0)
      first = pointwiseMin(first, a)
      last = pointwiseMax(last, b)
    }
    return (first, last)
  }

  /// The outline as one byte per voxel of its grid.
  public var mask: Mask {
    var inside = [UInt8](repeating: 0, count: grid.voxelCount)
    for run in runs { for n in run { inside[n] = 1 } }
    return Mask(grid: grid) { inside[$0] != 0 }
  }

  /// Distance from a point to the nearest voxel centre; `nil` for an empty outline.
  public func distance(to p: PatientPoint) -> Length? {
    let u = grid.alongAxes(p)
    let nearest = runs.lazy.map { run -> Double in
      let first = grid.ijk(at: run.lowerBound)
      let along = (u.x / grid.spacing.x - Double(first.x)).rounded()
      let i = first.x + min(max(Int(along), 0), run.count - 1)
      return (u - grid.alongAxes(i: i, j: first.y, k: first.z)).length
    }.min()
    return nearest.map { .millimetres($0) }
  }

  func slice(of run: Range<Int>) -> Int { run.lowerBound / (grid.size.x * grid.size.y) }

  private static func radius(ofSphere volume: TissueVolume) -> Double {
    cbrt(volume.millilitres * 1000 * 3 / (4 * Double.pi))
  }
}

extension Outline: Codable {
  private enum CodingKeys: String, CodingKey { case grid, runs }

  /// Runs are written as one flat list: start, count, start, count, …
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(grid, forKey: .grid)
    try container.encode(runs.flatMap { [$0.lowerBound, $0.count] }, forKey: .runs)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let grid = try container.decode(VoxelGrid.self, forKey: .grid)
    let flat = try container.decode([Int].self, forKey: .runs)
    var runs: [Range<Int>] = []
    var end = 0
    for n in stride(from: 0, to: flat.count - 1, by: 2) {
      let (start, count) = (flat[n], flat[n + 1])
      guard start >= end, count > 0, count <= grid.voxelCount - start,
        start / grid.size.x == (start + count - 1) / grid.size.x
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .runs, in: container,
          debugDescription: "runs are out of order or leave the grid at entry \(n)")
      }
      end = start + count
      runs.append(start..<end)
    }
    self.init(grid: grid, orderedRuns: runs)
  }
}
