import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Dosimetry
@testable import Phantoms

/// Decays per voxel of the virtual course, with a clearance of each voxel's own and with the shape of
/// its region, against those of the patient who stays as he lies and breathes at 24 h.
@Suite(
  .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil,
    "slow; set THERATRACK_LONG=1 to run it"))
struct VoxelCourseTests {
  private static let course = VirtualCourse(VirtualCourseOptions())
  private static let visits = ["c1h4", "c1h24", "c1h96"].compactMap { id in
    course.visits.first { $0.id == id }
  }
  private static var pose: Visit { visits[1] }
  private static let outside = ActivityConcentration(inBaseUnit: -1)

  private static func image(
    _ visit: Visit, noise: Bool
  ) throws -> Volume<ActivityConcentration> {
    let scanner = Scanner.of(visit, size: .small)
    return try EmissionAcquisition(
      state: course.state(at: visit), grid: course.grids(at: visit).emission,
      resolution: scanner.resolution, noise: noise ? scanner.emissionNoise : 0,
      noiseGrain: scanner.resolution,
      noiseReference: PatientState.concentration(of: .liver, at: visit),
      seed: course.options.seed, visit: visit.id
    ).volume()
  }

  /// The scans on the grid of the 24 h scan, by the rigid part of the true motion; breathing stays.
  private static func scans(noise: Bool) throws -> [VoxelTimeActivity.Scan] {
    let grid = try course.grids(at: pose).emission
    return try visits.map { visit in
      let there = try course.motion(at: pose).rigid.inverse.then(course.motion(at: visit).rigid)
      let image = try image(visit, noise: noise)
      return VoxelTimeActivity.Scan(
        time: visit.sinceInjection,
        image: visit == pose
          ? image : image.resampled(onto: grid, through: there, outside: outside))
    }
  }

  /// ∫ C dt per voxel in Bq·h/mL: exponentials between images of the same pose, which are a sum of
  /// exponentials from a few hours on, less what the uptake of 0.35 h half-time has not reached.
  private static func truth() throws -> [Double] {
    let hours = [4.0, 12, 24, 48, 96, 160, 240, 340, 480]
    let images = try hours.map { hours in
      try image(
        Visit(
          id: pose.id, role: pose.role, cycle: pose.cycle, injection: pose.injection,
          injectedActivity: pose.injectedActivity,
          scanStart: pose.injection.addingTimeInterval(hours * 3600),
          patientWeight: pose.patientWeight, tracer: pose.tracer), noise: false
      ).samples
    }
    return images[0].indices.map { voxel in
      let values = images.map { Double($0[voxel]) }
      guard values.allSatisfy({ $0 > 0 }) else { return 0 }
      let rates = hours.indices.dropLast().map { n in
        log(values[n] / values[n + 1]) / (hours[n + 1] - hours[n])
      }
      let start = values[0] * exp(rates[0] * hours[0])
      let middle = rates.indices.reduce((start - values[0]) / rates[0]) { sum, n in
        sum + (values[n] - values[n + 1]) / rates[n]
      }
      return middle + values[values.count - 1] / rates[rates.count - 1]
        - start * 0.35 / log(2.0)
    }
  }

  private struct Part {
    let name: String
    let mask: Mask
    let kinetics: TherapyKinetics
  }

  private static let organs: [(String, Region)] = [
    ("liver", .liver), ("left kidney", .leftKidney), ("right kidney", .rightKidney),
    ("spleen", .spleen), ("lungs", .lungs), ("spine", .spine),
  ]

