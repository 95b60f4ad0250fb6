import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Registration

/// What tissue is followed by, and images along it.
@Suite struct TissueLinkTests {
  private static let third = FrameOfReference(uid: "1.3")
  private static let nodes = Result {
    try VoxelGrid(
      size: [17, 17, 25], spacing: [16, 16, 16], origin: PatientPoint(x: -128, y: -128, z: -192))
  }

  private static func field(
    to frame: FrameOfReference = second, _ displacement: (SIMD3<Double>) -> SIMD3<Double>
  ) throws -> DisplacementField {
    let nodes = try nodes.get()
    let rigid = RigidTransform(
      from: first, to: frame, rotationVector: [0.02, -0.01, 0.03], translation: [4, -3, 6])
    return try DisplacementField(
      rigid: rigid, nodes: nodes,
      through: (0..<nodes.voxelCount).map {
        displacement(nodes.patientPoint(offset: $0).millimetres)
      })
  }

  /// Errors of 2 mm, known only where `isKnown`.
  private static func link(
    _ field: DisplacementField, verdict: LinkVerdict = .pass,
    isKnown: (SIMD3<Double>) -> Bool = { _ in true }
  ) -> DeformableLink {
    let nodes = field.nodes
    let radii = (0..<nodes.voxelCount).map {
      isKnown(nodes.patientPoint(offset: $0).millimetres) ? Float(2) : 0
    }
    return DeformableLink(
      field: field, errors: LocalErrorMap(nodes: nodes, radii: radii),
      quality: DeformableQuality(
        jacobian: .init(least: 0.8, greatest: 1.2, folded: 0), informedFraction: 1,
        verdict: verdict))
  }

  private static func tissue(_ map: DeformableLink, factor: Double = 1) -> TissueLink {
    TissueLink(
      rigid: map.rigid, rigidError: .estimated(radiusMillimetres: 6), map: map,
      errorFactor: factor)
  }

  private static func breathing(_ amplitude: Double) -> (SIMD3<Double>) -> SIMD3<Double> {
    { p in
      let fall = exp(-p.z * p.z / 7200) * exp(-p.x * p.x / 9000)
      return SIMD3(0, 0, amplitude * fall)
    }
  }

  @Test func aRefusedMapLeavesTheRigidLinkWithItsError() throws {
    let field = try Self.field(Self.breathing(9))
    let held = Self.tissue(Self.link(field))
    let refused = Self.tissue(Self.link(field, verdict: .notAssessable(reasons: ["it folds"])))
    let p = PatientPoint(x: 5, y: 10, z: 0)
    #expect(held(p) == field(p) && refused(p) == field.rigid(p))
    #expect(field(p).distance(to: field.rigid(p)) > 8)
    #expect(held.localError(at: p).radiusMillimetres == 2)
    #expect(refused.localError(at: p).radiusMillimetres == 6)
    #expect(held.residualMotion < refused.residualMotion)
  }

  /// A loop that missed by 1.5 times what was promised enlarges both errors; where the map knows
  /// none, the rigid link's stands in only for those who ask for it.
  @Test func errorsGrowWithTheLoopAndFallBackOnTheRigidLink() throws {
    let map = Self.link(try Self.field(Self.breathing(9))) { $0.z < 0 }
    let link = Self.tissue(map, factor: 1.5)
    let (known, unknown) = (PatientPoint(x: 0, y: 0, z: -60), PatientPoint(x: 0, y: 0, z: 100))
    #expect(link.localError(at: known).radiusMillimetres == 3)
    #expect(link.errorAnywhere(at: known).radiusMillimetres == 3)
    #expect(link.localError(at: unknown).radiusMillimetres == nil)
    #expect(link.errorAnywhere(at: unknown).radiusMillimetres == 9)
  }

