/// Where a stack of voxels lies in the patient: size, spacing, orientation, origin.
///
/// A grid holds no samples. Two volumes may be added voxel by voxel only if their grids are
/// equal; everything else goes through resampling. Slices need not be evenly spaced: where beds
/// join, true positions differ by a few per cent and are used as they are.
public struct VoxelGrid: Sendable, Hashable, Codable {
  /// Voxel counts (columns, rows, slices); every component is at least 1.
  public let size: SIMD3<Int>
  /// Distance between voxel centres along i, j and k, in millimetres; all positive.
  /// Along k it is the mean distance when slices are not evenly spaced.
  public let spacing: SIMD3<Double>
  /// Unit vectors of the i, j and k axes in LPS; right-handed and orthonormal.
  public let axes: Axes
  /// Centre of voxel (0, 0, 0).
  public let origin: PatientPoint
  /// Distance of each slice from the first along the k axis, in millimetres, increasing;
  /// `nil` when slices are evenly spaced.
  public let sliceOffsets: [Double]?

  /// Three orthonormal axis directions, each an LPS unit vector.
  public struct Axes: Sendable, Hashable, Codable {
    public var i, j, k: SIMD3<Double>
    public init(i: SIMD3<Double>, j: SIMD3<Double>, k: SIMD3<Double>) {
      (self.i, self.j, self.k) = (i, j, k)
    }
    public static let identity = Axes(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1])
  }

  /// - Throws: ``GridError`` if a size or spacing is not positive, or the axes are not
  ///   orthonormal and right-handed within 10⁻⁴.
  public init(
    size: SIMD3<Int>, spacing: SIMD3<Double>, axes: Axes = .identity,
    origin: PatientPoint = PatientPoint(millimetres: .zero)
  ) throws(GridError) {
    guard size.min() > 0 else { throw .emptyGrid(size: size) }
    guard spacing.min() > 0, spacing.max().isFinite else {
      throw .spacingNotPositive(millimetres: spacing)
    }
    guard axes.areOrthonormal else { throw .axesNotOrthonormal }
    self.size = size
    self.spacing = spacing
    self.axes = axes
    self.origin = origin
    self.sliceOffsets = nil
  }

  /// A grid whose slices lie where `sliceOffsets` says, in millimetres from the first along k.
  ///
  /// - Throws: ``GridError`` as above, or if the offsets do not start at 0 and increase.
  public init(
    columns: Int, rows: Int, columnSpacing: Double, rowSpacing: Double, sliceOffsets: [Double],
    axes: Axes, origin: PatientPoint
  ) throws(GridError) {
    guard sliceOffsets.count > 1 else { throw .emptyGrid(size: [columns, rows, 0]) }
    let increasing = zip(sliceOffsets, sliceOffsets.dropFirst()).allSatisfy { $0 < $1 }
    guard sliceOffsets[0] == 0, increasing else { throw .slicesNotIncreasing }
    let mean = sliceOffsets[sliceOffsets.count - 1] / Double(sliceOffsets.count - 1)
    let even = try VoxelGrid(
      size: [columns, rows, sliceOffsets.count], spacing: [columnSpacing, rowSpacing, mean],
      axes: axes, origin: origin)
    self.size = even.size
    self.spacing = even.spacing
    self.axes = axes
    self.origin = origin
    let isEven = sliceOffsets.indices.allSatisfy {
      abs(sliceOffsets[$0] - Double($0) * mean) < Self.evenSliceTolerance
    }
    self.sliceOffsets = isEven ? nil : sliceOffsets
  }

  /// Slices this close to their even position, in millimetres, count as evenly spaced: DICOM
  /// decimal strings are commonly rounded to a hundredth or a thousandth.
  public static let evenSliceTolerance = 0.01

  public var voxelCount: Int { size.x * size.y * size.z }

  /// Volume of one voxel in millilitres (1 mL = 1000 mm³); the mean one for uneven slices.
  public var voxelMillilitres: Double { spacing.x * spacing.y * spacing.z / 1000 }

  /// Volume in millilitres of one voxel of slice `k`: each slice reaches half-way to its
  /// neighbours.
  public func voxelMillilitres(inSlice k: Int) -> Double {
    guard let z = sliceOffsets else { return voxelMillilitres }
    let last = z.count - 1
    let below = k > 0 ? z[k] - z[k - 1] : z[1] - z[0]
    let above = k < last ? z[k + 1] - z[k] : z[last] - z[last - 1]
    return spacing.x * spacing.y * (below + above) / 2 / 1000
  }

  public func patientPoint(at p: GridPoint) -> PatientPoint {
    let along = SIMD3(p.ijk.x * spacing.x, p.ijk.y * spacing.y, offset(ofSlice: p.ijk.z))
    return PatientPoint(
      millimetres: origin.millimetres + axes.i * along.x + axes.j * along.y + axes.k * along.z)
  }

  public func patientPoint(i: Int, j: Int, k: Int) -> PatientPoint {
    patientPoint(at: GridPoint(ijk: [Double(i), Double(j), Double(k)]))
  }

  public func gridPoint(at p: PatientPoint) -> GridPoint {
    let offset = p.millimetres - origin.millimetres
    return GridPoint(
      ijk: [
        offset.dot(axes.i) / spacing.x, offset.dot(axes.j) / spacing.y,
        slice(atOffset: offset.dot(axes.k)),
      ])
  }

  /// Whether a point lies inside the outer faces of the voxels.
  public func contains(_ p: PatientPoint) -> Bool {
    let q = gridPoint(at: p).ijk
    let last = SIMD3<Double>(Double(size.x), Double(size.y), Double(size.z)) - 0.5
    return q.min() >= -0.5 && q.x <= last.x && q.y <= last.y && q.z <= last.z
  }

  public func index(i: Int, j: Int, k: Int) -> Int { i + size.x * (j + size.y * k) }

  /// The centre of the grid in the patient.
  public var centre: PatientPoint {
    patientPoint(
      at: GridPoint(
        ijk: [Double(size.x - 1) / 2, Double(size.y - 1) / 2, Double(size.z - 1) / 2]))
  }

  private func offset(ofSlice k: Double) -> Double {
    guard let z = sliceOffsets else { return k * spacing.z }
    let lower = min(max(Int(k.rounded(.down)), 0), z.count - 2)
    return z[lower] + (k - Double(lower)) * (z[lower + 1] - z[lower])
  }

  private func slice(atOffset mm: Double) -> Double {
    guard let z = sliceOffsets else { return mm / spacing.z }
    var lower = min(max(Int(mm / spacing.z), 0), z.count - 2)
    while lower > 0, mm < z[lower] { lower -= 1 }
    while lower < z.count - 2, mm >= z[lower + 1] { lower += 1 }
    return Double(lower) + (mm - z[lower]) / (z[lower + 1] - z[lower])
  }
}

