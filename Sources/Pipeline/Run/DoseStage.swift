import CourseStore
import DICOMIO
public import Dosimetry
import Foundation
import Geometry
import Lesions
import Quantities
import Radiobiology
import Registration
import Transport
import Volumes

/// Regional activities over the scans of each cycle, and the doses that follow.
struct DoseStage {
  let course: Course
  let agent: Course.Agent
  let registration: CourseRegistration
  /// The lesions of the reference time point.
  let lesions: [DosedLesion]
  /// Radiobiology of organs and lesions, from the limit pack.
  let tissues: [String: TissueRadiobiology]
  let lesionTissue: TissueRadiobiology?
  /// Recovery and cross-dose as the site gave them.
  let tables: DosimetryTables

  /// What the doses of a cycle depend on.
  func key(
    _ cycle: Course.Cycle, _ scans: [TimePointScans], after earlier: [CycleResult]
  ) throws -> Digest {
    var parts = [
      Provenance.softwareVersion, "\(cycle.number)", "\(cycle.activity.inBaseUnit)",
      "\(cycle.at.timeIntervalSince1970)", agent.radionuclide.symbol,
      course.cycles.map { "\($0.at.timeIntervalSince1970)" }.joined(separator: " "),
      String(describing: course.resolution), tables.content,
    ]
    let encoder = JSONEncoder.sorted
    for scan in scans {
      parts += [
        scan.point.id, try scan.digest(.emission), try scan.digest(.structures),
        String(describing: scan.quantification),
      ]
      parts += try registration.parts(of: scan.point.id)
    }
    parts.append(try encoder.encode(cycle.planar?.regions).base64EncodedString())
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
    var seen = SeenOnCT()
    for scans in scans {
      do {
        timed.append(try measure(scans, in: cycle, seen: &seen, problems: &problems))
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
    var options = try options(cycle, outlineVoxel: voxel, after: earlier)
    options.planar = try planar(cycle, scans, timed)
    options.densities = seen.densities(problems: &problems)
    problems += seen.edgeProblem.map { [$0] } ?? []
    let kernels = try KernelStore(material: .softTissue).kernels(parent: agent.radionuclide.symbol)
    let first = course.cycles.map(\.at).min() ?? cycle.at
    let dose = CycleDose(
      cycle: cycle.number, start: .seconds(cycle.at.timeIntervalSince(first)),
      radionuclide: agent.radionuclide, kernels: kernels, administered: cycle.activity,
      scans: timed, options: options)
    problems += Self.unweighted(options.planar, dose)
    return CycleResult(dose: dose, scans: timed, problems: problems)
  }

  /// Planar values by the names that the regions of this cycle have.
  private func planar(
    _ cycle: Course.Cycle, _ scans: [TimePointScans], _ timed: [CycleDose.Scan]
  ) throws -> [String: CycleDose.Planar] {
    guard let planar = cycle.planar else { return [:] }
    let measured = timed.flatMap(\.activities.regions).filter { $0.kind != .remainder }
    let outlined = try scans.flatMap { try $0.outlines()?.names ?? [] }.filter { $0 != "body" }
    var names = Dictionary(
      (outlined + lesions.map(\.track) + measured.map(\.region)).map {
        (RegionName.canonical($0), $0)
      }, uniquingKeysWith: { $1 })
    for lesion in lesions {
      if let name = lesion.name { names[RegionName.canonical(name)] = lesion.track }
    }
    return try planar.samples(named: names)
  }

  /// A person gave standard deviations that could not be weighed against those of the SPECT.
  private static func unweighted(
    _ planar: [String: CycleDose.Planar], _ dose: CycleDose
  ) -> [String] {
    let regions = dose.doses.filter { dose in
      planar[dose.region]?.samples.contains { $0.standardDeviation != nil } == true
        && dose.fit.samples.contains { $0.standardDeviation == nil }
    }.map(\.region)
    return regions.isEmpty
      ? []
      : [
        "standard deviations of planar values are not used (\(regions.joined(separator: ", "))): the "
          + "noise of the SPECT is not known, give spect.resolution"
      ]
  }

  private func options(
    _ cycle: Course.Cycle, outlineVoxel voxel: Length, after earlier: [CycleResult]
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
    if course.resolution.spect == nil { options.recoveryCurve = settings.recovery }
    let here = course.timePoints.filter { $0.cycle == cycle.number }
      .compactMap { registration.tissue(at: $0.id) }
    for lesion in lesions {
      options.interpolatedVolumes[lesion.track] =
        volumeRatio(of: lesion, in: cycle).relativeUncertainty
      let errors = lesion.outline.mask.centroid.map { centre in
        here.compactMap { $0.errorAnywhere(at: centre).radiusMillimetres }
      }
      options.registrations[lesion.track] = .millimetres(errors?.max() ?? 0)
    }
    return options
  }

  /// A lesion's volume in a cycle over that at the reference.
  private func volumeRatio(
    of lesion: DosedLesion, in cycle: Course.Cycle
  ) -> (ratio: Double, relativeUncertainty: Double) {
    lesion.size.volumeRatio(at: cycle.at, administrations: course.cycles.map(\.at))
  }

  /// Organ edges drawn on CT are as sharp as a soft-tissue kernel: about 2 mm.
  private static let outlineResolution = Length.millimetres(2)

  private func measure(
    _ scans: TimePointScans, in cycle: Course.Cycle, seen: inout SeenOnCT,
    problems: inout [String]
  ) throws -> CycleDose.Scan {
    let emission = try scans.emission()
    problems += (emission.warnings(administered: cycle.activity)).map { "\(scans.point.id): \($0)" }
    problems += try scans.outlines()?.warnings.map { "\(scans.point.id): \($0)" } ?? []
    let (image, at) = try emission.concentration()
    guard let at else { throw DosimetryError.notPositive(quantity: "time of the scan") }
    let found = try regions(scans, in: cycle, on: image, problems: &problems)
    seen.add(found)
    var activities = try RegionActivities.measure(
      image, regions: found.regions, body: found.body,
      options: .init(fullWidthHalfMaximum: course.resolution.spect))
    if let recovery = course.dosimetry.recovery { activities = activities.corrected(by: recovery) }
    return CycleDose.Scan(
      time: .seconds(at.timeIntervalSince(cycle.at)), activities: activities)
  }

  /// Lesions first: where one lies in an organ, it keeps its voxels.
  func regions(
    _ scans: TimePointScans, in cycle: Course.Cycle, on image: Volume<ActivityConcentration>,
    problems: inout [String]
  ) throws -> FoundRegions {
    let outlines = try OutlinedRegions(scans, on: image)
    var found = FoundRegions(body: outlines.body, atEdge: outlines.atEdge)
    for outlined in outlines.lesions {
      let known = lesions.first { RegionName.canonical($0.name ?? "") == outlined.name }
      let name = known?.track ?? outlined.name
      found.regions.append(
        RegionCoverage(name: name, kind: .lesion, coverage: outlined.coverage))
      found.densities[name] = outlines.densities[outlined.name]
    }
    let anew = found.regions
    for lesion in try carried(scans, in: cycle, on: image, &problems) {
      let region = try lesion.coverage(on: image.grid)
      // One that the structures of this scan outline anew is not brought.
      guard
        !anew.contains(where: {
          $0.name == region.name || region.overlap(with: $0) > Self.sameLesion
        })
      else { continue }
      found.regions.append(region)
      if scans.point.ct != nil {
        let ct = try scans.ct().volume
        found.densities[region.name] = CTDensity(
          try lesion.outline(on: ct.grid), on: ct)
      }
    }
    if !outlines.isGiven {
      problems.append("\(scans.point.id): no organ outlines; give structures in the course file")
    }
    problems += outlines.cut.map { "\(scans.point.id): \($0) is not wholly inside the image" }
    for organ in outlines.organs {
      found.regions.append(organ)
      found.densities[organ.name] = outlines.densities[organ.name]
    }
    return found
  }

  /// The lesions of the reference where they lie at this scan.
  private func carried(
    _ scans: TimePointScans, in cycle: Course.Cycle, on image: Volume<ActivityConcentration>,
    _ problems: inout [String]
  ) throws -> [PlacedLesion] {
    guard !lesions.isEmpty else { return [] }
    guard let link = registration.tissue(at: scans.point.id) else {
      let reason = registration.link(of: scans.point.id)?.refusal ?? "no link"
      problems.append("\(scans.point.id): lesions left out, \(reason)")
      return []
    }
    let placement = LesionPlacement(image: image, link: link)
    return lesions.compactMap { lesion in
      placement.place(lesion, volumeRatio: volumeRatio(of: lesion, in: cycle).ratio)
    }
  }

  /// A lesion with more of its volume in one that is outlined anew is the same.
  private static let sameLesion = 0.3
}

extension RegionCoverage {
  /// Share of this region's volume that lies in another on the same grid.
  fileprivate func overlap(with other: RegionCoverage) -> Double {
    var (both, own) = (0.0, 0.0)
    for (a, b) in zip(coverage.samples, other.coverage.samples) where a > 0 {
      own += Double(a)
      both += Double(min(a, b))
    }
    return own > 0 ? both / own : 0
  }
}

/// The doses of one cycle with what went into them.
public struct CycleResult: Sendable, Hashable, Codable {
  public let dose: CycleDose
  public let scans: [CycleDose.Scan]
  /// What could not be used, and why.
  public let problems: [String]
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
