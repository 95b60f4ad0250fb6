import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Registration

@Suite struct DeformableLinkTests {
  private static let start = RigidTransform(
    from: first, to: second, rotationVector: [0.01, -0.02, 0.03], translation: [3, -2, 4])
  private static let moving = DeformableScene(
    amplitude: 9, lying: start, noise: 14, seed: 2)
  private static let link = Result {
    try DeformableRegistration.link(
      fixed: DeformableScene().ct(), moving: moving.ct(), start: start)
  }

  @Test func whereBothImagesShowTissueItsMapIsTheOneOfTheRegistrationAlone() throws {
    let field = try DeformableRegistration.register(
      fixed: DeformableScene().ct(), moving: Self.moving.ct(), start: Self.start)
    let link = try Self.link.get()
    var compared = 0
    for n in 0..<field.nodes.voxelCount where link.errors.radius(atNode: n) != nil {
      let p = field.nodes.patientPoint(offset: n)
      #expect((link.field.displacement(at: p) - field.displacement(at: p)).length < 0.01)
      compared += 1
    }
    #expect(compared > 100)
  }

  @Test func aGoodMapPassesWithEveryMeasureTaken() throws {
    let quality = try Self.link.get().quality
    #expect(quality.verdict.isAssessable)
    #expect(quality.jacobian.folded == 0 && quality.jacobian.least > 0.3)
    let before = try #require(quality.similarityBefore)
    let after = try #require(quality.similarityAfter)
    #expect(after > before + 0.1)
    #expect(try #require(quality.inverseConsistency).mean < 1.5)
    #expect(try #require(quality.boneResidual).median < 1)
    #expect(try #require(quality.lungResidual).median < 1)
    #expect(try #require(quality.lungOverlap) > 0.9)
    #expect(quality.toleranceTable.count >= 9)
    for check in quality.toleranceTable { #expect(check.isMet, "\(check.measure)") }
  }

  /// The error is known all over the trunk, is of the size of the true one, and is not claimed
  /// where there is no patient.
  @Test func theLocalErrorIsStatedWherePatientIs() throws {
    let link = try Self.link.get()
    let points = trunkPoints()
    let radii = points.compactMap { link.localError(at: $0).radiusMillimetres }
    #expect(radii.count == points.count)
    let truth = mean(points.map { link($0).distance(to: Self.moving.scanPoint($0)) })
    #expect(mean(radii) > truth / 2 && mean(radii) < truth * 3)
    let air = PatientPoint(x: 0, y: -260, z: 0)
    #expect(link.localError(at: air).radiusMillimetres == nil)
    let rigid = try #require(link.localErrorOfRigidPart(at: points[100]).radiusMillimetres)
    #expect(rigid > link.field.displacement(at: points[100]).length)
  }

  /// Where the follow-up shows nothing, the link says nothing.
  @Test func whatTheOtherScanDoesNotShowIsNotAssessable() throws {
    let whole = try Self.moving.ct()
    let (grid, cut) = (whole.grid, 34)
    let part = try Volume<Hounsfield>(
      grid: VoxelGrid(
        size: [grid.size.x, grid.size.y, grid.size.z - cut], spacing: grid.spacing,
        origin: grid.patientPoint(i: 0, j: 0, k: cut)),
      samples: Array(whole.samples[(grid.size.x * grid.size.y * cut)...]))
    let link = try DeformableRegistration.link(
      fixed: DeformableScene().ct(), moving: part, start: Self.start)
    #expect(link.localError(at: PatientPoint(x: 0, y: 0, z: -90)).radiusMillimetres == nil)
    #expect(link.localError(at: PatientPoint(x: 0, y: 0, z: 60)).radiusMillimetres != nil)
  }

  @Test func survivesEncoding() throws {
    let link = try Self.link.get()
    let copy = try JSONDecoder().decode(DeformableLink.self, from: JSONEncoder().encode(link))
    #expect(copy == link)
  }

  @Test func aFoldOrALossOfLikenessIsNotAssessable() throws {
    var quality = try Self.link.get().quality
    quality.jacobian = .init(least: -0.1, greatest: 2, folded: 3)
    quality.similarityAfter = 0.1
    guard case .notAssessable(let reasons) = DeformableLimits().verdict(on: quality) else {
      Issue.record("a folded map was accepted")
      return
    }
    #expect(reasons.count == 2)
    quality = try Self.link.get().quality
    quality.informedFraction = 0.1
    guard case .warn = DeformableLimits().verdict(on: quality) else {
      Issue.record("a map without structure was not doubted")
      return
    }
  }
}
