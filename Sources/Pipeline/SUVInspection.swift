public import DICOMIO
public import Foundation
import Geometry
import Quantities
import Volumes

/// The SUV of one PET series with every assumption shown: the report of `theratrack suv --json`.
///
/// Keys are part of the tool's documented output. A key whose value is not known is written as
/// `null`, never left out.
public struct SUVInspection: Sendable, Hashable {
  /// One region of a structure set.
  public struct Region: Sendable, Hashable {
    public let name: String
    public let voxels: Int
    public let volume: Double
    /// `nil` for a region that covers no voxel.
    public let statistics: Statistics?
  }

  public struct Statistics: Sendable, Hashable {
    public let min, median, mean, max: Double
    public let voxels: Int
  }

  public let units: String
  public let suvType: String?
  public let decayCorrection: String?
  public let conversion: SUVConversion
  public let timesAreUTC: Bool
  public let hasPatientWeight: Bool
  public let files: Int
  public let size: [Int]
  /// Of all voxels.
  public let statistics: Statistics
  /// Of the voxels above zero: outside the patient most reconstructions store zero, which says
  /// nothing about uptake. `nil` when there are none.
  public let aboveZero: Statistics?
  public let regions: [Region]
  public let warnings: [String]

  /// Inspects a folder that holds one PET series, or the files of one.
  ///
  /// - Parameters:
  ///   - paths: One folder, or the files of one series.
  ///   - structures: An RT Structure Set drawn in the frame of the series.
  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func inspect(
    _ paths: [URL], structures: URL? = nil
  ) throws(DICOMReadError) -> SUVInspection {
    let (files, remarks) = try PETSeries.files(at: paths)
    let series = try PETSeries.load(files: files)
    let conversion = try series.suvConversion()
    let suv = try series.suvVolume()
    guard let statistics = Statistics(suv.samples) else {
      throw .nothingFound(file: series.header.file, what: "voxels")
    }
    let (regions, regionRemarks) = try Self.regions(structures, suv, series)
    return SUVInspection(
      units: series.header.units ?? "", suvType: series.header.suvType,
      decayCorrection: series.header.decayCorrection, conversion: conversion,
      timesAreUTC: series.header.hasTimezone, hasPatientWeight: (series.header.weight ?? 0) > 0,
      files: files.count, size: [suv.grid.size.x, suv.grid.size.y, suv.grid.size.z],
      statistics: statistics, aboveZero: Statistics(suv.samples.filter { $0 > 0 }),
      regions: regions,
      warnings: remarks + series.facts.warnings + conversion.warnings + regionRemarks)
  }

  private static func regions(
    _ url: URL?, _ suv: Volume<SUVbw>, _ series: PETSeries
  ) throws(DICOMReadError) -> ([Region], [String]) {
    guard let url else { return ([], []) }
    let structures = try StructureSet.load(file: url)
    guard let frame = series.facts.frameOfReference else {
      throw .missing(
        DICOMTag(0x0020, 0x0052), file: series.header.file,
        remedy: "Without it no structure set can be placed; export the series again.")
    }
    var regions: [Region] = []
    var remarks: [String] = []
    for region in structures.regions {
      guard !region.contours.isEmpty else {
        remarks.append("region '\(region.name)' has no closed contour and was left out")
        continue
      }
      let mask = try structures.mask(of: region, on: suv.grid, frame: frame)
      let inside = suv.samples.indices.filter { mask[$0] }.map { suv.samples[$0] }
      regions.append(
        Region(
          name: region.name, voxels: inside.count, volume: mask.volume.millilitres,
          statistics: Statistics(inside)))
    }
    return (regions, remarks)
  }
}

extension SUVInspection.Statistics {
  /// `nil` when there are no samples.
  init?(_ samples: [Float]) {
    let sorted = samples.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
    (min, max) = (Double(first), Double(last))
    median = (Double(low) + Double(high)) / 2
    voxels = sorted.count
    mean = samples.reduce(0.0) { $0 + Double($1) } / Double(samples.count)
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
