public import DICOMIO
public import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// The SUV of one PET series with every assumption shown: the report of `theratrack suv --json`.
///
/// Keys are part of the tool's documented output. A key whose value is not known is written as
/// `null`, never left out.
public struct SUVInspection: Sendable, Hashable {
  /// What a person asks for.
  public struct Request: Sendable, Hashable, Codable {
    /// The first is the one that statistics, candidates and regions are shown in.
    public var types: [SUVType] = [.bodyWeight]
    /// Which time frame of a dynamic series, from 1.
    public var frame: Int?
    public var overrides = SUVOverrides()
    /// Whether missing slices are interpolated; a series that lacks some is refused otherwise.
    public var allowsGaps = false

    public init() {}
  }

  /// One region of a structure set or segmentation.
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

  /// One time frame of a dynamic series.
  public struct Frame: Sendable, Hashable {
    public let number, count: Int
    /// Seconds after the begin of the first frame, and length.
    public let start, duration: Double?
  }

  public let units: String
  public let suvType: String?
  public let decayCorrection: String?
  public let conversion: SUVConversion
  /// For each type asked, in that order.
  public let normalisations: [Normalisation]
  /// SUVbw per Bq/mL in g/Bq, whatever type was asked for.
  public let bodyWeightFactor: Double?
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
  /// Facts given by a person in place of the header's.
  public let overrides: [String]
  /// `nil` for a static series.
  public let frame: Frame?
  public let warnings: [String]

  /// Whether every type asked for could be computed.
  public var isComplete: Bool { normalisations.allSatisfy { $0.refusal == nil } }

  /// Inspects a folder that holds one PET series, or the files of one.
  ///
  /// - Parameters:
  ///   - paths: One folder, or the files of one series.
  ///   - structures: An RT Structure Set or Segmentation drawn in the frame of the series.
  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func inspect(
    _ paths: [URL], structures: URL? = nil, request: Request = .init()
  ) throws(DICOMReadError) -> SUVInspection {
    let (files, remarks) = try PETSeries.files(at: paths)
    let frames = try PETTimeFrames(files: files)
    let number = try frames.number(asked: request.frame)
    let (series, used) = try frames.load(
      number, gaps: request.allowsGaps ? .interpolate : .refuse
    ).applying(request.overrides)
    let type = request.types.first ?? .bodyWeight
    let conversion = try series.suvConversion(as: type)
    let (header, facts) = (series.header, series.facts)
    let suv = try series.uptake(conversion)
    guard let statistics = Statistics(suv.samples) else {
      throw .nothingFound(file: header.file, what: "voxels")
    }
    let aboveZero = Statistics(suv.samples.filter { $0 > 0 })
    let (regions, regionRemarks) = try Self.regions(
      structures, suv, facts.frameOfReference, image: header.file)
    return SUVInspection(
      units: header.units ?? "", suvType: header.suvType,
      decayCorrection: header.decayCorrection, conversion: conversion,
      normalisations: request.types.map {
        Normalisation($0, header, shown: conversion, aboveZero: aboveZero, all: statistics)
      },
      bodyWeightFactor: (try? SUVConversion(header))?.factor,
      timesAreUTC: header.hasTimezone, hasPatientWeight: (header.weight ?? 0) > 0,
      files: facts.fileCount, size: [suv.grid.size.x, suv.grid.size.y, suv.grid.size.z],
      statistics: statistics, aboveZero: aboveZero, regions: regions, overrides: used,
      frame: frames.frames.count > 1 ? Frame(frames, number) : nil,
      warnings: remarks + facts.warnings + conversion.warnings + used + regionRemarks)
  }

  private static func regions(
    _ url: URL?, _ suv: Volume<RescaledValue>, _ frame: FrameOfReference?, image: String
  ) throws(DICOMReadError) -> ([Region], [String]) {
    guard let url else { return ([], []) }
    let outlines = try RegionOutlines(file: url)
    guard let frame else {
      throw .missing(
        DICOMTag(0x0020, 0x0052), file: image,
        remedy: "Without it no structure set can be placed; export the series again.")
    }
    var regions: [Region] = []
    for entry in outlines.entries {
      guard let mask = try outlines.mask(entry.name, on: suv.grid, frame: frame) else { continue }
      let inside = suv.samples.indices.filter { mask[$0] }.map { suv.samples[$0] }
      regions.append(
        Region(
          name: entry.title, voxels: inside.count, volume: mask.volume.millilitres,
          statistics: Statistics(inside)))
    }
    return (regions, outlines.warnings)
  }
}

extension SUVInspection.Statistics {
  /// `nil` when there are no samples.
  init?(_ samples: [Float]) {
    guard let lowest = samples.min(), let highest = samples.max() else { return nil }
    (min, max) = (Double(lowest), Double(highest))
    median = OrderStatistic.median(samples)
    voxels = samples.count
    mean = samples.reduce(0.0) { $0 + Double($1) } / Double(samples.count)
  }
}
