import DICOMIO
public import Foundation
import Geometry
import Quantities
import Reporting
import Volumes

/// One scan as NIfTI, with its regions as a label map: the answer of `theratrack export`.
public struct ScanExport: Sendable {
  /// What the voxels of an exported PET or SPECT are.
  public enum Scale: String, Sendable, CaseIterable {
    case suv
    /// Bq/mL.
    case concentration
  }

  private let image: Data
  private let map: (data: Data, regions: RegionMap)?
  private let quantity: String
  private let remarks: [String]

  /// - Parameters:
  ///   - scan: File or folder of one CT, PET or SPECT series.
  ///   - structures: RTSTRUCT or SEG in the frame of the scan, or `nil`.
  ///   - scale: For PET; a SPECT is always in Bq/mL, a CT in HU.
  ///   - isCompressed: gzip, for names that end in `.gz`.
  public init(scan: URL, structures: URL?, scale: Scale, isCompressed: Bool) throws {
    let series = try Self.load(scan, scale)
    quantity = series.quantity
    var remarks = series.warnings
    let even = try Self.evenGrid(series.volume.grid)
    if even != series.volume.grid {
      remarks.append(
        "slices are not evenly spaced, which NIfTI cannot say: resampled at their mean distance")
    }
    let volume =
      even == series.volume.grid
      ? series.volume : series.volume.resampled(onto: even, outside: .zero)
    image = try NIfTIFile.data(
      of: volume, description: series.quantity, isCompressed: isCompressed)
    guard let structures else {
      self.remarks = remarks
      map = nil
      return
    }
    guard let frame = series.frame else {
      throw PipelineError.noFrame(timePoint: scan.lastPathComponent)
    }
    let outlines = try RegionOutlines.load(structures)
    let regions = try RegionMap(outlines, on: even, frame: frame)
    self.remarks = remarks + outlines.warnings
    map = (
      try NIfTIFile.data(
        ofLabels: regions.voxels, on: even, description: "region labels",
        isCompressed: isCompressed),
      regions
    )
  }

  private static func load(_ scan: URL, _ scale: Scale) throws -> Loaded {
    if try SeriesSelection.imageRole(at: scan) == .ct {
      let ct = try CTSeries.load(files: SeriesSelection.series(at: scan, roles: [.ct]))
      return Loaded(ct.volume, "CT number, HU", ct.facts)
    }
    let emission = try EmissionScan.load(scan)
    if case .pet(let series) = emission.image, scale == .suv {
      return Loaded(try series.suvVolume(), "SUVbw, g/mL", series.facts)
    }
    return Loaded(
      try emission.concentration().volume, "activity concentration, Bq/mL", emission.facts)
  }

  /// The grid itself, or one with the same extent whose slices are evenly spaced.
  private static func evenGrid(_ grid: VoxelGrid) throws(GridError) -> VoxelGrid {
    guard grid.sliceOffsets != nil else { return grid }
    return try VoxelGrid(
      size: grid.size, spacing: grid.spacing, axes: grid.axes, origin: grid.origin)
  }

  /// Writes the image to `url`, and the label map beside it with `-regions` in its name.
  public func write(to url: URL) throws -> [URL] {
    try AtomicFile.write(image, to: url)
    guard let map else { return [url] }
    let (stem, ending) = Self.split(url.lastPathComponent)
    let second = url.deletingLastPathComponent().appending(path: "\(stem)-regions\(ending)")
    try AtomicFile.write(map.data, to: second)
    return [url, second]
  }

  private static func split(_ name: String) -> (stem: String, ending: String) {
    for ending in [".nii.gz", ".nii"] where name.hasSuffix(ending) {
      return (String(name.dropLast(ending.count)), ending)
    }
    return (name, "")
  }

  // MARK: Output

  private struct File: Encodable {
    let files: [String]
    let quantity: String
    let labels: [RegionMap.Label]
    let warnings: [String]
    let notice = Provenance.statement
  }

  public func json(files: [URL]) throws -> String {
    let file = File(
      files: files.map(\.lastPathComponent), quantity: quantity, labels: map?.regions.labels ?? [],
      warnings: remarks)
    return String(bytes: try JSONWriter.data(file).dropLast(), encoding: .utf8) ?? ""
  }

  public func text(files: [URL]) -> String {
    (files.map { "Wrote " + $0.lastPathComponent } + ["Voxels".column(24) + quantity]
      + (map?.regions.labels ?? []).map { "label \($0.label)".column(24) + $0.name }
      + remarks.map { "warning: " + $0 })
      .joined(separator: "\n")
  }
}

/// A scan of any kind, its values in the unit that `quantity` names.
private struct Loaded {
  let volume: Volume<RescaledValue>
  let quantity: String
  let frame: FrameOfReference?
  let warnings: [String]

  init<Value: Quantity>(_ volume: Volume<Value>, _ quantity: String, _ facts: SeriesFacts) {
    self.volume = volume.scaled(by: 1, as: RescaledValue.self)
    self.quantity = quantity
    (frame, warnings) = (facts.frameOfReference, facts.warnings)
  }
}

/// Regions as numbers from 1 in the order of their file.
struct RegionMap {
  struct Label: Codable, Hashable {
    let label: Int
    let name: String
    let voxels: Int
    /// Voxels of it that an earlier region keeps.
    let voxels_shared: Int
  }

  let voxels: [UInt16]
  let labels: [Label]

  init(_ outlines: RegionOutlines, on grid: VoxelGrid, frame: FrameOfReference) throws {
    var voxels = [UInt16](repeating: 0, count: grid.voxelCount)
    var labels: [Label] = []
    for (n, name) in outlines.names.enumerated() {
      let number = n + 1
      guard let label = UInt16(exactly: number),
        let mask = try outlines.mask(name, on: grid, frame: frame)
      else { continue }
      var (count, shared) = (0, 0)
      for voxel in voxels.indices where mask[voxel] {
        count += 1
        if voxels[voxel] == 0 { voxels[voxel] = label } else { shared += 1 }
      }
      labels.append(Label(label: number, name: name, voxels: count, voxels_shared: shared))
    }
    (self.voxels, self.labels) = (voxels, labels)
  }
}
