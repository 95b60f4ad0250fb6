import Foundation
import Geometry
import Quantities
import Testing
import Transport
import Volumes

@testable import Dosimetry

private let ln2 = log(2.0 as Double)

/// A region of the phantom: a(t) = a₀ (1 − 2^(−t/0.35 h)) 2^(−t/T), in Bq/mL.
private struct Tissue {
  let name: String
  let centre: SIMD3<Double>
  let radius: Double
  let start: Double
  let halfLife: Double

  func concentration(_ hours: Double) -> Double {
    start * (1 - exp2(-hours / 0.35)) * exp2(-hours / halfLife)
  }

  /// ∫ a dt in Bq·h/mL.
  var integral: Double {
    let (clearance, uptake) = (ln2 / halfLife, ln2 / 0.35)
    return start * (1 / clearance - 1 / (clearance + uptake))
  }
}

private let tissues = [
  Tissue(name: "lesion 1", centre: [150, 90, 118], radius: 13, start: 1.2e6, halfLife: 90),
  Tissue(name: "left kidney", centre: [68, 150, 92], radius: 33, start: 6e5, halfLife: 50),
  Tissue(name: "right kidney", centre: [150, 158, 92], radius: 32, start: 6e5, halfLife: 50),
  Tissue(name: "spleen", centre: [60, 80, 110], radius: 34, start: 7e5, halfLife: 64),
  Tissue(name: "liver", centre: [140, 88, 120], radius: 49, start: 1.1e5, halfLife: 62),
]
private let soft = Tissue(name: "body", centre: .zero, radius: 0, start: 9e3, halfLife: 34)

// The mark for organs without noise: time-integrated activity within 3 %, dose within 5 %.
@Test func aNoiseFreeBlurredCourseGivesItsTrueActivitiesAndDoses() throws {
  let fine = try VoxelGrid(
    size: [100, 100, 100], spacing: SIMD3(repeating: 2.4),
    origin: PatientPoint(millimetres: SIMD3(repeating: 1.2)))
  var masks = tissues.map { tissue in
    Mask(grid: fine) { (position($0, fine) - tissue.centre).length <= tissue.radius }
  }
  masks[4] = try masks[4].subtracting(masks[0]).subtracting(masks[2]).subtracting(masks[3])
  let body = Mask(grid: fine) {
    hypot(position($0, fine).x - 120, position($0, fine).y - 120) < 115
  }
  let fwhm = Length.millimetres(11)
  let scans = try [4.0, 24, 96].map { hours in
    let image = try image(masks, body, hours, fine).smoothed(fullWidthHalfMaximum: fwhm)
      .blockAveraged(by: [2, 2, 2])
    let regions = try zip(tissues, masks).map {
      try RegionCoverage(
        name: $0.name, kind: $0.name == "lesion 1" ? .lesion : .organ, mask: $1,
        averagedOnto: image.grid)
    }
    return CycleDose.Scan(
      time: .hours(hours),
      activities: try RegionActivities.measure(
        image, regions: regions,
        body: RegionCoverage(name: "body", kind: .organ, mask: body, averagedOnto: image.grid),
        options: .init(fullWidthHalfMaximum: fwhm)))
  }
  let cycle = CycleDose(
    cycle: 1, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
    administered: .gigabecquerels(7.4), scans: scans,
    options: .init(
      uncertainty: .init(
        outlineVoxel: .millimetres(2.4), outlineResolution: .millimetres(2),
        activityResolution: fwhm)))
  #expect(cycle.doses.map(\.region) == tissues.map(\.name))
  for (n, dose) in cycle.doses.enumerated() {
    let truth = tissues[n].integral * masks[n].volume.millilitres * 3600
    let tia = dose.fit.timeIntegratedActivity.value.inBaseUnit / truth - 1
    // Local electrons over mass, 0.14792 MeV per decay (ICRP 107).
    let local = truth * 0.14792 * joulesPerMeV / dose.mass.kilograms
    let gray = dose.dose.value.gray / local - 1
    print("\(dose.region): TIA \(tia * 100) % off, dose \(gray * 100) % off local deposition")
    #expect(abs(tia) < 0.03)
    #expect(abs(gray) < 0.05)
  }
}

private func position(_ offset: Int, _ grid: VoxelGrid) -> SIMD3<Double> {
  let (nx, ny) = (grid.size.x, grid.size.y)
  return grid.patientPoint(i: offset % nx, j: offset / nx % ny, k: offset / (nx * ny)).millimetres
}

private func image(
  _ masks: [Mask], _ body: Mask, _ hours: Double, _ grid: VoxelGrid
) throws -> Volume<ActivityConcentration> {
  var samples = body.inside.map { Float($0) * Float(soft.concentration(hours)) }
  for (tissue, mask) in zip(tissues, masks) {
    for v in samples.indices where mask[v] { samples[v] = Float(tissue.concentration(hours)) }
  }
  return try Volume(grid: grid, samples: samples)
}
