import Dosimetry
import Foundation
import Geometry
import Lesions
import Quantities
import Radiobiology
import Transport
import Volumes

/// Makes the dose map of a cycle from its scans and from the regions' curves.
struct DoseMapStage {
  let course: Course
  let agent: Course.Agent
  let registration: CourseRegistration
  /// Knows the regions, as the organ and lesion doses do.
  let organs: DoseStage
  let settings: DoseMapSettings

  /// - Parameter result: Regional activities and fits of the cycle.
  func run(
    _ cycle: Course.Cycle, _ scans: [TimePointScans], _ result: CycleResult
  ) throws -> CycleDoseMap {
    let images = try CycleImages(
      scans, registration: registration, cycle: cycle, radionuclide: agent.radionuclide)
    defer { for scan in scans { scan.release() } }
    var problems = images.problems
    let tissue = try TissueGrid(images.doseScan, on: images.grid)
    let regions = try organs.regions(
      images.doseScan, in: cycle, on: images.images[0].concentration, problems: &problems
    ).regions.withoutOverlap()
    let curves = try curves(result, cycle)
    let (all, fitted) = try decays(images, regions, curves, result, &problems)
    let (decays, outside) = try inside(all, tissue, images.doseScan.point.id)
    let engine = try DoseMapEngine(
      radionuclide: agent.radionuclide, settings: settings, spacing: images.grid.spacing)
    let computed = try engine.run(decays, density: tissue.density, regions: regions)
    let effect = try effect(regions, curves)
    let map = try effect.volume(computed.dose, highLET: computed.highLET)
    return CycleDoseMap(
      cycle: cycle.number, startHours: result.dose.startHours,
      timePoint: images.doseScan.point.id,
      timePoints: images.images.map(\.timePoint), link: images.link,
      dose: computed.dose, highLET: computed.highLET, effect: map, biology: effect,
      statistical: computed.statistical, density: tissue.density, decays: decays,
      fittedVoxels: fitted, unreliable: computed.unreliable, simulated: computed.simulated,
      regions: regions,
      regionResults: results(regions, computed, map, tissue.density, effect),
      shareOutsideCT: outside, problems: problems)
  }

  private typealias Curves = (regions: [String: ActivityCurve], rest: ActivityCurve)

  /// The fitted curves of the regions, and that of the rest of the body: its own fit, or that of the
  /// largest region where it cannot be fitted.
  private func curves(_ result: CycleResult, _ cycle: Course.Cycle) throws -> Curves {
    let doses = result.dose.doses
    let regions = Dictionary(
      doses.map { ($0.region, $0.fit.curve) }, uniquingKeysWith: { first, _ in first })
    let samples = result.scans.compactMap { scan in
      scan.activities.regions.first { $0.kind == .remainder }.map {
        ActivitySample(time: .hours(scan.hours), activity: $0.activity.value)
      }
    }
    if samples.count > 1,
      let fit = try? TimeActivityFit.fit(
        samples, radionuclide: agent.radionuclide, administered: cycle.activity)
    {
      return (regions, fit.curve)
    }
    guard let largest = doses.max(by: { $0.mass.grams < $1.mass.grams }) else {
      throw DoseMapError.notFitted(cycle: cycle.number)
    }
    return (regions, largest.fit.curve)
  }

  /// Decays per voxel, by the shape the settings ask for.
  private func decays(
    _ images: CycleImages, _ regions: [RegionCoverage], _ curves: Curves, _ result: CycleResult,
    _ problems: inout [String]
  ) throws -> (Volume<TimeIntegratedActivity>, FittedVoxels.Counts?) {
    let activity = VoxelActivity(
      images: images, regions: regions, curves: curves.regions, rest: curves.rest)
    let shared = try activity.shared()
    guard settings.timeActivity == .fitted else { return (shared, nil) }
    guard images.images.count > 1 else {
      problems.append(
        "voxels with a clearance of their own need two scans or more; every voxel has the shape of "
          + "its region")
      return (shared, nil)
    }
    let fits = Dictionary(
      result.dose.doses.map { ($0.region, $0.fit) }, uniquingKeysWith: { first, _ in first })
    let fitted = try FittedVoxels(
      activity, fits: fits, radionuclide: agent.radionuclide, shared: shared)
    return (fitted.decays, fitted.counts)
  }

  /// The decays where the CT reaches, and the share of those that lie elsewhere.
  private func inside(
    _ all: Volume<TimeIntegratedActivity>, _ tissue: TissueGrid, _ timePoint: String
  ) throws -> (Volume<TimeIntegratedActivity>, Double) {
    var samples = all.samples
    var (lost, total) = (0.0, 0.0)
    for voxel in samples.indices {
      total += Double(samples[voxel])
      guard !tissue.isCovered[voxel] else { continue }
      lost += Double(samples[voxel])
      samples[voxel] = 0
    }
    guard lost < total else { throw DoseMapError.outsideCT(timePoint: timePoint) }
    return (try Volume(grid: all.grid, samples: samples), lost / total)
  }

  private func effect(_ regions: [RegionCoverage], _ curves: Curves) throws -> VoxelEffect {
    VoxelEffect(
      statedRBE: course.dosimetry.rbe,
      regions: try regions.map { region in
        let known =
          organs.tissues[region.name] ?? (region.kind == .lesion ? organs.lesionTissue : nil)
        return (
          region,
          try VoxelEffect.tissue(
            curves.regions[region.name] ?? curves.rest,
            try known ?? VoxelEffect.generic(region.kind), isGeneric: known == nil)
        )
      },
      rest: try VoxelEffect.tissue(
        curves.rest, VoxelEffect.generic(.organ), isGeneric: true))
  }

  private func results(
    _ regions: [RegionCoverage], _ computed: DoseMapEngine.Result,
    _ effect: Volume<BiologicallyEffectiveDose>, _ density: Volume<MassDensity>,
    _ tissues: VoxelEffect
  ) -> [CycleDoseMap.Region] {
    let (unreliable, simulated) = (computed.unreliable.offsets, computed.simulated.offsets)
    return regions.enumerated().compactMap { n, region in
      guard let dose = DoseVolume(computed.dose, in: region.coverage, density: density),
        let weighted = DoseVolume(effect, in: region.coverage, density: density)
      else { return nil }
      let covered = region.coverage.samples
      let whole = covered.reduce(0) { $0 + Double($1) }
      func share(_ voxels: [Int]) -> Double {
        voxels.reduce(0.0) { $0 + Double(covered[$1]) } / whole
      }
      return CycleDoseMap.Region(
        name: region.name, kind: region.kind, dose: dose, effect: weighted,
        highLETGray: computed.highLET.flatMap {
          DoseVolume($0, in: region.coverage, density: density)?.meanGray
        },
        statisticalGray: computed.regionStatistics.map { $0[n] * dose.meanGray },
        crossGray: computed.crossMeans.flatMap { $0[n] },
        unreliableFraction: share(unreliable), simulatedFraction: share(simulated),
        radiobiology: tissues.regions[n].tissue)
    }
  }
}