extension VoxelGrid.Axes {
  /// Header direction cosines carry about six digits.
  private static let tolerance = 1e-4

  var areOrthonormal: Bool {
    let unit = [i, j, k].allSatisfy { abs($0.length - 1) < Self.tolerance }
    let square = [i.dot(j), j.dot(k), k.dot(i)].allSatisfy { abs($0) < Self.tolerance }
    return unit && square && i.cross(j).dot(k) > 0
  }
}

/// Why a voxel grid was refused.
public enum GridError: Error, Hashable, Sendable {
  case emptyGrid(size: SIMD3<Int>)
  case spacingNotPositive(millimetres: SIMD3<Double>)
  case axesNotOrthonormal
  case slicesNotIncreasing
}

extension GridError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyGrid(let size):
      "voxel grid is empty: size \(size.x) × \(size.y) × \(size.z)"
    case .spacingNotPositive(let mm):
      "voxel spacing must be positive, got \(mm.x) × \(mm.y) × \(mm.z) mm; "
        + "check Pixel Spacing (0028,0030) and the slice positions"
    case .axesNotOrthonormal:
      "image axes are not perpendicular unit vectors; "
        + "check Image Orientation (Patient) (0020,0037)"
    case .slicesNotIncreasing:
      "slice positions do not increase along the normal; "
        + "check Image Position (Patient) (0020,0032)"
    }
  }
}
