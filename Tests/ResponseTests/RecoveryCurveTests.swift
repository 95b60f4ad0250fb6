import Foundation
import Geometry
import Lesions
import Quantities
import Response
import Testing
import Volumes

@Suite struct RecoveryCurveTests {
  typealias Sphere = AnalyticImage.Sphere

  @Test func theFittedCurveIsOneHalfAtItsFirstParameter() throws {
    let curve = try RecoveryCurve.fitted(b1: 1.5, b2: 0.9).checked()
    #expect(abs(try #require(curve.recovery(of: .millilitres(1.5))) - 0.5) < 1e-12)
    #expect(try #require(curve.recovery(of: .millilitres(1000))) > 0.99)
  }

  /// Mid-points of the EARL1 limits of January 2017 as a site's own table.
  @Test func aTableIsReadBetweenItsRowsAndNotBelowThem() throws {
    let curve = try RecoveryCurve.table([
      .init(millilitres: 0.52, recovery: 0.35), .init(millilitres: 1.15, recovery: 0.52),
      .init(millilitres: 26.52, recovery: 0.825),
    ]).checked()
    #expect(curve.recovery(of: .millilitres(0.4)) == nil)
    #expect(curve.recovery(of: .millilitres(0.52)) == 0.35)
    #expect(curve.recovery(of: .millilitres(90)) == 0.825)
    let between = try #require(
      curve.recovery(of: .millilitres((1.15 * 26.52).squareRoot())))
    #expect(abs(between - (0.52 + 0.825) / 2) < 1e-12)
  }

  @Test func curvesThatCannotBeAreRefused() {
    #expect(throws: RecoveryCurve.Problem.notPositive) {
      try RecoveryCurve.fitted(b1: 0, b2: 1).checked()
    }
    #expect(throws: RecoveryCurve.Problem.fewPoints) {
      try RecoveryCurve.table([.init(millilitres: 1, recovery: 0.5)]).checked()
    }
    #expect(throws: RecoveryCurve.Problem.notRising) {
      try RecoveryCurve.table([
        .init(millilitres: 2, recovery: 0.5), .init(millilitres: 1, recovery: 0.6),
      ]).checked()
    }
  }

  /// A curve of the blurred spheres themselves gives their true mean back.
  @Test func theRightCurveGivesTheTrueMean() throws {
    let sphere = Sphere(centre: PatientPoint(x: 80, y: 80, z: 80), radius: 11, suv: 9)
    let phantom = try AnalyticImage([sphere], background: 1, fwhm: 7)
    let outline = phantom.ball(sphere.centre, sphere.radius)
    let recovery = BlurredSphere(radius: .millimetres(11), resolution: .millimetres(7)).mean
    var options = RecoveredUptake.Options(resolution: .millimetres(7))
    let volume = outline.volume.millilitres
    options.curve = .table([
      .init(millilitres: volume / 2, recovery: recovery),
      .init(millilitres: volume * 2, recovery: recovery),
    ])
    let result = try #require(
      RecoveredUptake.measure(outline, in: phantom.image, others: [], options: options).value)
    #expect(result.method == .curve)
    #expect(abs(result.mean.value.inBaseUnit / 9 - 1) < 0.03)
    options.curve = .table([
      .init(millilitres: volume * 2, recovery: 0.5), .init(millilitres: volume * 3, recovery: 0.6),
    ])
    #expect(
      RecoveredUptake.measure(outline, in: phantom.image, others: [], options: options).reason?
        .contains("smallest sphere") == true)
  }

  @Test func ratiosAreTakenOverLiverBloodAndSurroundings() throws {
    let lesion = Sphere(centre: PatientPoint(x: 60, y: 80, z: 80), radius: 16, suv: 8)
    let aorta = Sphere(centre: PatientPoint(x: 120, y: 80, z: 80), radius: 20, suv: 2)
    let phantom = try AnalyticImage([lesion, aorta], background: 1, fwhm: 5)
    let outline = phantom.ball(lesion.centre, 17)
    let metrics = try #require(UptakeMetrics(of: outline, in: phantom.image))
    let reference = ReferenceUptake(
      liver: .notAssessable(reason: "no liver outline was given"),
      organs: [NamedRegion(name: "aorta", outline: phantom.ball(aorta.centre, 20))],
      in: phantom.image)
    let ratios = UptakeRatios(
      of: metrics, outline: outline, in: phantom.image, others: [], reference: reference)
    #expect(ratios.maximumToLiver.reason == "no liver outline was given")
    #expect(abs(try #require(ratios.maximumToBlood.value) - 4) < 0.1)
    let mean = metrics.suvMean.inBaseUnit
    #expect(abs(try #require(ratios.meanToBackground.value) / mean - 1) < 0.03)
  }

  @Test func theBurdenIsTheSumOfTheLesions() throws {
    let spheres = [
      Sphere(centre: PatientPoint(x: 50, y: 80, z: 80), radius: 14, suv: 8),
      Sphere(centre: PatientPoint(x: 110, y: 80, z: 80), radius: 10, suv: 5),
    ]
    let phantom = try AnalyticImage(spheres, background: 1, fwhm: 5)
    let metrics = try spheres.map {
      try #require(UptakeMetrics(of: phantom.outline($0), in: phantom.image))
    }
    let burden = TumourBurden(of: metrics)
    let volume = metrics.reduce(0) { $0 + $1.metabolicVolume.millilitres }
    #expect(burden.lesionCount == 2)
    #expect(abs(burden.volume.millilitres - volume) < 1e-9)
    #expect(burden.suvMax == metrics[0].suvMax)
    #expect(TumourBurden(of: []).suvMean == nil)
  }

  /// A Gy or HU map: differences against their noise, not ratios.
  @Test func differencesAreJudgedByTheirStandardDeviation() throws {
    let grid = try VoxelGrid(size: [12, 12, 12], spacing: [4, 4, 4])
    let before = Volume<Hounsfield>(grid: grid, filledWith: .init(inBaseUnit: 40))
    let after = Volume<Hounsfield>(grid: grid, filledWith: .init(inBaseUnit: 25))
    let map = ResponseMap(
      before: before, after: after,
      options: .init(
        scale: .difference(standardDeviation: 5), registrationError: .millimetres(2)))
    // 15 HU are 15 / (√2 · 5) = 2.12 standard deviations.
    #expect(abs(Double(map.deviations[0]) + 15 / (5 * 2.0.squareRoot())) < 1e-5)
    let ball = Outline(
      grid: grid, ball: PatientPoint(x: 22, y: 22, z: 22), radius: .millimetres(16))
    let parts = map.fractions(in: ball)
    #expect(parts.decreasedFraction == 1)
    #expect(parts.grades.map(\.decreased) == [1, 1, 0, 0])
    #expect(parts.decreasedInterval == 1...1)
  }
}