  /// From one breath to another through the reference, on a grid that is turned against the nodes
  /// and not: what is fetched is the other image's own value at the place of the same tissue.
  @Test(arguments: [0.0, 0.2])
  func anImageIsSampledOnceAlongAComposedLink(turn: Double) throws {
    let here = Self.tissue(Self.link(try Self.field(Self.breathing(9))))
    let there = Self.tissue(Self.link(try Self.field(to: Self.third, Self.breathing(-7))))
    let way = try ComposedLink(first: here, second: there)
    let grid = try VoxelGrid(
      size: [20, 18, 30], spacing: [4.8, 4.8, 4.8],
      axes: .init(i: [cos(turn), sin(turn), 0], j: [-sin(turn), cos(turn), 0], k: [0, 0, 1]),
      origin: PatientPoint(x: -45, y: -40, z: -70))
    let source = try VoxelGrid(
      size: [90, 90, 120], spacing: [3, 3, 3], origin: PatientPoint(x: -130, y: -130, z: -180))
    // Linear in space, so that interpolation adds nothing.
    func value(_ p: PatientPoint) -> Double {
      500 + p.millimetres.dot([0.7, -0.4, 1.1])
    }
    let image = try Volume<ActivityConcentration>(
      grid: source,
      samples: (0..<source.voxelCount).map { Float(value(source.patientPoint(offset: $0))) })
    let carried = try ImageCarrier(way, onto: grid)(
      image, outside: ActivityConcentration(inBaseUnit: -1))
    let rigid = image.resampled(
      onto: grid, through: way.rigid, outside: ActivityConcentration(inBaseUnit: -1))
    var (worst, moved) = (0.0, 0.0)
    for n in 0..<grid.voxelCount {
      let truth = value(way(grid.patientPoint(offset: n)))
      worst = max(worst, abs(Double(carried.samples[n]) - truth))
      moved = max(moved, abs(Double(rigid.samples[n]) - truth))
    }
    print("figure: image along a composed link, worst \(worst) of \(moved) for the rigid part")
    #expect(worst < 0.05 && moved > 10)
  }

  @Test func aRigidLinkGivesTheSameBitsAsTheTransform() throws {
    let link = TissueLink(
      rigid: try Self.field { _ in .zero }.rigid, rigidError: .estimated(radiusMillimetres: 2))
    let grid = try VoxelGrid(
      size: [12, 12, 12], spacing: [5, 5, 5], origin: PatientPoint(x: -30, y: -30, z: -30))
    let image = try Volume<AbsorbedDose>(
      grid: grid, samples: (0..<grid.voxelCount).map { Float($0 * 7919 % 1009) })
    let mask = Mask(grid: grid) { image.samples[$0] > 500 }
    let carrier = try ImageCarrier(link, onto: grid)
    #expect(
      try carrier(image, outside: .zero).samples
        == image.resampled(onto: grid, through: link.rigid, outside: .zero).samples)
    #expect(try carrier(mask) == mask.resampled(onto: grid, through: link.rigid))
  }

  /// Linear beyond the tissue in common, as a bending energy leaves it: 15 mm at the edge and more
  /// beyond. Among known nodes nothing changes; 6 nodes further the map rests, and it never folds.
  @Test func beyondTheTissueInCommonAMapComesToRest() throws {
    let field = try Self.field { SIMD3(0, 0, 15 + 0.05 * $0.z) }
    let map = Self.link(field) { abs($0.z) < 60 }
    let rested = try field.atRest(beyond: map.errors)
    for z in stride(from: -48.0, through: 48, by: 16) {
      let p = PatientPoint(x: 16, y: -32, z: z)
      #expect((rested.displacement(at: p) - field.displacement(at: p)).length < 0.01)
    }
    // Six nodes beyond the last known one, at 48 mm.
    for z in [144.0, -144] {
      #expect(rested.displacement(at: PatientPoint(x: 0, y: 0, z: z)).length < 0.1)
    }
    #expect(rested.leastJacobian() > 0.5)
  }
}
