public import Geometry
public import Quantities
public import Volumes

/// A region on a voxel grid: how much of each voxel lies inside it.
public struct RasterisedRegion: Sendable {
  public let grid: VoxelGrid
  /// Volume of the region as it was given, before the grid; `nil` for a single contour plane, which
  /// has no thickness of its own.
  public let givenVolume: TissueVolume?
  /// Fraction of the region that lies outside the grid; `nil` when it is partly outside and its
  /// own volume is not known.
  public let outsideFraction: Double?
  /// For people: what was odd and what was done about it.
  public let warnings: [String]
  private let slices: [SliceWindow]

  /// Coordinates in files are rounded to a tenth or a hundredth of a millimetre, so a voxel that
  /// was covered by exactly one half may come out this much below.
  static let roundingTolerance = 1e-3

  init(
    grid: VoxelGrid, slices: [SliceWindow], givenVolume: TissueVolume?, isWithinGrid: Bool,
    warnings: [String]
  ) {
    self.grid = grid
    self.slices = slices
    self.givenVolume = givenVolume
    let covered = slices.reduce(0.0) { $0 + $1.sum * grid.voxelMillilitres(inSlice: $1.slice) }
    let outside: Double? =
      isWithinGrid
      ? 0 : givenVolume.map { $0.millilitres > 0 ? max(0, 1 - covered / $0.millilitres) : 0 }
    outsideFraction = outside
    volume = .millilitres(covered)
    let percent = outside.map { "\(($0 * 1000).rounded() / 10) % of the region lies" }
    self.warnings =
      warnings
      + (isWithinGrid ? [] : ["\(percent ?? "part of the region may lie") outside the image"])
  }

  /// Sum of the coverage of all voxels: the volume of what lies within the grid.
  public let volume: TissueVolume

  /// Fraction of each voxel that lies inside the region, 0 to 1.
  public var coverage: Volume<Coverage> {
    get throws(VolumeError) {
      var samples = [Float](repeating: 0, count: grid.voxelCount)
      forEachCovered { samples[$0] = $1 }
      return try Volume(grid: grid, samples: samples)
    }
  }

  /// The voxels covered by at least `threshold`.
  public func mask(atLeast threshold: Double = 0.5) -> Mask {
    var inside = [Bool](repeating: false, count: grid.voxelCount)
    let least = Float(threshold - Self.roundingTolerance)
    forEachCovered { inside[$0] = $1 >= least }
    return Mask(grid: grid) { inside[$0] }
  }

  /// The voxels covered most, as many as make up the ``volume``: where voxels are coarse against
  /// the region its volume counts for more than its border. Of voxels covered alike the first in
  /// the order of the grid are taken.
  public func volumeKeepingMask() -> Mask {
    var covered: [(offset: Int, coverage: Float)] = []
    forEachCovered { covered.append(($0, $1)) }
    covered.sort { ($1.coverage, $0.offset) < ($0.coverage, $1.offset) }
    let perSlice = grid.size.x * grid.size.y
    var inside = [Bool](repeating: false, count: grid.voxelCount)
    var left = volume.millilitres
    for voxel in covered {
      let size = grid.voxelMillilitres(inSlice: voxel.offset / perSlice)
      guard left >= size / 2 else { break }
      inside[voxel.offset] = true
      left -= size
    }
    return Mask(grid: grid) { inside[$0] }
  }

  private func forEachCovered(_ body: (Int, Float) -> Void) {
    for slice in slices {
      for j in slice.rows {
        let row = (j - slice.rows.lowerBound) * slice.columns.count
        for i in slice.columns {
          let value = slice.coverage[row + i - slice.columns.lowerBound]
          if value > 0 { body(grid.index(i: i, j: j, k: slice.slice), value) }
        }
      }
    }
  }
}

/// Coverage of a rectangle of voxels of one slice, columns fastest; the rest of the slice is
/// empty.
struct SliceWindow: Sendable {
  let slice: Int
  let columns: Range<Int>
  let rows: Range<Int>
  let coverage: [Float]

  var sum: Double { coverage.reduce(0.0) { $0 + Double($1) } }
}