  private static func parts(_ grid: VoxelGrid) -> [Part] {
    let motion = course.motion(at: pose)
    let regions = (0..<grid.voxelCount).map { voxel in
      let at = grid.ijk(at: voxel)
      return course.region(at: motion.baseline(of: grid.patientPoint(i: at.x, j: at.y, k: at.z)))
    }
    let body = Part(
      name: "rest", mask: Mask(grid: grid) { (regions[$0] ?? .air) != .air },
      kinetics: .of(.soft))
    let organs = organs.map { name, region in
      Part(
        name: name, mask: Mask(grid: grid) { regions[$0] == region }, kinetics: .of(region))
    }
    let lesions = course.state(at: pose).lesions.map { state in
      Part(
        name: state.lesion.name, mask: course.mask(of: state.lesion, at: pose, on: grid),
        kinetics: .of(state.lesion, progress: 0))
    }
    return [body] + organs + lesions
  }

  @Test(arguments: [false, true])
  func ownClearancesBringTheMapNearerToTheTruth(noise: Bool) throws {
    let scans = try Self.scans(noise: noise)
    let truth = try Self.truth()
    let parts = Self.parts(scans[0].image.grid)
    let complete = truth.indices.map { voxel in
      truth[voxel] > 0 && scans.allSatisfy { $0.image.samples[voxel] >= 0 }
    }
    let regions = try parts.map { part in
      VoxelTimeActivity.Region(
        mask: part.mask,
        fit: try TimeActivityFit.fit(
          Self.visits.map { visit in
            ActivitySample(
              time: visit.sinceInjection,
              activity: .becquerels(1e20 * part.kinetics.fractionPerGram(at: visit.sinceInjection)))
          }, radionuclide: .lutetium177), sharing: .uptake)
    }
    // What one scan does not show must not count as scatter.
    let shown = try scans.map { scan in
      VoxelTimeActivity.Scan(
        time: .hours(scan.hours),
        image: try Volume(
          grid: scan.image.grid,
          samples: zip(scan.image.samples, complete).map { $1 ? max($0, 0) : 0 }))
    }
    let own = try VoxelTimeActivity(shown, radionuclide: .lutetium177, regions: regions)
    let becquerelSeconds = scans[0].image.grid.voxelMillilitres * 3600
    var shared = [Double](repeating: 0, count: truth.count)
    for (part, region) in zip(parts, regions) {
      let seconds =
        region.fit.curve.integral.inBaseUnit / 3600
        / scans.reduce(0) { $0 + region.fit.curve.activity(hours: $1.hours).inBaseUnit }
      for voxel in truth.indices where complete[voxel] && part.mask[voxel] {
        shared[voxel] = seconds * shown.reduce(0) { $0 + Double($1.image.samples[voxel]) }
      }
    }
    let fitted = truth.indices.map { voxel in
      own.trust[voxel] == .fitted
        ? Double(own.integral.samples[voxel]) / becquerelSeconds : shared[voxel]
    }
    let inBody = truth.indices.filter { complete[$0] && parts[0].mask[$0] }
    func sum(_ values: [Double], _ voxels: [Int]) -> Double { voxels.reduce(0) { $0 + values[$1] } }
    func error(_ values: [Double]) -> Double {
      inBody.reduce(0) { $0 + abs(values[$1] - truth[$1]) } / sum(truth, inBody)
    }
    let share = sum(shared, inBody.filter { own.trust[$0] == .fitted }) / sum(shared, inBody)
    print(
      "figure: \(noise ? "noisy" : "noise-free") voxels with their own clearance hold \(share) of the "
        + "decays; mean voxel error shared \(error(shared)), fitted \(error(fitted))")
    for part in parts.dropFirst().prefix(Self.organs.count) {
      let voxels = inBody.filter { part.mask[$0] }
      let means = [shared, fitted].map { sum($0, voxels) / sum(truth, voxels) }
      print("figure: \(part.name) mean over truth, shared \(means[0]), fitted \(means[1])")
      if part.name.contains("kidney") || part.name == "spleen" {
        #expect(abs(means[1] - 1) < 0.03)
      }
    }
    #expect(share > 0.6)
    #expect(error(fitted) < error(shared) * (noise ? 1.1 : 0.95))
  }
}
