import Foundation
import Geometry
import Kernels
public import Quantities
public import Volumes

/// Size and shape of an outline (IBSI morphology).
public struct LesionShape: Sendable, Hashable, Codable {
  /// Enclosed by the mesh through the outermost voxels' faces, cut at the corners, in mm³.
  public let meshVolume: Double
  /// Sum of the voxels, in mm³.
  public let voxelVolume: Double
  /// Of the mesh, in mm².
  public let area: Double
  /// Between the mean place of the voxels and the mean weighted by their values, in mm; `nil`
  /// where the values do not add up to a positive sum.
  public let centreOfMassShift: Double?
  /// Longest distance between two corners of the mesh, in mm.
  public let maximumDiameter: Double
  /// 4 √λ of the voxels' covariance, longest first, in mm.
  public let axisLengths: SIMD3<Double>

  /// - Returns: `nil` for an empty outline.
  public init?(of outline: Outline, in image: Volume<SUVbw>) {
    guard let bounds = outline.bounds else { return nil }
    let size = bounds.last &- bounds.first &+ 1
    var inside = [UInt8](repeating: 0, count: size.x * size.y * size.z)
    let grid = outline.grid
    var (sum, weighted, total) = (SIMD3<Double>.zero, SIMD3<Double>.zero, 0.0)
    let samples = image.samples
    let offsets = outline.offsets
    let places = offsets.map { n -> SIMD3<Double> in
      let q = grid.ijk(at: n)
      let p = q &- bounds.first
      inside[p.x + size.x * (p.y + size.y * p.z)] = 1
      let place = grid.alongAxes(i: q.x, j: q.y, k: q.z)
      sum += place
      weighted += place * Double(samples[n])
      total += Double(samples[n])
      return place
    }
    let mesh = BoundaryMesh(inside, size: size)
    // Uneven slices are taken at their mean distance here; the voxel volume is exact.
    let spacing = grid.spacing
    (meshVolume, area) = mesh.volumeAndArea(spacing: spacing)
    maximumDiameter = mesh.diameter(spacing: spacing)
    voxelVolume = outline.volume.millilitres * 1000
    let mean = sum / Double(offsets.count)
    centreOfMassShift = total > 0 ? (weighted / total - mean).length : nil
    axisLengths = Self.axes(places, mean: mean)
  }

  private static func axes(_ places: [SIMD3<Double>], mean: SIMD3<Double>) -> SIMD3<Double> {
    guard places.count > 1 else { return .zero }
    var m = [[Double]](repeating: [0, 0, 0], count: 3)
    for p in places {
      let d = p - mean
      for a in 0..<3 { for b in 0..<3 { m[a][b] += d[a] * d[b] } }
    }
    let scale = 1 / Double(places.count - 1)
    let values = SymmetricEigenvalues.of(m.map { $0.map { $0 * scale } })
    return SIMD3(values.map { 4 * max($0, 0).squareRoot() })
  }

  /// Surface of the sphere of equal volume over the surface: 1 for a sphere.
  public var sphericity: Double { cbrt(36 * .pi * meshVolume * meshVolume) / area }

  var features: [LesionFeature] {
    func feature(_ name: String, _ id: String, _ value: Double, _ unit: String = "1")
      -> LesionFeature
    {
      LesionFeature(
        family: .morphology, name: name, identifier: id, value: value, unit: unit)
    }
    let (v, a) = (meshVolume, area)
    var list = [
      feature("Volume (mesh)", "RNU0", v, "mm3"),
      feature("Volume (voxel counting)", "YEKZ", voxelVolume, "mm3"),
      feature("Surface area (mesh)", "C0JK", a, "mm2"),
      feature("Surface to volume ratio", "2PR5", a / v, "/mm"),
      feature("Compactness 1", "SKGS", v / (Double.pi * a * a * a).squareRoot()),
      feature("Compactness 2", "BQWJ", 36 * .pi * v * v / (a * a * a)),
      feature("Spherical disproportion", "KRCK", 1 / sphericity),
      feature("Sphericity", "QCFX", sphericity),
      feature("Asphericity", "25C7", 1 / sphericity - 1),
      feature("Maximum 3D diameter", "L0JK", maximumDiameter, "mm"),
      feature("Major axis length", "TDIC", axisLengths.x, "mm"),
      feature("Minor axis length", "P9VJ", axisLengths.y, "mm"),
      feature("Least axis length", "7J51", axisLengths.z, "mm"),
    ]
    if let centreOfMassShift {
      list.append(feature("Centre of mass shift", "KLMA", centreOfMassShift, "mm"))
    }
    if axisLengths.x > 0 {
      list.append(feature("Elongation", "Q3CK", axisLengths.y / axisLengths.x))
      list.append(feature("Flatness", "N17B", axisLengths.z / axisLengths.x))
    }
    return list
  }
}

/// Eigenvalues of a symmetric 3 × 3 matrix, in closed form.
enum SymmetricEigenvalues {
  /// Smith, Commun ACM 1961;4:168. Largest first.
  static func of(_ m: [[Double]]) -> [Double] {
    let q = (m[0][0] + m[1][1] + m[2][2]) / 3
    let off = m[0][1] * m[0][1] + m[0][2] * m[0][2] + m[1][2] * m[1][2]
    let squares = (0..<3).reduce(0.0) { $0 + (m[$1][$1] - q) * (m[$1][$1] - q) } + 2 * off
    let p = (squares / 6).squareRoot()
    guard p > 0 else { return [q, q, q] }
    let b = (0..<3).map { a in (0..<3).map { c in (m[a][c] - (a == c ? q : 0)) / p } }
    let determinant =
      b[0][0] * (b[1][1] * b[2][2] - b[1][2] * b[2][1])
      - b[0][1] * (b[1][0] * b[2][2] - b[1][2] * b[2][0])
      + b[0][2] * (b[1][0] * b[2][1] - b[1][1] * b[2][0])
    let angle = acos(min(max(determinant / 2, -1), 1)) / 3
    let first = q + 2 * p * cos(angle)
    let last = q + 2 * p * cos(angle + 2 * .pi / 3)
    return [first, 3 * q - first - last, last]
  }
}
