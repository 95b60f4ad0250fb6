import DICOMIO
import Dosimetry
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

  /// What turns the counts of a SPECT into activity.
  enum Calibration {
    /// The header's own; refused where it has none.
    case header
    /// Bq/mL per count.
    case perCount(Double)
    /// Counts per second for each MBq, where the header has no calibration of its own.
    case sensitivity(Double, Radionuclide)
    /// All of a known activity is in the field at the start of the scan.
    case total(Activity)
  }

  let image: Image
  let calibration: Calibration
  /// Where it was read from, for messages.
  let path: String

  var facts: SeriesFacts {
    switch image {
    case .pet(let series): series.facts
    case .spect(let series): series.facts
    }
  }

  static func load(
    _ url: URL, calibration: Calibration = .header, gaps: SliceGaps = .refuse
  ) throws -> EmissionScan {
    let files = try SeriesSelection.series(at: url, roles: [.pet, .spect])
    let image: Image
    if files.count == 1, let first = files.first, let spect = try spect(first) {
      image = .spect(spect)
    } else {
      image = .pet(try PETSeries.load(files: files, gaps: gaps))
    }
    return EmissionScan(image: image, calibration: calibration, path: url.path)
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
      return (try concentration(of: series), series.facts.start)
    }
  }

  private func concentration(
    of series: SPECTSeries
  ) throws -> Volume<ActivityConcentration> {
    func scaled(_ factor: Double) throws -> Volume<ActivityConcentration> {
      try series.concentrationVolume(
        calibration: SPECTCalibration.factor(becquerelsPerMillilitrePerCount: factor))
    }
    switch calibration {
    case .header: return try series.concentrationVolume()
    case .perCount(let factor): return try scaled(factor)
    case .total(let activity):
      let counts = series.counts.samples.reduce(0.0) { $0 + Double($1) }
      guard counts > 0 else { throw DosimetryError.notPositive(quantity: "number of counts") }
      return try scaled(activity.inBaseUnit / counts / Self.voxelMillilitres(series.counts.grid))
    case .sensitivity(let sensitivity, let radionuclide):
      if let own = try? series.concentrationVolume() { return own }
      guard let duration = series.duration else {
        throw PipelineError.unusable(
          path: path,
          reason: "its header does not say how long it was acquired, so spect.sensitivity cannot "
            + "be used; give calibration or totalActivity for this time point")
      }
      let mean = CameraCalibration.meanOverStart(duration, radionuclide)
      let perCount = 1e6 / (sensitivity * duration.inSeconds * mean)
      return try scaled(perCount / Self.voxelMillilitres(series.counts.grid))
    }
  }

  private static func voxelMillilitres(_ grid: VoxelGrid) -> Double {
    (0..<grid.size.z).reduce(0) { $0 + grid.voxelMillilitres(inSlice: $1) } / Double(grid.size.z)
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
