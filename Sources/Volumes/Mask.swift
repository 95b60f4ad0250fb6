public import Geometry
public import Quantities

/// A set of voxels on a grid: an organ, a lesion, a field of view.
public struct Mask: Sendable, Hashable {
  public let grid: VoxelGrid
  /// One byte per voxel, i fastest; 1 is inside, 0 outside.
  public private(set) var inside: [UInt8]

  /// - Parameter inside: One byte per voxel of `grid`; non-zero is inside.
  /// - Throws: ``VolumeError/sampleCount(expected:found:)`` if `inside` does not fill `grid`.
  public init(grid: VoxelGrid, inside: [UInt8]) throws(VolumeError) {
    guard inside.count == grid.voxelCount else {
      throw .sampleCount(expected: grid.voxelCount, found: inside.count)
    }
    self.grid = grid
    self.inside = inside.map { $0 == 0 ? 0 : 1 }
  }

  /// An empty mask.
  public init(grid: VoxelGrid) {
    self.grid = grid
    self.inside = [UInt8](repeating: 0, count: grid.voxelCount)
  }

  /// The voxels whose offset (see ``VoxelGrid/index(i:j:k:)``) satisfies `isInside`.
  public init(grid: VoxelGrid, where isInside: (Int) -> Bool) {
    self.grid = grid
    self.inside = (0..<grid.voxelCount).map { isInside($0) ? 1 : 0 }
  }

  public subscript(i: Int, j: Int, k: Int) -> Bool {
    get { inside[grid.index(i: i, j: j, k: k)] != 0 }
    set { inside[grid.index(i: i, j: j, k: k)] = newValue ? 1 : 0 }
  }

  /// Whether the voxel at a linear offset is inside.
  public subscript(offset: Int) -> Bool {
    get { inside[offset] != 0 }
    set { inside[offset] = newValue ? 1 : 0 }
  }

  public var voxelCount: Int { inside.reduce(0) { $0 + Int($1) } }
  public var isEmpty: Bool { !inside.contains(1) }

  /// Volume of the set voxels, with true slice distances.
  public var volume: TissueVolume {
    let perSlice = grid.size.x * grid.size.y
    var millilitres = 0.0
    for k in 0..<grid.size.z {
      let count = inside[(k * perSlice)..<((k + 1) * perSlice)].reduce(0) { $0 + Int($1) }
      if count > 0 { millilitres += Double(count) * grid.voxelMillilitres(inSlice: k) }
    }
    return .millilitres(millilitres)
  }

  /// Centre of mass of the set voxels; `nil` for an empty mask.
  public var centroid: PatientPoint? {
    var sum = SIMD3<Double>.zero
    var count = 0.0
    for k in 0..<grid.size.z {
      for j in 0..<grid.size.y {
        for i in 0..<grid.size.x where self[i, j, k] {
          sum += SIMD3(Double(i), Double(j), Double(k))
          count += 1
        }
      }
    }
    return count > 0 ? grid.patientPoint(at: GridPoint(ijk: sum / count)) : nil
  }

  public func union(_ other: Mask) throws(VolumeError) -> Mask {
    try combined(with: other) { $0 | $1 }
  }
  public func intersection(_ other: Mask) throws(VolumeError) -> Mask {
    try combined(with: other) { $0 & $1 }
  }
  public func subtracting(_ other: Mask) throws(VolumeError) -> Mask {
    try combined(with: other) { $0 & ~$1 }
  }

  private func combined(
    with other: Mask, _ operation: (UInt8, UInt8) -> UInt8
  ) throws(VolumeError) -> Mask {
    guard grid == other.grid else { throw .gridsDiffer }
    return try Mask(grid: grid, inside: zip(inside, other.inside).map(operation))
  }
}
