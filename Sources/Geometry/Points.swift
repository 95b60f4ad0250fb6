/// A point in the patient, in millimetres, on DICOM's LPS axes:
/// +x to the patient's left, +y to the back, +z to the head (PS3.3 C.7.6.2.1.1).
public struct PatientPoint: Sendable, Hashable, Codable {
  public var millimetres: SIMD3<Double>

  public init(millimetres: SIMD3<Double>) { self.millimetres = millimetres }
  public init(x: Double, y: Double, z: Double) { millimetres = [x, y, z] }

  public func distance(to other: PatientPoint) -> Double {
    (millimetres - other.millimetres).length
  }
}

/// A continuous position on a voxel grid; whole numbers are voxel centres.
/// Components are (column i, row j, slice k), and i varies fastest in memory.
public struct GridPoint: Sendable, Hashable {
  public var ijk: SIMD3<Double>

  public init(ijk: SIMD3<Double>) { self.ijk = ijk }
}

extension SIMD3<Double> {
  public func dot(_ other: Self) -> Double { (self * other).sum() }
  public func cross(_ b: Self) -> Self {
    [y * b.z - z * b.y, z * b.x - x * b.z, x * b.y - y * b.x]
  }
  public var length: Double { dot(self).squareRoot() }
  /// The unit vector in this direction. A zero vector has none and gives NaN.
  public var normalised: Self { self / length }
}
