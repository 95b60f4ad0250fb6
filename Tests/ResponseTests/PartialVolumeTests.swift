import Foundation
import Geometry
import Quantities
import Response
import Testing
import Volumes

@Suite struct BlurredSphereTests {
  /// Recovery of mean and centre of spheres of 10 to 37 mm, worked out independently by
  /// quadrature of the autocorrelation integral; printed to three digits.
  static let table: [(fwhm: Double, recoveries: [(mean: Double, centre: Double)])] = [
    (5, [(0.522, 0.864), (0.623, 0.975), (0.707, 0.999), (0.772, 1), (0.820, 1), (0.863, 1)]),
    (7, [(0.372, 0.581), (0.491, 0.812), (0.599, 0.958), (0.684, 0.997), (0.750, 1), (0.809, 1)]),
    (
      10,
      [
        (0.215, 0.291), (0.329, 0.496), (0.452, 0.739), (0.561, 0.918), (0.648, 0.988), (0.730, 1),
      ]
    ),
    (
      15,
      [
        (0.091, 0.107), (0.163, 0.209), (0.267, 0.381), (0.384, 0.606), (0.493, 0.815),
        (0.604, 0.962),
      ]
    ),
  ]

  @Test(arguments: 0..<4)
  func recoveryAgreesWithTheTable(row: Int) {
    let (fwhm, recoveries) = Self.table[row]
    for (diameter, expected) in zip([10.0, 13, 17, 22, 28, 37], recoveries) {
      let sphere = BlurredSphere(
        radius: .millimetres(diameter / 2), resolution: .millimetres(fwhm))
      #expect(abs(sphere.mean - expected.mean) < 6e-4)
      #expect(abs(sphere.centre - expected.centre) < 6e-4)
    }
  }

  /// The profile, integrated over all space, must hold the sphere's own volume.
  @Test(arguments: [3.0, 6, 12])
  func blurringLosesNoActivity(radius: Double) {
    let sphere = BlurredSphere(radius: .millimetres(radius), resolution: .millimetres(7))
    var sum = 0.0
    let step = 0.01
    for n in 0..<6000 {
      let r = (Double(n) + 0.5) * step
      sum += sphere.value(atMillimetres: r) * 4 * .pi * r * r * step
    }
    #expect(abs(sum / (4.0 / 3 * .pi * radius * radius * radius) - 1) < 1e-4)
  }
}

@Suite struct RecoveredUptakeTests {
  typealias Sphere = AnalyticImage.Sphere
  static let centre = PatientPoint(x: 79.1, y: 81.3, z: 77.6)

  static func options(_ fwhm: Double) -> RecoveredUptake.Options {
    .init(resolution: .millimetres(fwhm))
  }

