public import Geometry
public import Quantities

/// A sampled quantity on a voxel grid: `Volume<ActivityConcentration>`, `Volume<SUVbw>`.
///
/// A value type. Samples are 32-bit floats in the base unit of `Value`, contiguous, i fastest:
/// the sample of voxel (i, j, k) is at i + nx · (j + ny · k). Copies share storage until one of
/// them is written.
public struct Volume<Value: Quantity>: Sendable {
  public let grid: VoxelGrid
  public private(set) var samples: [Float]

  /// - Throws: ``VolumeError/sampleCount(expected:found:)`` if `samples` does not fill `grid`.
  public init(grid: VoxelGrid, samples: [Float]) throws(VolumeError) {
    guard samples.count == grid.voxelCount else {
      throw .sampleCount(expected: grid.voxelCount, found: samples.count)
    }
    self.grid = grid
    self.samples = samples
  }

  /// A volume with one value everywhere.
  public init(grid: VoxelGrid, filledWith value: Value) {
    self.grid = grid
    self.samples = [Float](repeating: Float(value.inBaseUnit), count: grid.voxelCount)
  }

  /// For samples this module has just made to measure.
  init(grid: VoxelGrid, filling samples: [Float]) {
    precondition(samples.count == grid.voxelCount, "samples do not fill the grid")
    self.grid = grid
    self.samples = samples
  }

  /// The sample at a voxel. Traps when the index is outside the grid.
  public subscript(i: Int, j: Int, k: Int) -> Value {
    precondition(
      i >= 0 && j >= 0 && k >= 0 && i < grid.size.x && j < grid.size.y && k < grid.size.z,
      "voxel (\(i), \(j), \(k)) is outside the grid")
    return Value(inBaseUnit: Double(samples[grid.index(i: i, j: j, k: k)]))
  }

  /// Every sample times `factor`, as another quantity: Bq/mL times g/Bq is SUV.
  public func scaled<Other: Quantity>(by factor: Double, as _: Other.Type) -> Volume<Other> {
    let f = Float(factor)
    return Volume<Other>(grid: grid, filling: samples.map { $0 * f })
  }
}

/// Why a volume could not be built or combined with another.
public enum VolumeError: Error, Hashable, Sendable {
  case sampleCount(expected: Int, found: Int)
  case gridsDiffer
}

extension VolumeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sampleCount(let expected, let found):
      "the grid has \(expected) voxels but \(found) samples were given"
    case .gridsDiffer:
      "two volumes lie on different voxel grids; resample one onto the other first"
    }
  }
}
