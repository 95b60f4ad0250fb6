import CourseStore
import DICOMIO
import Foundation
import Quantities
import Response
import Volumes

/// Lesions that a person outlined on CT, measured where they were drawn.
struct CTLesions: Codable, Hashable, Sendable {
  let timePoint: String
  let lesions: [Measured]

  struct Measured: Codable, Hashable, Sendable {
    let name: String
    let diameters: Assessment<AxialDiameters>
    /// Mean over the CT's voxels inside the outline, in HU.
    let attenuation: Assessment<Double>
  }

  static func key(_ scans: TimePointScans) throws -> Digest {
    Digest(of: [
      Provenance.softwareVersion, scans.point.id, try scans.digest(.ct),
      try scans.digest(.structures),
    ])
  }

  /// - Returns: No lesions when the time point has no outlines.
  static func measure(_ scans: TimePointScans) throws -> CTLesions {
    guard let outlines = try scans.outlines() else {
      return CTLesions(timePoint: scans.point.id, lesions: [])
    }
    let lesions = try outlines.lesionNames.uniqued().map { name in
      Measured(
        name: name, diameters: try diameters(outlines, name),
        attenuation: try attenuation(scans, outlines, name))
    }
    scans.releaseCT()
    return CTLesions(timePoint: scans.point.id, lesions: lesions)
  }

  private static func diameters(
    _ outlines: RegionOutlines, _ name: String
  ) throws -> Assessment<AxialDiameters> {
    guard let curves = try outlines.axialCurves(name) else {
      return .notAssessable(reason: "'\(name)' is not outlined on axial planes")
    }
    let planes = curves.map {
      AxialDiameters.Plane(millimetres: $0.millimetres, curves: $0.curves)
    }
    return AxialDiameters(planes).map { .value($0) }
      ?? .notAssessable(reason: "the outline of '\(name)' has no extent")
  }

  private static func attenuation(
    _ scans: TimePointScans, _ outlines: RegionOutlines, _ name: String
  ) throws -> Assessment<Double> {
    guard scans.point.ct != nil else {
      return .notAssessable(reason: "\(scans.point.id) has no CT")
    }
    let volume = try scans.ct().volume
    guard let mask = try outlines.mask(name, on: volume.grid, frame: scans.frame()) else {
      return .notAssessable(reason: "'\(name)' is not on the CT")
    }
    var (sum, count) = (0.0, 0)
    for offset in Outline(mask).offsets {
      sum += Double(volume.samples[offset])
      count += 1
    }
    return count > 0
      ? .value(sum / Double(count))
      : .notAssessable(reason: "'\(name)' holds no voxel of the CT")
  }
}

extension RegionOutlines {
  /// The curves of a region in axial planes; `nil` when it was drawn on others.
  func axialCurves(_ name: String) throws -> [PlanarCurves]? {
    switch entries.first(where: { $0.name == name })?.source {
    case .contours(let set, let region)?: try region.axialCurves(file: set.file)
    case .segment(let object, let segment)?: object.axialCurves(of: segment)
    case nil: nil
    }
  }
}
