import Foundation
import Geometry
import Phantoms
import Quantities
import Testing
import Volumes

@Suite struct UptakeTests {
  /// Simpson's rule over 2000 h against a₀ (1/λe − 1/(λe + λu)).
  @Test(arguments: [14.0, 50, 98])
  func theIntegralOfTheCurveIsTheClosedForm(halfLifeInHours hours: Double) {
    let kinetics = TherapyKinetics(
      fractionPerGram: 8e-5, effectiveHalfLife: .hours(hours), uptakeHalfTime: .hours(0.35))
    let (steps, end) = (400_000, 2000.0)
    let width = end / Double(steps)
    var sum = 0.0
    for n in 0...steps {
      let weight = n == 0 || n == steps ? 1.0 : (n % 2 == 1 ? 4 : 2)
      sum += weight * kinetics.fractionPerGram(at: .hours(Double(n) * width))
    }
    let integral = sum * width / 3 * 3600
    #expect(abs(integral / kinetics.secondsPerGram - 1) < 1e-5)
  }

  @Test func fromFourHoursOnTheCurveIsOneExponential() {
    let kinetics = TherapyKinetics(
      fractionPerGram: 1, effectiveHalfLife: .hours(50), uptakeHalfTime: .hours(0.35))
    for hours in [4.05, 24, 96] {
      let pure = exp2(-hours / 50)
      #expect(abs(kinetics.fractionPerGram(at: .hours(hours)) / pure - 1) < 1e-3)
    }
    #expect(kinetics.fractionPerGram(at: .zero) == 0)
  }

  /// Published means are 0.43 to 0.66 Gy/GBq for Lu-177 peptides (VISION and NETTER-1 dosimetry
  /// substudies).
  @Test func kidneyDoseIsRealistic() throws {
    let cycle = try #require(try CleanCourse.truth.get().cycles.first)
    for name in ["left kidney", "right kidney"] {
      let kidney = try #require(cycle.regions.first { $0.name == name })
      let perGigabecquerel = kidney.localElectronDose / (cycle.injectedActivity / 1000)
      #expect((0.4...0.6).contains(perGigabecquerel))
      #expect((90...200).contains(kidney.mass))
    }
  }

  /// 1 MBq·h in 1 g of tissue: 3.6e9 decays × 0.14792 MeV × 1.602177e-13 J/MeV / 0.001 kg
  /// = 0.08531783 Gy.
  @Test func doseFollowsFromActivityAndMass() throws {
    let cycle = try #require(try CleanCourse.truth.get().cycles.first)
    for region in cycle.regions where region.mass > 0 {
      let expected = 0.085_317_83 * region.timeIntegratedActivity / region.mass
      #expect(abs(region.localElectronDose / expected - 1) < 1e-6, "\(region.name)")
      #expect(abs(region.mass - region.volume * region.density) < 1e-9)
    }
  }

  /// SUV 5 in liver: mean Bq/mL over the outline's inner voxels ÷ (A · 2^(−t/T½) / weight) is 5.
  @Test func liverConcentrationIsSUVFive() throws {
    let point = try CleanCourse.baseline.get()
    let visit = point.visit
    let atStart = 152e6 * exp2(-62.0 / 67.71)
    let perSUV = atStart / 71_000
    #expect(abs(visit.becquerelsPerMillilitrePerSUV / perSUV - 1) < 1e-9)
    let centre = point.emission.grid.gridPoint(at: .init(x: -100, y: 10, z: 10)).ijk
    let value = point.emission[Int(centre.x), Int(centre.y), Int(centre.z)]
    #expect(abs(value.inBaseUnit / perSUV - 5) < 1e-4)
  }

  /// A SPECT voxel well inside the renal cortex holds the table's concentration, which is the
  /// injected activity times the kinetics times the density; the outline has the organ's volume.
  @Test func spectShowsTheKidneysConcentration() throws {
    let point = try CleanCourse.firstSPECT.get()
    let truth = try #require(try CleanCourse.truth.get().timePoints.first { $0.id == "c1h4" })
    let kidney = try #require(truth.organs.first { $0.name == "left kidney" })
    let concentration = try #require(kidney.concentration)
    let expected = 7.4e9 * 8.2e-5 * (1 - exp2(-4.05 / 0.35)) * exp2(-4.05 / 50) * 1.05
    #expect(abs(concentration / expected - 1) < 1e-9)
    let cortex = CleanCourse.course.motion(at: point.visit)(PatientPoint(x: 74, y: 42, z: -38))
    let p = point.emission.grid.gridPoint(at: cortex).ijk.rounded(.toNearestOrEven)
    let seen = point.emission[Int(p.x), Int(p.y), Int(p.z)].inBaseUnit
    #expect(abs(seen / concentration - 1) < 1e-5)
    let outline = point.structure(.leftKidney).volume.millilitres
    #expect(abs(outline / kidney.outlineVolume - 1) < 0.02)
  }
}
