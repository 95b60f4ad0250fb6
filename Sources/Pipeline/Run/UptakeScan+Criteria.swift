import DICOMIO
import Foundation
import Geometry
import Lesions
import Quantities
import Response
import Volumes

// What comparing scans and response criteria need of a scan.

extension UptakeScan {
  /// How the image was made, as far as uptake depends on it.
  var origin: ImageOrigin {
    let scanner = [header.manufacturer, header.model].compactMap { $0 }.joined(separator: " ")
    return ImageOrigin(
      scanner: scanner.isEmpty ? nil : scanner, reconstruction: header.reconstruction,
      standard: point.standard, filter: point.filter.map { "\(Digits.text($0.millimetres, 1)) mm" })
  }

  static func filtered(_ suv: Volume<SUVbw>, _ filter: Length?) -> Volume<SUVbw> {
    filter.map { suv.smoothed(fullWidthHalfMaximum: $0) } ?? suv
  }

  /// Names of criteria for regions, and what structure sets call them.
  private static let regionNames = [
    "blood pool": ["blood pool", "aorta", "descending aorta", "thoracic aorta", "mediastinum"],
    "spleen": ["spleen"], "parotid": ["left parotid", "right parotid", "parotid", "parotids"],
  ]

  /// The liver's sphere, and every other region inside its edge, so that nothing spills in.
  static func regions(
    in suv: Volume<SUVbw>, organs: [NamedRegion], liver: Assessment<LiverReference>
  ) -> [String: NormalUptake] {
    var found: [String: NormalUptake] = [:]
    if let liver = liver.value {
      let sphere = Outline(
        grid: suv.grid, ball: liver.centre, radius: LiverReference.Options().diameter * 0.5)
      found["liver"] = NormalUptake(
        mean: liver.mean.inBaseUnit, standardDeviation: liver.standardDeviation.inBaseUnit,
        maximum: sphere.offsets.map { Double(suv.samples[$0]) }.max())
    }
    for (name, spellings) in regionNames {
      let outlines = organs.filter { spellings.contains($0.name) }.map(\.outline)
      found[name] = inner(outlines, of: suv)
    }
    return found
  }

  /// Mean, standard deviation and maximum of the voxels at least one diagonal inside the edge.
  private static func inner(_ outlines: [Outline], of suv: Volume<SUVbw>) -> NormalUptake? {
    let s = suv.grid.spacing
    let depth = (s.x * s.x + s.y * s.y + s.z * s.z).squareRoot()
    let values = outlines.flatMap { outline in
      zip(outline.offsets, outline.depths).filter { $0.1 >= depth }.map {
        Double(suv.samples[$0.0])
      }
    }
    guard values.count >= fewestVoxels else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return NormalUptake(
      mean: mean, standardDeviation: (squares / Double(values.count - 1)).squareRoot(),
      maximum: values.max())
  }

  /// Fewer are no region.
  private static let fewestVoxels = 8
}
