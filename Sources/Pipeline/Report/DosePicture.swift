import Dosimetry
import Foundation
import Geometry
import Quantities
import Reporting
import Volumes

/// Draws a map of dose or BED: slices over CT through a place, and the whole map from two sides.
struct DosePicture<Dose: DisplayQuantity> {
  let map: Volume<Dose>
  let label: TimePointLabel
  let name: String
  let sources: [PictureSource]

  private static var software: String { "theratrack \(Provenance.softwareVersion)" }

  /// In the base unit; `nil` for an empty map.
  private var peak: Double? {
    map.samples.max().flatMap { $0 > 0 ? Double($0) : nil }
  }

  /// The axial and coronal slice through `place`, or through the largest dose, with lines at a tenth,
  /// a quarter, half and three quarters of the largest.
  func slices(over ct: Volume<Hounsfield>, through place: PatientPoint?, _ outlines: [Mask]) throws
    -> Picture?
  {
    guard let peak else { return nil }
    let through = place.flatMap { map.grid.contains($0) ? $0 : nil } ?? hottest
    let grids = try [PatientPlane.axial, .coronal].map { plane in
      try PictureGrid.covering(ct.grid, plane: plane, through: through, millimetresPerPixel: 1)
    }
    return FusedSlice(
      ct: Layer(ct), emission: Layer(map), emissionWindow: window(peak, .ember), timePoint: label,
      outlines: outlines,
      isolines: [0.1, 0.25, 0.5, 0.75].map { Dose(inBaseUnit: peak * $0) }
    ).picture(named: name, on: grids, software: Self.software).made(from: sources)
  }

  /// The largest dose along each line of sight, from the front and the left.
  func projections() throws -> Picture? {
    guard let peak else { return nil }
    return try MaximumIntensityProjection(
      Layer(map), window: window(peak, .inverseGrey), timePoint: label
    ).sheet(named: "\(name)-mip", turnedBy: [0, 90], software: Self.software).made(from: sources)
  }

  private var hottest: PatientPoint {
    let voxel = map.samples.indices.max { map.samples[$0] < map.samples[$1] } ?? 0
    let at = map.grid.ijk(at: voxel)
    return map.grid.patientPoint(i: at.x, j: at.y, k: at.z)
  }

  private func window(_ peak: Double, _ colours: ColourMap) -> DisplayWindow<Dose> {
    // Up to one digit: 23.4 to 30.
    let unit = pow(10, log10(peak).rounded(.down))
    return DisplayWindow(
      from: .zero, to: Dose(inBaseUnit: (peak / unit).rounded(.up) * unit), colourMap: colours)
  }
}

extension [RegionCoverage] {
  /// Voxels at least half inside each lesion, the largest lesion first.
  var lesionMasks: [Mask] {
    filter { $0.kind == .lesion }.map { lesion in
      Mask(grid: lesion.coverage.grid) { lesion.coverage.samples[$0] >= 0.5 }
    }.sorted { $0.volume > $1.volume }
  }
}
