import CourseStore
import DICOMIO
public import Dosimetry
import Foundation
import Geometry
import Lesions
import Quantities
import Radiobiology
import Transport
import Volumes

/// Regional activities over the scans of each cycle, and the doses that follow.
struct DoseStage {
  let course: Course
  let agent: Course.Agent
  let links: [TimePointLink]
  /// The lesions of the reference time point.
  let lesions: [DosedLesion]
  /// Radiobiology of organs and lesions, from the limit pack.
  let tissues: [String: TissueRadiobiology]
  let lesionTissue: TissueRadiobiology?
  /// Recovery and cross-dose as the site gave them.
  let tables: DosimetryTables

  /// An outline with less of its volume inside the SPECT is not assessable there: what lies
  /// outside was not measured.
  private static let leastInField = 0.98

  /// What the doses of a cycle depend on.
  func key(
    _ cycle: Course.Cycle, _ scans: [TimePointScans], after earlier: [CycleResult]
  ) throws -> Digest {
    var parts = [
      Provenance.softwareVersion, "\(cycle.number)", "\(cycle.activity.inBaseUnit)",
      "\(cycle.at.timeIntervalSince1970)", agent.radionuclide.symbol,
      String(describing: course.resolution), tables.content,
    ]
    let encoder = JSONEncoder.sorted
    for scan in scans {
      parts += [
        scan.point.id, try scan.digest(.emission), try scan.digest(.structures),
        "\(scan.point.calibration ?? 0) \(scan.point.totalActivity?.inBaseUnit ?? 0)",
      ]
      if let link = links.first(where: { $0.timePoint == scan.point.id }) {
        parts.append(try encoder.encode(link).base64EncodedString())
      }
    }
    parts.append(try encoder.encode(lesions).base64EncodedString())
    parts.append(try encoder.encode(tissues).base64EncodedString())
    parts.append(try encoder.encode(Self.curves(earlier)).base64EncodedString())
    return Digest(of: parts)
  }

  /// The latest measured curve of each region: with more than one scan.
  private static func curves(_ earlier: [CycleResult]) -> [String: TimeActivityFit] {
    let fits = earlier.flatMap(\.dose.doses).filter { $0.fit.samples.count > 1 }
    return Dictionary(fits.map { ($0.region, $0.fit) }, uniquingKeysWith: { $1 })
  }

  /// - Parameters:
  ///   - scans: The cycle's dosimetry time points.
  ///   - earlier: Results of the cycles before it, in order.
  func run(
    _ cycle: Course.Cycle, _ scans: [TimePointScans], after earlier: [CycleResult]
  ) throws -> CycleResult {
    var timed: [CycleDose.Scan] = []
    var problems: [String] = []
    var voxel = Length.millimetres(0)
    for scans in scans {
      do {
        let scan = try measure(scans, since: cycle.at, problems: &problems)
        timed.append(scan)
        let spacing =
          try scans.point.ct == nil
          ? scans.emission().grid().spacing : scans.ct().volume.grid.spacing
        voxel = max(voxel, .millilitreEdge(spacing))
      } catch let error as DosimetryError {
        problems.append("\(scans.point.id): \(error.description)")
      }
      scans.release()
    }
    timed.sort { $0.hours < $1.hours }
    let options = try options(outlineVoxel: voxel, after: earlier)
    let kernels = try KernelStore(material: .softTissue).kernels(parent: agent.radionuclide.symbol)
    let dose = CycleDose(
      cycle: cycle.number, radionuclide: agent.radionuclide, kernels: kernels,
      administered: cycle.activity, scans: timed, options: options)
    return CycleResult(dose: dose, scans: timed, problems: problems)
  }

