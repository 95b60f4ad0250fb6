public import Geometry

/// A plane through the patient as it is hung: radiological convention, the patient's right on
/// the left of axial and coronal pictures, the head at the top of coronal and sagittal ones.
public enum PatientPlane: String, Sendable, Hashable, Codable, CaseIterable {
  case axial, coronal, sagittal

  /// Patient direction (LPS) towards the right border of the picture.
  public var right: SIMD3<Double> {
    switch self {
    case .axial, .coronal: [1, 0, 0]
    case .sagittal: [0, 1, 0]
    }
  }

  /// Patient direction (LPS) towards the lower border of the picture.
  public var down: SIMD3<Double> {
    switch self {
    case .axial: [0, 1, 0]
    case .coronal, .sagittal: [0, 0, -1]
    }
  }

  /// The patient axis across the plane, which tells one slice from the next.
  public var axisName: String {
    switch self {
    case .axial: "z"
    case .coronal: "y"
    case .sagittal: "x"
    }
  }

  func position(of point: PatientPoint) -> Double {
    switch self {
    case .axial: point.millimetres.z
    case .coronal: point.millimetres.y
    case .sagittal: point.millimetres.x
    }
  }
}

/// The letters at the borders of a picture: R, L, A, P, H (head), F (feet), as in DICOM's
/// Patient Orientation (0020,0020), PS3.3 C.7.6.1.1.1.
public struct OrientationLetters: Sendable, Hashable, Codable {
  public let left: String
  public let right: String
  public let top: String
  public let bottom: String

  /// - Parameters: Patient directions (LPS) towards the right and the lower border.
  public init(right: SIMD3<Double>, down: SIMD3<Double>) {
    self.left = Self.letters(of: -right)
    self.right = Self.letters(of: right)
    self.top = Self.letters(of: -down)
    self.bottom = Self.letters(of: down)
  }

  public init(_ plane: PatientPlane) { self.init(right: plane.right, down: plane.down) }

  /// The letter of the main direction, followed by those that contribute more than 15°.
  public static func letters(of direction: SIMD3<Double>) -> String {
    let unit = direction.normalised
    let names = [("L", "R"), ("P", "A"), ("H", "F")]
    // sin 15°
    return (0..<3).filter { abs(unit[$0]) > 0.2588 }
      .sorted { abs(unit[$0]) > abs(unit[$1]) }
      .map { unit[$0] > 0 ? names[$0].0 : names[$0].1 }
      .joined()
  }
}

/// Where the square pixels of a picture lie in the patient.
public struct PictureGrid: Sendable, Hashable, Codable {
  public let plane: PatientPlane
  /// One voxel per pixel, one slice: columns to the right, rows downwards.
  public let voxelGrid: VoxelGrid

  public var millimetresPerPixel: Double { voxelGrid.spacing.x }
  public var width: Int { voxelGrid.size.x }
  public var height: Int { voxelGrid.size.y }
  /// Position across the plane in millimetres (LPS).
  public var position: Double { plane.position(of: voxelGrid.origin) }

  /// A picture of the given size about a point.
  public init(
    plane: PatientPlane, centre: PatientPoint, width: Int, height: Int,
    millimetresPerPixel mm: Double
  ) throws(GridError) {
    self.plane = plane
    let toCorner =
      plane.right * (Double(width - 1) / 2 * mm)
      + plane.down * (Double(height - 1) / 2 * mm)
    voxelGrid = try VoxelGrid(
      size: [width, height, 1], spacing: [mm, mm, mm],
      axes: .init(i: plane.right, j: plane.down, k: plane.right.cross(plane.down)),
      origin: PatientPoint(millimetres: centre.millimetres - toCorner))
  }

  /// A square picture of `side` millimetres about a point.
  public static func square(
    plane: PatientPlane, about centre: PatientPoint, side: Double, millimetresPerPixel mm: Double
  ) throws(GridError) -> PictureGrid {
    let pixels = Int((side / mm).rounded())
    return try PictureGrid(
      plane: plane, centre: centre, width: pixels, height: pixels, millimetresPerPixel: mm)
  }

  /// The picture that shows all of `grid`, in the plane through `point`.
  public static func covering(
    _ grid: VoxelGrid, plane: PatientPlane, through point: PatientPoint? = nil,
    millimetresPerPixel mm: Double
  ) throws(GridError) -> PictureGrid {
    let box = grid.bounds
    let size = box.upper - box.lower
    let middle = (box.upper + box.lower) / 2
    // The picture's own axes keep the middle; the axis across takes the asked position.
    let inPlane = plane.right * plane.right + plane.down * plane.down
    let across = SIMD3<Double>(1, 1, 1) - inPlane
    let centre = middle * inPlane + (point?.millimetres ?? middle) * across
    return try PictureGrid(
      plane: plane, centre: PatientPoint(millimetres: centre),
      width: max(1, Int((abs(size.dot(plane.right)) / mm).rounded())),
      height: max(1, Int((abs(size.dot(plane.down)) / mm).rounded())), millimetresPerPixel: mm)
  }

  /// The continuous pixel position of a patient point; (0.5, 0.5) is the centre of pixel (0, 0).
  func pixel(of point: PatientPoint) -> SIMD2<Double> {
    let p = voxelGrid.gridPoint(at: point).ijk
    return [p.x + 0.5, p.y + 0.5]
  }
}

extension VoxelGrid {
  /// The smallest box along the patient axes that holds all voxels, in millimetres.
  var bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>) {
    var lower = SIMD3<Double>(repeating: .infinity)
    var upper = -lower
    for corner in 0..<8 {
      let ijk = SIMD3<Double>(
        corner & 1 == 0 ? -0.5 : Double(size.x) - 0.5,
        corner & 2 == 0 ? -0.5 : Double(size.y) - 0.5,
        corner & 4 == 0 ? -0.5 : Double(size.z) - 0.5)
      let p = patientPoint(at: GridPoint(ijk: ijk)).millimetres
      lower = pointwiseMin(lower, p)
      upper = pointwiseMax(upper, p)
    }
    return (lower, upper)
  }
}
