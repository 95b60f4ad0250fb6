import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// The arithmetic of one voxel of a response map.
struct VoxelComparison {
  private let grid: VoxelGrid
  private let before: [Float]
  private let after: [Float]
  private let scale: ResponseMap.Scale
  /// σ_TRE² in mm².
  private let misplacement: Double
  private let offsets: [Double]

  /// One voxel's change and its ratio to its standard deviation.
  struct Slices {
    var change: [Float]
    var deviations: [Float]
    var changes: [UInt8]
  }

  init(before: [Float], after: [Float], on grid: VoxelGrid, options: ResponseMap.Options) {
    self.grid = grid
    self.before = before
    self.after = after
    scale = options.scale
    let sigma = options.registrationError.millimetres
    misplacement = sigma * sigma
    offsets = (0..<grid.size.z).map { grid.sliceOffset($0) }
  }

  func slices(_ range: Range<Int>) -> Slices {
    let perSlice = grid.size.x * grid.size.y
    let count = range.count * perSlice
    var result = Slices(
      change: [Float](repeating: 0, count: count), deviations: [Float](repeating: 0, count: count),
      changes: [UInt8](repeating: 0, count: count))
    let outside = Float(ResponseMap.outsideValue)
    let first = range.lowerBound * perSlice
    for n in first..<(range.upperBound * perSlice) {
      let (x1, x2) = (before[n], after[n])
      guard scale.evaluates(x1, x2) else { continue }
      if x2 == outside {
        result.changes[n - first] = ResponseMap.Change.outOfField.rawValue
        continue
      }
      let change = scale.change(x1, x2)
      let slope = max(steepness(of: before, at: n), steepness(of: after, at: n))
      let deviation = (scale.variance + slope * misplacement).squareRoot()
      let z = change / deviation
      let verdict: ResponseMap.Change =
        abs(z) <= Repeatability.quantile ? .withinNoise : z < 0 ? .decrease : .increase
      result.change[n - first] = Float(change)
      result.deviations[n - first] = Float(z)
      result.changes[n - first] = verdict.rawValue
    }
    return result
  }

  /// |∇x|² on the map's scale, per mm², by central differences.
  private func steepness(of samples: [Float], at n: Int) -> Double {
    let q = grid.ijk(at: n)
    let strides = SIMD3(1, grid.size.x, grid.size.x * grid.size.y)
    let outside = Float(ResponseMap.outsideValue)
    var squares = 0.0
    for axis in 0..<3 where grid.size[axis] > 1 {
      let down = q[axis] > 0 ? 1 : 0
      let up = q[axis] < grid.size[axis] - 1 ? 1 : 0
      let (low, high) = (samples[n - down * strides[axis]], samples[n + up * strides[axis]])
      guard low != outside, high != outside else { continue }
      let distance =
        axis == 2
        ? offsets[q.z + up] - offsets[q.z - down] : Double(up + down) * grid.spacing[axis]
      let slope = scale.difference(low, high, at: samples[n]) / distance
      squares += slope * slope
    }
    return squares
  }
}

extension ResponseMap.Scale {
  @inline(__always)
  func evaluates(_ x1: Float, _ x2: Float) -> Bool {
    switch self {
    case .ratio(let floor, _): Double(x1) >= floor || Double(x2) >= floor
    case .difference: true
    }
  }

  @inline(__always)
  func change(_ x1: Float, _ x2: Float) -> Double {
    switch self {
    case .ratio(let floor, _): log(max(Double(x2), floor) / max(Double(x1), floor))
    case .difference: Double(x2) - Double(x1)
    }
  }

  /// Of the change of an unchanged, rightly placed voxel.
  var variance: Double {
    switch self {
    case .ratio(_, let variation): 2 * log(1 + variation * variation)
    case .difference(let deviation): 2 * deviation * deviation
    }
  }

  /// What lies between two neighbours, on the map's scale.
  @inline(__always)
  func difference(_ low: Float, _ high: Float, at here: Float) -> Double {
    switch self {
    case .ratio(let floor, _):
      (max(Double(high), floor) - max(Double(low), floor)) / max(Double(here), floor)
    case .difference: Double(high) - Double(low)
    }
  }
}
