import DICOMIO
import Foundation
import Geometry
import Quantities
import Volumes

/// The PET or SPECT of a time point, as read.
struct EmissionScan {
  enum Image {
    case pet(PETSeries)
    case spect(SPECTSeries)
  }

  let image: Image
  let quantification: SPECTQuantification
  /// Where it was read from, for messages.
  let path: String

  var facts: SeriesFacts {
    switch image {
    case .pet(let series): series.facts
    case .spect(let series): series.facts
    }
  }

  static func load(
    _ url: URL, quantification: SPECTQuantification = SPECTQuantification(),
    gaps: SliceGaps = .refuse
  ) throws -> EmissionScan {
    let files = try SeriesSelection.series(at: url, roles: [.pet, .spect])
    let image: Image
    if files.count == 1, let first = files.first, let spect = try spect(first) {
      image = .spect(spect)
    } else {
      image = .pet(try PETSeries.load(files: files, gaps: gaps))
    }
    return EmissionScan(image: image, quantification: quantification, path: url.path)
  }

  /// A multi-frame Nuclear Medicine image, or `nil` when the file is something else.
  private static func spect(_ file: URL) throws -> SPECTSeries? {
    do throws(DICOMReadError) {
      return try SPECTSeries.load(file: file)
    } catch {
      if error.isOtherKindOfObject { return nil }
      throw error
    }
  }

  /// Activity concentration and the instant it belongs to.
  ///
  /// A SPECT belongs to the start of its acquisition; a PET to its decay-correction reference.
  func concentration() throws -> (volume: Volume<ActivityConcentration>, at: Date?) {
    switch image {
    case .pet(let series):
      let (volume, at) = try series.concentrationVolume()
      return (volume, at)
    case .spect(let series):
      return (try quantification.concentration(of: series, path: path), series.facts.start)
    }
  }

  /// For people: what was odd, assumed or changed.
  func warnings(administered: Activity?) -> [String] {
    switch image {
    case .pet(let series): series.facts.warnings
    case .spect(let series): quantification.warnings(of: series, administered: administered)
    }
  }

  func grid() -> VoxelGrid {
    switch image {
    case .pet(let series): series.rescaled.grid
    case .spect(let series): series.counts.grid
    }
  }
}

extension EmissionScan {
  /// Values proportional to uptake, whatever their unit: enough to register by.
  func uptake() throws -> Volume<RescaledValue> {
    switch image {
    case .pet(let series): series.rescaled
    case .spect(let series): series.counts
    }
  }
}
