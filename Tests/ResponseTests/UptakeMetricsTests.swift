import Foundation
import Geometry
import Quantities
import Response
import Testing
import Volumes

@Suite struct UptakeMetricsTests {
  typealias Sphere = AnalyticImage.Sphere

  /// The IBSI digital reference object's sphere: 515 voxels of 4 mm at SUV 4, so
  /// 515 × 0.064 mL × 4 = 131.84 g. A ball of 20 mm about a voxel centre has just those voxels.
  @Test func glycolysisIsMeanTimesVolume() throws {
    let grid = try VoxelGrid(size: [30, 30, 30], spacing: [4, 4, 4])
    let ball = Outline(
      grid: grid, ball: grid.patientPoint(i: 15, j: 15, k: 15),
      radius: .millimetres(20))
    let image = Volume<SUVbw>(grid: grid, filledWith: .gramsPerMillilitre(4))
    let metrics = try #require(
      UptakeMetrics(of: ball, in: image, options: .init(leanBodyFraction: 0.75)))
    #expect(metrics.voxelCount == 515)
    #expect(abs(metrics.metabolicVolume.millilitres - 32.96) < 1e-9)
    #expect(abs(metrics.totalLesionGlycolysis.grams - 131.84) < 1e-9)
    #expect(abs(try #require(metrics.suvPeak.value).value.inBaseUnit - 4) < 1e-9)
    #expect(abs(try #require(metrics.sulPeak.value).inBaseUnit - 3) < 1e-9)
  }

  @Test func unevenSlicesWeighByTheirThickness() throws {
    let grid = try VoxelGrid(
      columns: 12, rows: 12, columnSpacing: 4, rowSpacing: 4,
      sliceOffsets: [0, 3, 6, 13, 16, 19], axes: .identity, origin: PatientPoint(x: 0, y: 0, z: 0))
    var samples = [Float](repeating: 1, count: grid.voxelCount)
    let thin = grid.index(i: 6, j: 6, k: 1)
    let thick = grid.index(i: 6, j: 6, k: 2)
    (samples[thin], samples[thick]) = (8, 2)
    let image = try Volume<SUVbw>(grid: grid, samples: samples)
    let metrics = try #require(
      UptakeMetrics(of: Outline(grid: grid, offsets: [thin, thick]), in: image))
    // Slices of 3 and 5 mm: (3·8 + 5·2) / 8.
    #expect(abs(metrics.suvMean.inBaseUnit - 4.25) < 1e-12)
    #expect(abs(metrics.metabolicVolume.millilitres - 0.128) < 1e-12)
  }

  /// Mean of exp(−r²/2s²) in a sphere of radius R about its centre, by fine quadrature.
  static func meanOfGaussian(_ s: Double, radius: Double) -> Double {
    let steps = 20_000
    let h = radius / Double(steps)
    return (0..<steps).reduce(0.0) {
      let r = (Double($1) + 0.5) * h
      return $0 + 3 * r * r * exp(-r * r / (2 * s * s)) * h / (radius * radius * radius)
    }
  }

  /// The hot spot lies between voxel centres: the sphere must find it there.
  @Test(arguments: [SIMD3(40.9, 39.2, 41.3), SIMD3(40, 40, 40), SIMD3(42, 42, 38)])
  func thePeakIsFoundBetweenVoxels(spot: SIMD3<Double>) throws {
    let grid = try VoxelGrid(size: [41, 41, 41], spacing: [2, 2, 2])
    let s = 7.0
    let samples = (0..<grid.voxelCount).map { n -> Float in
      let q = grid.ijk(at: n)
      let r = grid.patientPoint(i: q.x, j: q.y, k: q.z).millimetres - spot
      return Float(10 * exp(-r.dot(r) / (2 * s * s)))
    }
    let image = try Volume<SUVbw>(grid: grid, samples: samples)
    let outline = Outline(
      grid: grid, ball: PatientPoint(millimetres: spot), radius: .millimetres(12))
    let peak = try #require(PeakUptake.find(in: outline, of: image).value)
    #expect(peak.centre.distance(to: PatientPoint(millimetres: spot)) < 0.15)
    // Averaging over a voxel of 2 mm widens s² by 2²/12 in each axis, to second order.
    let wide = (s * s + 4.0 / 12).squareRoot()
    let expected =
      10 * pow(s / wide, 3)
      * Self.meanOfGaussian(wide, radius: PeakUptake.sphereRadius.millimetres)
    #expect(abs(peak.value.inBaseUnit / expected - 1) < 2e-3)
  }

  @Test func noSphereOnANearbyGridIsHigher() throws {
    let sphere = Sphere(centre: PatientPoint(x: 79, y: 82, z: 78), radius: 12, suv: 10)
    var phantom = try AnalyticImage([sphere], background: 1, fwhm: 6)
    try phantom.addNoise(1.2, fwhm: 6, seed: 5)
    let outline = phantom.outline(sphere)
    let peak = try #require(PeakUptake.find(in: outline, of: phantom.image).value)
    // Every single voxel as its own outline gives the best sphere centred in that voxel.
    let best = outline.offsets.compactMap {
      PeakUptake.find(
        in: Outline(grid: phantom.grid, offsets: [$0]), of: phantom.image
      ).value?.value
    }.max()
    #expect(abs(try #require(best) / peak.value - 1) < 1e-4)
    #expect(outline.contains(peak.centre))
  }

  @Test func aLesionAtTheImagesEndHasNoPeak() throws {
    let grid = try VoxelGrid(size: [30, 30, 4], spacing: [4, 4, 3])
    let image = Volume<SUVbw>(grid: grid, filledWith: .gramsPerMillilitre(4))
    let outline = Outline(grid: grid, offsets: [grid.index(i: 15, j: 15, k: 0)])
    let metrics = try #require(UptakeMetrics(of: outline, in: image))
    #expect(metrics.suvPeak.reason?.contains("inside the image") == true)
    #expect(metrics[.suvPeak].value == nil)
  }

  @Test func theSphereHoldsOneMillilitre() {
    #expect(abs(PeakUptake.sphereRadius.millimetres - 6.2035) < 5e-5)
  }

  @Test func manyLesionsGiveTheSameAsOneByOne() throws {
    let spheres = (0..<5).map {
      Sphere(
        centre: PatientPoint(x: 25 + 27 * Double($0), y: 80, z: 70 + 3 * Double($0)), radius: 8,
        suv: 5 + Double($0))
    }
    let phantom = try AnalyticImage(spheres, background: 1, fwhm: 6)
    let outlines = spheres.map { phantom.outline($0) }
    let options = UptakeMetrics.Options(recovery: .init(resolution: .millimetres(6)))
    let together = UptakeMetrics.measure(outlines, in: phantom.image, options: options)
    for (n, outline) in outlines.enumerated() {
      let alone = UptakeMetrics(
        of: outline, in: phantom.image, others: outlines, options: options)
      #expect(together[n] == alone)
    }
    let json = try JSONEncoder().encode(together)
    #expect(try JSONDecoder().decode([UptakeMetrics?].self, from: json) == together)
  }
}
