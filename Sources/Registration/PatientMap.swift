public import Geometry
import Quantities
public import Volumes

/// Any map between two patient frames, and what goes through it.
///
/// One rule for all kinds: points move, values at points are fetched and kept, amounts in voxels
/// keep their total (``Quantities/SampleMeaning``), masks keep the volume that the map gives them.
public enum PatientMap: Sendable, Hashable, Codable {
  case rigid(RigidTransform)
  case affine(AffineTransform)
  case deformable(DisplacementField)

  public var from: FrameOfReference {
    switch self {
    case .rigid(let map): map.from
    case .affine(let map): map.from
    case .deformable(let map): map.from
    }
  }

  public var to: FrameOfReference {
    switch self {
    case .rigid(let map): map.to
    case .affine(let map): map.to
    case .deformable(let map): map.to
    }
  }

  /// Where a point of the frame `from` lies in the frame `to`.
  public func callAsFunction(_ p: PatientPoint) -> PatientPoint {
    switch self {
    case .rigid(let map): map(p)
    case .affine(let map): map(p)
    case .deformable(let map): map(p)
    }
  }

  /// Where a point of the frame `to` lies in the frame `from`; `nil` where a deformable map could
  /// not be turned round.
  public func inverse(of p: PatientPoint) -> PatientPoint? {
    switch self {
    case .rigid(let map): map.inverse(p)
    case .affine(let map): map.inverse(p)
    case .deformable(let map): map.inverse(of: p)
    }
  }

  /// Factor by which the map changes the volume of tissue at a point of the frame `from`.
  public func jacobian(at p: PatientPoint) -> Double {
    switch self {
    case .rigid: 1
    case .affine(let map): map.determinant
    case .deformable(let map): map.jacobian(at: p)
    }
  }
}

extension Volume {
  /// This volume of the map's frame `to`, on a grid of its frame `from`.
  public func carried(
    onto target: VoxelGrid, through map: PatientMap, outside: Value
  ) throws -> Volume {
    switch map {
    case .rigid(let map): resampled(onto: target, through: map, outside: outside)
    case .affine(let map): resampled(onto: target, through: map, outside: outside)
    case .deformable(let map): try warped(onto: target, through: map, outside: outside)
    }
  }
}

extension Mask {
  /// This mask of the map's frame `to`, on a grid of its frame `from`: the voxels covered most,
  /// as many as the sum of all coverages, so that the volume is what the map makes of it.
  public func carried(onto target: VoxelGrid, through map: PatientMap) throws -> Mask {
    let soft = try Volume<Coverage>(grid: grid, samples: inside.map(Float.init))
      .carried(onto: target, through: map, outside: .zero)
    return Mask(mostCovered: soft)
  }
}

extension Outline {
  /// This outline of the map's frame `to`, on a grid of its frame `from`, by the rule for masks.
  /// Only the neighbourhood of the outline is looked at.
  ///
  /// - Throws: ``RegistrationError/notInvertible`` where the map cannot be turned round.
  public func carried(onto target: VoxelGrid, through map: PatientMap) throws -> Outline {
    guard let source = grid.box(around: runs), let place = try target.box(seeing: source, map)
    else { return Outline(grid: target, offsets: []) }
    var mask = Mask(grid: source.grid)
    for run in runs {
      let at = grid.ijk(at: run.lowerBound) &- source.first
      for step in 0..<run.count { mask[at.x + step, at.y, at.z] = true }
    }
    let carried = try mask.carried(onto: place.grid, through: map)
    let offsets = carried.inside.indices.filter { carried[$0] }.map { n in
      let p = place.grid.ijk(at: n) &+ place.first
      return target.index(i: p.x, j: p.y, k: p.z)
    }
    return Outline(grid: target, offsets: offsets)
  }
}

/// Part of a grid, and which voxel of the whole is its first.
private struct Box {
  let grid: VoxelGrid
  let first: SIMD3<Int>
}

extension VoxelGrid {
  /// The runs with a margin of one voxel; `nil` without any.
  fileprivate func box(around runs: [Range<Int>]) -> Box? {
    var (low, high) = (size, SIMD3<Int>(repeating: -1))
    for run in runs {
      low = pointwiseMin(low, ijk(at: run.lowerBound))
      high = pointwiseMax(high, ijk(at: run.upperBound - 1))
    }
    return high.x < 0 ? nil : box(low &- 1, high &+ 1)
  }

  /// The voxels that see any of `other` through a map; `nil` when none does.
  fileprivate func box(seeing other: Box, _ map: PatientMap) throws -> Box? {
    let last = other.grid.size &- 1
    var (low, high) = (SIMD3(repeating: Double.infinity), SIMD3(repeating: -Double.infinity))
    // Faces of the box are followed at nine places each way: a smooth map bends them little.
    for n in 0..<729 {
      let part = SIMD3(Double(n % 9), Double(n / 9 % 9), Double(n / 81)) / 8
      let ijk = part * SIMD3<Double>(last)
      let there = other.grid.patientPoint(at: GridPoint(ijk: ijk))
      guard let here = map.inverse(of: there) else { throw RegistrationError.notInvertible }
      let q = gridPoint(at: here).ijk
      (low, high) = (pointwiseMin(low, q), pointwiseMax(high, q))
    }
    // Positions far outside would not fit into integers.
    let most = SIMD3<Double>(size)
    low.clamp(lowerBound: SIMD3(repeating: -1), upperBound: most)
    high.clamp(lowerBound: SIMD3(repeating: -1), upperBound: most)
    let first = SIMD3<Int>(low.rounded(.down)) &- 1
    return box(first, SIMD3<Int>(high.rounded(.up)) &+ 1)
  }

  /// The part between two voxels, cut to the grid; two slices at least where they are uneven.
  private func box(_ low: SIMD3<Int>, _ high: SIMD3<Int>) -> Box? {
    let first = pointwiseMax(low, .zero)
    let count = pointwiseMin(high, size &- 1) &- first &+ 1
    guard count.min() > 0 else { return nil }
    let corner = patientPoint(i: first.x, j: first.y, k: first.z)
    guard let sliceOffsets, count.z > 1 else {
      let even = try? VoxelGrid(size: count, spacing: spacing, axes: axes, origin: corner)
      return even.map { Box(grid: $0, first: first) }
    }
    let offsets = (first.z..<(first.z + count.z)).map { sliceOffsets[$0] - sliceOffsets[first.z] }
    let uneven = try? VoxelGrid(
      columns: count.x, rows: count.y, columnSpacing: spacing.x, rowSpacing: spacing.y,
      sliceOffsets: offsets, axes: axes, origin: corner)
    return uneven.map { Box(grid: $0, first: first) }
  }
}