  private func options(
    outlineVoxel voxel: Length, after earlier: [CycleResult]
  ) throws -> CycleDose.Options {
    let settings = course.dosimetry
    var inputs = DoseUncertainty.Inputs(
      outlineVoxel: voxel, outlineResolution: Self.outlineResolution,
      activityResolution: course.resolution.spect ?? .millimetres(0))
    inputs.calibration = settings.calibrationUncertainty
    inputs.recovery = settings.recoveryUncertainty
    var options = CycleDose.Options(uncertainty: inputs)
    options.tissues = tissues
    options.lesionTissue = lesionTissue
    options.earlierFits = Self.curves(earlier)
    options.variationBetweenCycles = settings.betweenCycles
    for (region, prior) in settings.halfLifePriors {
      options.halfLifePriors[RegionName.canonical(region)] = try .init(
        median: .hours(prior.hours), variation: prior.variation)
    }
    options.crossDose = tables.crossDose
    options.rbe = settings.rbe
    options.lesionRegistration = .millimetres(
      links.compactMap(\.localErrorMillimetres).max() ?? 0)
    return options
  }

  /// Organ edges drawn on CT are as sharp as a soft-tissue kernel: about 2 mm.
  private static let outlineResolution = Length.millimetres(2)

  private func measure(
    _ scans: TimePointScans, since administration: Date, problems: inout [String]
  ) throws -> CycleDose.Scan {
    let (image, at) = try scans.emission().concentration()
    guard let at else { throw DosimetryError.notPositive(quantity: "time of the scan") }
    let (regions, body) = try regions(scans, on: image, problems: &problems)
    var activities = try RegionActivities.measure(
      image, regions: regions, body: body,
      options: .init(fullWidthHalfMaximum: course.resolution.spect))
    if let recovery = tables.recovery { activities = activities.corrected(by: recovery) }
    return CycleDose.Scan(
      time: .seconds(at.timeIntervalSince(administration)), activities: activities)
  }

  /// Lesions first: where one lies in an organ, it keeps its voxels.
  func regions(
    _ scans: TimePointScans, on image: Volume<ActivityConcentration>, problems: inout [String]
  ) throws -> (regions: [RegionCoverage], body: RegionCoverage?) {
    var regions: [RegionCoverage] = []
    let link = links.first { $0.timePoint == scans.point.id }
    if let link, link.isAssessable {
      for lesion in lesions {
        let coverage = try LesionPlacement(image: image, link: link)
          .coverage(of: lesion)
        if let coverage { regions.append(coverage) }
      }
    } else if !lesions.isEmpty {
      problems.append("\(scans.point.id): lesions left out, \(link?.refusal ?? "no link")")
    }
    guard let outlines = try scans.outlines() else {
      problems.append("\(scans.point.id): no organ outlines; give structures in the course file")
      return (regions, nil)
    }
    let frame = try scans.frame()
    let grid = try scans.point.ct == nil ? image.grid : scans.ct().volume.grid
    var body: RegionCoverage?
    for name in outlines.organNames {
      guard let mask = try outlines.mask(name, on: grid, frame: frame), !mask.isEmpty else {
        continue
      }
      let coverage = try RegionCoverage(
        name: name, kind: .organ, mask: mask, averagedOnto: image.grid)
      if name == "body" {
        body = coverage
      } else if coverage.coverage.coveredMillilitres >= Self.leastInField * mask.volume.millilitres
      {
        regions.append(coverage)
      } else {
        problems.append("\(scans.point.id): \(name) is not wholly inside the image")
      }
    }
    return (regions, body)
  }
}

/// The doses of one cycle with what went into them.
public struct CycleResult: Sendable, Hashable, Codable {
  public let dose: CycleDose
  public let scans: [CycleDose.Scan]
  /// What could not be used, and why.
  public let problems: [String]
}

extension Volume where Value == Coverage {
  /// Volume covered, in mL, with true slice distances.
  var coveredMillilitres: Double {
    let perSlice = grid.size.x * grid.size.y
    return (0..<grid.size.z).reduce(0) { sum, k in
      let slice = samples[(k * perSlice)..<((k + 1) * perSlice)]
      return sum + slice.reduce(0) { $0 + Double($1) } * grid.voxelMillilitres(inSlice: k)
    }
  }
}

extension Length {
  /// Edge of the cube with the volume of a voxel.
  fileprivate static func millilitreEdge(_ spacing: SIMD3<Double>) -> Length {
    .millimetres(cbrt(spacing.x * spacing.y * spacing.z))
  }
}

extension JSONEncoder {
  /// Keys in order, so that equal values give equal bytes.
  static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return encoder
  }
}
