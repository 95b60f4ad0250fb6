import CourseStore
import DICOMIO
import Foundation
import Geometry
import Registration

/// The scans of one time point, read when first asked for and let go when told to.
final class TimePointScans {
  let point: Course.TimePoint
  private let store: CourseStore
  private let gaps: SliceGaps
  let quantification: SPECTQuantification
  private var loadedCT: CTSeries?
  private var loadedPyramid: CTPyramid?
  private var loadedEmission: EmissionScan?
  private var loadedOutlines: RegionOutlines??
  private var digests: [Part: String] = [:]

  enum Part: String {
    case ct, emission, structures
  }

  init(
    _ point: Course.TimePoint, store: CourseStore, gaps: SliceGaps,
    quantification: SPECTQuantification
  ) {
    self.point = point
    self.store = store
    self.gaps = gaps
    self.quantification = quantification
  }

  func ct() throws -> CTSeries {
    if let loadedCT { return loadedCT }
    guard let url = point.ct else { throw PipelineError.noScan(path: "\(point.id).ct") }
    let series = try CTSeries.load(
      files: SeriesSelection.series(at: url, roles: [.ct]), gaps: gaps)
    guard try series.facts.frameOfReference == frame() else {
      throw PipelineError.framesDiffer(timePoint: point.id)
    }
    loadedCT = series
    return series
  }

  /// The CT reduced for registration, made once for all links of this time point.
  func pyramid(_ role: RegistrationError.Role) throws -> CTPyramid {
    if let loadedPyramid { return loadedPyramid }
    let pyramid = try CTPyramid(ct().volume, role: role)
    loadedPyramid = pyramid
    return pyramid
  }

  func emission() throws -> EmissionScan {
    if let loadedEmission { return loadedEmission }
    let scan = try EmissionScan.load(point.emission, quantification: quantification, gaps: gaps)
    loadedEmission = scan
    return scan
  }

  /// Organ and lesion outlines; `nil` when the course file names none for this time point.
  func outlines() throws -> RegionOutlines? {
    if let loadedOutlines { return loadedOutlines }
    let outlines = try point.structures.map(RegionOutlines.load)
    loadedOutlines = .some(outlines)
    return outlines
  }

  /// The frame that the images of this time point share.
  func frame() throws -> FrameOfReference {
    guard let frame = try emission().facts.frameOfReference else {
      throw PipelineError.noFrame(timePoint: point.id)
    }
    return frame
  }

  /// Lets go of the CT's voxels, by far the largest part, and keeps what registration needs.
  func releaseVoxels() { loadedCT = nil }
  /// Lets go of all of the CT.
  func releaseCT() { (loadedCT, loadedPyramid) = (nil, nil) }
  func release() {
    releaseCT()
    loadedEmission = nil
  }

  /// Digest of the content of all files of one part; `none` when the course names none.
  func digest(_ part: Part) throws -> String {
    if let known = digests[part] { return known }
    let url: URL? =
      switch part {
      case .ct: point.ct
      case .emission: point.emission
      case .structures: point.structures
      }
    let digest =
      try url.map { try Digest(of: files(at: $0).map(fileDigest) + [gaps.rawValue]).hexadecimal }
      ?? "none"
    digests[part] = digest
    return digest
  }

  private func fileDigest(_ file: URL) throws -> String {
    try store.digest(ofFile: file).hexadecimal
  }

  private func files(at url: URL) throws -> [URL] {
    let values = try? url.resourceValues(forKeys: [.isDirectoryKey])
    guard let isFolder = values?.isDirectory else { throw PipelineError.noScan(path: url.path) }
    guard isFolder else { return try SeriesSelection.series(of: url) }
    let keys: [URLResourceKey] = [.isRegularFileKey]
    let found = FileManager.default.enumerator(at: url, includingPropertiesForKeys: keys)
    return (found?.compactMap { $0 as? URL } ?? [])
      .filter { (try? $0.resourceValues(forKeys: Set(keys)).isRegularFile) == true }
      .sorted { $0.path < $1.path }
  }
}
