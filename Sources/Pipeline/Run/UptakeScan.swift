import DICOMIO
import Foundation
import Geometry
import Lesions
public import Quantities
import Response
import Volumes

/// Full width at half maximum of an emission image, voxel averaging included.
public struct EffectiveResolution: Sendable, Hashable, Codable {
  public let fullWidthHalfMaximum: Length
  public let source: String
}

/// A diagnostic PET with everything that outlining and measuring need.
struct UptakeScan {
  let point: Course.TimePoint
  let suv: Volume<SUVbw>
  let conversion: SUVConversion
  let header: PETHeader
  let facts: SeriesFacts
  /// Organs on the PET grid.
  let organs: [NamedRegion]
  /// Lesions that came outlined, on the PET grid.
  let given: [NamedRegion]
  let liver: Assessment<LiverReference>
  /// Uptake of normal regions that were outlined, for criteria.
  let regions: [String: NormalUptake]
  /// Lean body mass over body weight.
  let leanBodyFraction: Assessment<Double>
  let warnings: [String]

  init(_ scans: TimePointScans, course: Course) throws {
    point = scans.point
    guard case .pet(let stored) = try scans.emission().image else {
      throw PipelineError.noSeries(
        path: scans.point.emission.path, wanted: "PET", found: "SPECT")
    }
    let (series, used) = stored.filling(
      weight: course.patient.weight, height: course.patient.height, sex: course.patient.sex)
    header = series.header
    facts = series.facts
    conversion = try series.suvConversion()
    suv = Self.filtered(try series.suvVolume(), scans.point.filter)
    let frame = try scans.frame()
    let outlines = try scans.outlines()
    let grid = suv.grid
    func outlined(_ names: [String]) throws -> [NamedRegion] {
      try names.compactMap { name in
        try outlines?.mask(name, on: grid, frame: frame).map { NamedRegion(name: name, mask: $0) }
      }
    }
    organs = try outlined(outlines?.organNames ?? [])
    given = try outlined(outlines?.lesionNames ?? [])
    liver = Self.liver(in: suv, organs: organs)
    leanBodyFraction = Self.leanBodyFraction(header)
    regions = Self.regions(in: suv, organs: organs, liver: liver)
    warnings = facts.warnings + conversion.warnings + used + (outlines?.warnings ?? [])
  }

  /// From injection to the begin of the acquisition.
  var uptakeTime: Duration? {
    guard let injection = header.injection, let start = facts.start else { return nil }
    return .seconds(start.timeIntervalSince(injection))
  }

  private static func liver(
    in suv: Volume<SUVbw>, organs: [NamedRegion]
  ) -> Assessment<LiverReference> {
    guard let outline = organs.first(where: { $0.name == "liver" })?.outline else {
      return .notAssessable(reason: "no liver outline was given")
    }
    do {
      return .value(try LiverReference(in: suv, liver: outline))
    } catch {
      return .notAssessable(reason: error.description)
    }
  }

  private static func leanBodyFraction(_ header: PETHeader) -> Assessment<Double> {
    do {
      return .value(try header.leanBodyMass() / header.bodyWeight())
    } catch {
      return .notAssessable(reason: error.description)
    }
  }
}

extension UptakeScan {
  /// The resolution that recovery works with, and where it comes from: the scanner's as the
  /// course file gives it, widened by the voxels (a box of width a adds a²/12 of variance), or
  /// measured on the lesions themselves.
  func effectiveResolution(
    of lesions: [Outline], others: [Outline], given: Length?
  ) -> Assessment<EffectiveResolution> {
    if let given {
      let edge = suv.grid.voxelMillilitres * 1000
      let voxel = 8 * log(2) / 12 * cbrt(edge * edge)
      let width = (given.millimetres * given.millimetres + voxel).squareRoot()
      return .value(
        .init(fullWidthHalfMaximum: .millimetres(width), source: "course file, with voxels"))
    }
    return ImageResolution.measure(on: lesions, in: suv, others: others).map {
      EffectiveResolution(
        fullWidthHalfMaximum: $0.fullWidthHalfMaximum,
        source: "measured on \($0.lesionCount) lesions of the image")
    }
  }

  /// SUV of a time point alone, for pictures.
  static func suv(_ scans: TimePointScans, course: Course) throws -> Volume<SUVbw> {
    guard case .pet(let stored) = try scans.emission().image else {
      throw PipelineError.noSeries(
        path: scans.point.emission.path, wanted: "PET", found: "SPECT")
    }
    let volume = try stored.filling(
      weight: course.patient.weight, height: course.patient.height, sex: course.patient.sex
    ).series.suvVolume()
    return filtered(volume, scans.point.filter)
  }
}