  /// 1 mL to 65 mL at two resolutions: the fit is of the true model, so truth comes back.
  @Test(arguments: [6.2, 9.85, 13, 25], [5.0, 7.5])
  func aBlurredSphereComesBackExactly(radius: Double, fwhm: Double) throws {
    let sphere = Sphere(centre: Self.centre, radius: radius, suv: 12)
    let phantom = try AnalyticImage([sphere], background: 1.5, fwhm: fwhm)
    let found = try #require(
      RecoveredUptake.measure(
        phantom.outline(sphere), in: phantom.image, others: [], options: Self.options(fwhm)
      ).value)
    #expect(found.method == .sphere)
    #expect(abs(found.mean.value.inBaseUnit / 12 - 1) < 0.002)
    #expect(abs(try #require(found.radius).value.millimetres / radius - 1) < 0.002)
    #expect(abs(try #require(found.background).inBaseUnit - 1.5) < 0.01)
  }

  /// A lesion that shrinks from 14 to 4.2 mL with unchanged uptake: its SUVmean falls by blurring
  /// alone, the recovered mean stays.
  @Test func aShrinkingLesionKeepsItsUptake() throws {
    let spheres = [15.0, 10].map { Sphere(centre: Self.centre, radius: $0, suv: 10) }
    let metrics = try spheres.map { sphere in
      let phantom = try AnalyticImage([sphere], background: 1, fwhm: 8)
      return try #require(
        UptakeMetrics(
          of: phantom.ball(sphere.centre, sphere.radius), in: phantom.image,
          options: .init(recovery: Self.options(8))))
    }
    let raw = metrics[1].suvMean / metrics[0].suvMean
    #expect(raw < 0.92)
    let recovered = try metrics.map { try #require($0[.recoveredMean].value) }
    #expect(abs(recovered[1] / recovered[0] - 1) < 0.01)
  }

  /// With noise of 10 % of the lesion's uptake, the error stays within 5 % for lesions above
  /// 4 mL and within the stated uncertainty for most seeds.
  @Test func noiseIsCoveredByTheStatedUncertainty() throws {
    let sphere = Sphere(centre: Self.centre, radius: 10.5, suv: 10)
    var scores: [Double] = []
    for seed in 1...12 {
      var phantom = try AnalyticImage([sphere], background: 1, fwhm: 7)
      try phantom.addNoise(0.5, fwhm: 7, seed: UInt64(seed))
      let found = try #require(
        RecoveredUptake.measure(
          phantom.outline(sphere), in: phantom.image, others: [], options: Self.options(7)
        ).value)
      let error = found.mean.value.inBaseUnit - 10
      let stated = try #require(found.mean.standardUncertainty).inBaseUnit
      #expect(stated < 0.8)
      scores.append(error / stated)
    }
    let spread = (scores.reduce(0) { $0 + $1 * $1 } / Double(scores.count)).squareRoot()
    // A root mean square of 12 scores of unit variance lies in 0.5 to 1.5 (99 %).
    #expect(spread > 0.5 && spread < 1.5)
  }

  @Test func aHotNeighbourDoesNotSpoilTheFit() throws {
    let near = PatientPoint(x: 79.1 + 34, y: 81.3, z: 77.6)
    let sphere = Sphere(centre: Self.centre, radius: 11, suv: 8)
    let neighbour = Sphere(centre: near, radius: 11, suv: 30)
    let phantom = try AnalyticImage([sphere, neighbour], background: 1, fwhm: 7)
    let found = RecoveredUptake.measure(
      phantom.ball(sphere.centre, 11), in: phantom.image,
      others: [phantom.ball(near, 11)], options: Self.options(7))
    #expect(abs(try #require(found.value).mean.value.inBaseUnit / 8 - 1) < 0.03)
  }

  @Test func aRodIsNoSphere() throws {
    let rod = (0..<9).map {
      Sphere(
        centre: PatientPoint(x: 40 + 9 * Double($0), y: 80, z: 80), radius: 6, suv: 10)
    }
    let phantom = try AnalyticImage(rod, background: 0, fwhm: 6)
    let outline = rod.map { phantom.ball($0.centre, 6) }.reduce(
      phantom.ball(rod[0].centre, 6)
    ) { $0.union($1) }
    let found = RecoveredUptake.measure(
      outline, in: phantom.image, others: [], options: Self.options(6))
    #expect(found.reason?.contains("not a uniform compact lesion") == true)
  }

  @Test func aPointIsTooSmallToTell() throws {
    let sphere = Sphere(centre: Self.centre, radius: 2, suv: 60)
    let phantom = try AnalyticImage([sphere], background: 1, fwhm: 8)
    let found = RecoveredUptake.measure(
      phantom.outline(sphere), in: phantom.image, others: [], options: Self.options(8))
    #expect(found.value == nil)
  }

  @Test func withoutAResolutionNothingIsCorrected() throws {
    let sphere = Sphere(centre: Self.centre, radius: 12, suv: 10)
    let phantom = try AnalyticImage([sphere], background: 1, fwhm: 8)
    let metrics = try #require(UptakeMetrics(of: phantom.outline(sphere), in: phantom.image))
    #expect(metrics.recovered.reason?.contains("resolution") == true)
    #expect(metrics.sulPeak.reason?.contains("lean body mass") == true)
  }
}

@Suite struct ImageResolutionTests {
  typealias Sphere = AnalyticImage.Sphere

  @Test(arguments: [5.0, 7.3, 11])
  func theWidthComesBackFromTheLesions(fwhm: Double) throws {
    let spheres = [12.0, 15, 18].enumerated().map {
      Sphere(
        centre: PatientPoint(x: 40 + 2 * Double($0.offset), y: 40, z: 30 + 50 * Double($0.offset)),
        radius: $0.element, suv: 9 + Double($0.offset))
    }
    var phantom = try AnalyticImage(spheres, background: 1, fwhm: fwhm)
    try phantom.addNoise(0.2, fwhm: fwhm, seed: 3)
    let outlines = spheres.map { phantom.outline($0) }
    let found = try #require(
      ImageResolution.measure(on: outlines, in: phantom.image).value)
    #expect(found.lesionCount == 3)
    #expect(abs(found.fullWidthHalfMaximum.millimetres - fwhm) < 0.4)
  }

  @Test func smallLesionsDoNotTellTheWidth() throws {
    let sphere = Sphere(centre: PatientPoint(x: 80, y: 80, z: 80), radius: 5, suv: 9)
    let phantom = try AnalyticImage([sphere], background: 1, fwhm: 6)
    let found = ImageResolution.measure(on: [phantom.ball(sphere.centre, 5)], in: phantom.image)
    #expect(found.reason?.contains("no compact lesion") == true)
  }
}
