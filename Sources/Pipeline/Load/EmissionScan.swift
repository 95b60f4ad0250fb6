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
  /// Bq/mL per count from the course file, for a SPECT without quantitative units.
  let calibration: Double?

  var facts: SeriesFacts {
    switch image {
    case .pet(let series): series.facts
    case .spect(let series): series.facts
    }
  }

  static func load(
    _ url: URL, calibration: Double?, gaps: SliceGaps = .refuse
  ) throws -> EmissionScan {
    let files = try SeriesSelection.series(at: url, roles: [.pet, .spect])
    let image: Image
    if files.count == 1, let first = files.first, let spect = try spect(first) {
      image = .spect(spect)
    } else {
      image = .pet(try PETSeries.load(files: files, gaps: gaps))
    }
    return EmissionScan(image: image, calibration: calibration)
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
      let factor = calibration.map {
        SPECTCalibration.factor(becquerelsPerMillilitrePerCount: $0)
      }
      return (
        try series.concentrationVolume(calibration: factor ?? .fromHeader), series.facts.start
      )
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
