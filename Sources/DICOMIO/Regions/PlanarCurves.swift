import Geometry
import Volumes

/// The closed curves of a region in one plane, for measuring lengths in it.
public struct PlanarCurves: Sendable, Hashable {
  /// Place of the plane along its normal.
  public let millimetres: Double
  /// Corners in millimetres along two axes of the plane at right angles.
  public let curves: [[SIMD2<Double>]]
}

extension StructureSet.Region {
  /// The contours as they were drawn, plane by plane.
  ///
  /// - Returns: `nil` when the planes are not axial, within 25°: diameters of axial planes cannot
  ///   be had from them.
  /// - Throws: ``DICOMReadError`` as the region's volume would.
  public func axialCurves(file: String) throws(DICOMReadError) -> [PlanarCurves]? {
    let axes = try stack(file: file).axes
    guard abs(axes.k.z) > Self.axialCosine else { return nil }
    let drawn = contours.compactMap { contour -> (Double, [SIMD2<Double>])? in
      guard let first = contour.first else { return nil }
      let corners = contour.map {
        SIMD2(($0.millimetres * axes.i).sum(), ($0.millimetres * axes.j).sum())
      }
      return ((first.millimetres * axes.k).sum(), corners)
    }
    // Contours of one plane need not be brought together: each is measured by itself.
    return drawn.map { PlanarCurves(millimetres: $0.0, curves: [$0.1]) }
  }

  /// cos 25°: tilted gantries pass, sagittal and coronal planes do not.
  static let axialCosine = 0.906
}

extension SegmentationObject {
  /// The outlines of a segment's voxels, slice by slice: they run half-way between the centres
  /// of inner and outer voxels.
  ///
  /// - Returns: `nil` when there are no voxels, or when the slices are not axial within 25°.
  public func axialCurves(of segment: Segment) -> [PlanarCurves]? {
    guard abs(grid.axes.k.z) > StructureSet.Region.axialCosine, let mask = mask(of: segment)
    else { return nil }
    let spacing = SIMD2(grid.spacing.x, grid.spacing.y)
    return ContourTracer.contours(of: mask).map { contour in
      PlanarCurves(
        millimetres: Double(contour.slice) * grid.spacing.z,
        curves: [contour.vertices.map { $0 * spacing }])
    }
  }
}
