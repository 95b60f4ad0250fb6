import Geometry
import Quantities
import Response
import Testing
import Volumes

/// Reference values of the IBSI digital phantom (consensus values of Zwanenburg et al., Radiology
/// 2020;295:328, as listed in z-rad's copy of the IBSI tables). A value without a stated tolerance
/// must agree in all digits given.
@Suite struct IBSITests {
  private static func features() throws -> LesionFeatures {
    let phantom = try IBSIPhantom()
    var options = LesionFeatures.Options()
    (options.binWidth, options.lowest) = (1, 1)
    return try #require(LesionFeatures(of: phantom.outline, in: phantom.image, options: options))
  }

  private static func check(
    _ family: LesionFeature.Family, _ expected: [(String, Double, tolerance: Double)]
  ) throws {
    let features = try features()
    for (id, value, tolerance) in expected {
      let found = try #require(features[id, family], "\(id) is missing")
      #expect(abs(found - value) <= tolerance, "\(id): \(found), not \(value) ± \(tolerance)")
    }
  }

  @Test func morphology() throws {
    try Self.check(
      .morphology,
      [
        ("RNU0", 556, 4), ("YEKZ", 592, 4), ("C0JK", 388, 3), ("2PR5", 0.698, 0.004),
        ("SKGS", 0.0411, 0.0003), ("BQWJ", 0.599, 0.004), ("KRCK", 1.19, 0.01),
        ("QCFX", 0.843, 0.005), ("25C7", 0.186, 0.001), ("KLMA", 0.672, 0.004),
        ("L0JK", 13.1, 0.1), ("TDIC", 11.4, 0.1), ("P9VJ", 9.31, 0.06), ("7J51", 8.54, 0.05),
        ("Q3CK", 0.816, 0.005), ("N17B", 0.749, 0.005),
      ])
  }

  @Test func localIntensityPeaks() throws {
    try Self.check(.localIntensity, [("VJGA", 2.6, 0.05), ("0F91", 3.1, 0.05)])
  }

  @Test func statistics() throws {
    try Self.check(
      .statistics,
      [
        ("Q4LE", 2.15, 0.005), ("ECT3", 3.05, 0.005), ("KE2A", 1.08, 0.005),
        ("IPH6", -0.355, 0.0005), ("Y12H", 1, 0), ("1GSF", 1, 0), ("QG58", 1, 0), ("8DWT", 4, 0),
        ("84IY", 6, 0), ("SALO", 3, 0), ("2OJQ", 5, 0), ("4FUA", 1.55, 0.005),
        ("1128", 1.11, 0.005), ("N72L", 1.15, 0.005), ("7TET", 0.812, 0.0005),
        ("9S40", 0.6, 0.0005), ("N8CA", 567, 0.5), ("5ZWQ", 2.77, 0.005),
      ])
  }

  /// The phantom's histogram steps by whole levels.
  @Test func intensityVolumeHistogram() throws {
    let phantom = try IBSIPhantom()
    let statistics = try #require(IntensityStatistics(of: phantom.outline, in: phantom.image))
    let histogram = IntensityVolumeHistogram(statistics.sorted, step: 1)
    #expect(abs(histogram.volumeFraction(atRangePercent: 10) - 0.324) < 0.0005)
    #expect(abs(histogram.volumeFraction(atRangePercent: 90) - 0.0946) < 0.00005)
    #expect(histogram.intensity(atVolumePercent: 10) == 5)
    #expect(histogram.intensity(atVolumePercent: 90) == 2)
  }

  @Test func cooccurrence() throws {
    try Self.check(
      .cooccurrence,
      [
        ("TU9B", 2.57, 0.005), ("ACUI", 5.12, 0.005), ("WF0Z", 0.631, 0.0005),
        ("1QCO", 0.902, 0.0005), ("E8JP", 0.0574, 0.00005), ("NI2N", 0.183, 0.0005),
        ("QWB0", 5.19, 0.005), ("DG8W", 7.41, 0.005), ("7NFM", 17.4, 0.05), ("AE86", 147, 0.5),
        ("R8DG", -0.0288, 0.00005), ("JN9H", 0.269, 0.0005),
      ])
  }

  @Test func sizeZones() throws {
    try Self.check(
      .sizeZone,
      [
        ("5QRC", 0.255, 0.0005), ("48P8", 550, 0.5), ("XMSY", 0.253, 0.0005), ("5GN9", 15.6, 0.05),
        ("5RAI", 0.0256, 0.00005), ("HW1V", 2.76, 0.005), ("YH51", 503, 0.5), ("J17V", 1490, 5),
        ("JNSA", 1.4, 0.05), ("Y1RO", 0.28, 0.005), ("4JP3", 1, 0), ("VB3A", 0.2, 0.0005),
        ("P30P", 0.0676, 0.00005), ("BYLV", 2.64, 0.005), ("3NSA", 331, 0.5),
        ("GU8N", 2.32, 0.005),
      ])
  }

  @Test func toneDifferences() throws {
    try Self.check(
      .toneDifference,
      [
        ("QCDE", 0.0296, 0.00005), ("65HE", 0.584, 0.0005), ("NQ30", 6.54, 0.005),
        ("HDEZ", 13.5, 0.05), ("1X9X", 0.763, 0.0005),
      ])
  }

  /// The mesh of a large ball: its volume, its surface 8 % above the smooth one since voxels are
  /// steps, its diameter.
  @Test func aLargeBallHasTheShapeOfABall() throws {
    let grid = try VoxelGrid(size: [60, 60, 60], spacing: [1, 1, 1])
    let image = try Volume<SUVbw>(
      grid: grid, samples: [Float](repeating: 1, count: grid.voxelCount))
    let ball = Outline(
      grid: grid, ball: PatientPoint(x: 30, y: 30, z: 30), radius: .millimetres(20))
    let shape = try #require(LesionShape(of: ball, in: image))
    let volume = 4 / 3 * Double.pi * 8000
    #expect(abs(shape.meshVolume / volume - 1) < 0.01)
    #expect(shape.area / (4 * Double.pi * 400) > 1)
    #expect(shape.area / (4 * Double.pi * 400) < 1.12)
    #expect(abs(shape.maximumDiameter - 40) < 1.5)
    #expect(abs(shape.axisLengths.x / shape.axisLengths.z - 1) < 0.01)
  }

  @Test func oneVoxelHasNoTextureAndSaysSo() throws {
    let grid = try VoxelGrid(size: [9, 9, 9], spacing: [4, 4, 4])
    let image = try Volume<SUVbw>(
      grid: grid, samples: [Float](repeating: 3, count: grid.voxelCount))
    let features = try #require(
      LesionFeatures(of: Outline(grid: grid, offsets: [364]), in: image))
    #expect(features.notAssessable.contains { $0.hasPrefix("texture") })
    #expect(features.features.allSatisfy { $0.value.isFinite })
  }
}
