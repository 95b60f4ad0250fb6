public import DICOMIO
import Foundation

extension SUVInspection {
  /// The series in one normalisation, or why it cannot be had.
  public struct Normalisation: Sendable, Hashable {
    public let type: SUVType
    /// SUV per Bq/mL, in g/Bq or cm²/Bq; `nil` as for ``SUVConversion/factor``.
    public let factor: Double?
    /// Minimum and median of the voxels above zero, and mean and maximum of all.
    public let min, median, mean, max: Double?
    /// Why there is none.
    public let refusal: FailureReport.Details?
  }
}

extension SUVInspection.Normalisation {
  /// Types differ by one factor for the whole series, so the statistics of one give all others.
  init(
    _ type: SUVType, _ header: PETHeader, shown: SUVConversion,
    aboveZero: SUVInspection.Statistics?, all: SUVInspection.Statistics
  ) {
    self.type = type
    do throws(DICOMReadError) {
      let conversion = try SUVConversion(header, as: type)
      let ratio = (conversion.scales.first ?? 1) / (shown.scales.first ?? 1)
      factor = conversion.factor
      (min, median) = (aboveZero.map { $0.min * ratio }, aboveZero.map { $0.median * ratio })
      (mean, max) = (all.mean * ratio, all.max * ratio)
      refusal = nil
    } catch {
      (factor, min, median, mean, max) = (nil, nil, nil, nil, nil)
      refusal = FailureReport(error).error
    }
  }
}

extension SUVInspection.Frame {
  init(_ frames: PETTimeFrames, _ number: Int) {
    let frame = frames.frames.first { $0.number == number }
    self.number = number
    count = frames.frames.count
    start = frame?.start.flatMap { begin in frames.start.map { begin.timeIntervalSince($0) } }
    duration = frame?.duration
  }
}

extension PETTimeFrames {
  /// The frame to show: the only one, or the one that was asked for.
  func number(asked: Int?) throws(DICOMReadError) -> Int {
    if let asked { return asked }
    guard frames.count > 1 else { return 1 }
    let list = frames.prefix(3).map { frame in
      let begin = frame.start.flatMap { at in start.map { at.timeIntervalSince($0) } }
      return "\(frame.number)" + (begin.map { " from \(Int($0.rounded())) s" } ?? "")
    }
    throw .unusable(
      DICOMTag(0x0054, 0x1000), file: frames[0].files.first?.lastPathComponent ?? "",
      reason: "of this series means \(frames.count) time frames: "
        + list.joined(separator: ", ") + (frames.count > 3 ? " …" : ""),
      remedy: "Pick one with --frame 1 to --frame \(frames.count).")
  }
}

extension PETSeries {
  /// The files of the one PET series that `paths` name.
  ///
  /// In a folder with several, the only attenuation-corrected original is taken, and a remark
  /// says so.
  static func files(at paths: [URL]) throws(DICOMReadError) -> ([URL], [String]) {
    var isFolder: ObjCBool = false
    guard let only = paths.first, paths.count == 1,
      unsafe FileManager.default.fileExists(atPath: only.path, isDirectory: &isFolder),
      isFolder.boolValue
    else { return (paths, []) }
    let catalogue = try SeriesCatalogue.scan(folder: only)
    let owners = catalogue.patients.compactMap { patient in
      patient.series.first { $0.modality == "PT" }?.files.first
    }
    guard owners.count < 2 else {
      throw .mixed(DICOMTag(0x0010, 0x0020), file: owners[0], other: owners[1])
    }
    let all = catalogue.series.filter { $0.modality == "PT" }
    let originals = all.filter { $0.role == .pet }
    guard let chosen = originals.count == 1 ? originals.first : all.first else {
      throw .nothingFound(file: only.lastPathComponent, what: "PET series")
    }
    guard all.count == 1 || originals.count == 1 else {
      let other = all.first { $0.uid != chosen.uid }
      throw .mixed(
        DICOMTag(0x0020, 0x000E), file: chosen.files.first ?? "", other: other?.files.first ?? "")
    }
    let remark =
      all.count > 1
      ? ["\(all.count) PET series are there; the only attenuation-corrected original was taken"]
      : []
    let root = only.resolvingSymlinksInPath()
    return (chosen.files.map { root.appending(path: $0) }, remark)
  }
}
