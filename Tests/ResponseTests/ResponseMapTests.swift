import Foundation
import Geometry
import Quantities
import Response
import Testing
import Volumes

@Suite struct ResponseMapTests {
  typealias Sphere = AnalyticImage.Sphere
  static let frame = FrameOfReference(uid: "1.2.3")
  static let centre = PatientPoint(x: 80, y: 80, z: 80)

  static func phantom(_ suv: Double, at centre: PatientPoint = centre) throws -> AnalyticImage {
    try AnalyticImage(
      [Sphere(centre: centre, radius: 20, suv: suv)], background: 1, fwhm: 7)
  }

  static func options(_ error: Double, cv: Double = 0.1) -> ResponseMap.Options {
    .init(
      floor: .gramsPerMillilitre(2), withinSubjectCV: cv, registrationError: .millimetres(error))
  }

  static func changedFraction(_ map: ResponseMap) -> Double {
    let changed = map.changes.filter { $0 == 1 || $0 == 3 }.count
    return Double(changed) / Double(map.changes.filter { (1...3).contains($0) }.count)
  }

  /// A copy shifted by the registration error must not look like response; without the
  /// registration term its edges do.
  @Test(arguments: [2.0, 4], [SIMD3(1.0, 0, 0), SIMD3(0.577, 0.577, -0.577)])
  func aShiftedCopyIsNoResponse(error: Double, direction: SIMD3<Double>) throws {
    let before = try Self.phantom(10)
    let moved = PatientPoint(millimetres: Self.centre.millimetres + direction * error)
    let after = try Self.phantom(10, at: moved)
    let map = ResponseMap(
      before: before.image, after: after.image, options: Self.options(error))
    #expect(Self.changedFraction(map) < 0.05)
    if error == 4 {
      let naive = ResponseMap(
        before: before.image, after: after.image, options: Self.options(0))
      #expect(Self.changedFraction(naive) > 0.1)
    }
  }

  @Test func theLinkIsFollowed() throws {
    let before = try Self.phantom(10)
    let shift = SIMD3(12.0, -8, 4)
    let after = try Self.phantom(10, at: PatientPoint(millimetres: Self.centre.millimetres + shift))
    let link = RigidTransform(from: Self.frame, to: Self.frame, translation: shift)
    let map = ResponseMap(
      before: before.image, after: after.image, beforeToAfter: link, options: Self.options(0))
    // Whole voxels: the copy is exact, but for rounding.
    #expect(Self.changedFraction(map) == 0)
    let ratio = try map.logRatio.samples.map(abs).max() ?? 1
    #expect(ratio < 1e-3)
  }

  @Test func aHalvedLesionDecreasesByItsLogarithm() throws {
    let before = try Self.phantom(10)
    let after = try Self.phantom(5)
    let map = ResponseMap(
      before: before.image, after: after.image, options: Self.options(1))
    let core = before.ball(Self.centre, 12)
    for n in core.offsets {
      #expect(map.change(at: n) == .decrease)
      #expect(abs(Double(map.change[n]) - log(0.5)) < 0.01)
    }
    let fractions = map.fractions(in: core)
    #expect(fractions.decreasedFraction == 1)
    #expect(fractions.increasedFraction == 0)
    #expect(fractions.largestDecrease == core.volume)
    #expect(map.change(at: 0) == .background)
  }

  /// Test and retest of one lesion with the stated voxel noise: 5 % of voxels are called
  /// changed by design.
  @Test func noiseAloneIsCalledChangeInFivePerCent() throws {
    let grid = try VoxelGrid(size: [60, 60, 20], spacing: [4, 4, 4])
    var state: UInt64 = 11
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double((state ^ (state >> 31)) >> 11) + 0.5) / 9_007_199_254_740_992
    }
    let deviation = log(1 + 0.01).squareRoot()
    func scan() throws -> Volume<SUVbw> {
      let samples = (0..<grid.voxelCount).map { _ -> Float in
        let normal = (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
        return Float(8 * exp(deviation * normal))
      }
      return try Volume(grid: grid, samples: samples)
    }
    let map = ResponseMap(before: try scan(), after: try scan(), options: Self.options(0, cv: 0.1))
    // 72,000 voxels: the standard error of a share of 5 % is 0.08 %.
    #expect(abs(Self.changedFraction(map) - 0.05) < 0.003)
  }

  @Test func whatTheLaterScanDoesNotCoverIsOutOfField() throws {
    let before = try Self.phantom(10)
    let short = try VoxelGrid(size: [40, 40, 20], spacing: [4, 4, 4])
    let after = before.image.resampled(onto: short, outside: .zero)
    let map = ResponseMap(before: before.image, after: after, options: Self.options(2))
    let above = before.ball(PatientPoint(x: 80, y: 80, z: 92), 4)
    #expect(above.offsets.allSatisfy { map.change(at: $0) == .outOfField })
    #expect(map.fractions(in: above).decreasedFraction == nil)
  }
}
