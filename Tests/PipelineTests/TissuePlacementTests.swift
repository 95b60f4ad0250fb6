import CourseStore
import Dosimetry
import Foundation
import Geometry
import Lesions
import Quantities
import Response
import Testing
import Volumes

@testable import Pipeline
@testable import Registration

/// What lesions of the reference are placed by on a dosimetry scan.
@Suite struct TissuePlacementTests {
  private static let base = FrameOfReference(uid: "1.1")
  private static let scan = FrameOfReference(uid: "1.2")
  private static let rigid = RigidTransform(from: base, to: scan, translation: [3, -2, 4])
  /// Where the lesion lies at the reference, and how far breathing moved it beyond the rigid link.
  private static let place = PatientPoint(x: 0, y: 0, z: 0)
  private static let breath = SIMD3(0.0, 0, -10)

  /// Tissue that moves by `breath` in the middle and is drawn together by a tenth there.
  private static func map(_ verdict: LinkVerdict, error: Float = 2) throws -> DeformableLink {
    let nodes = try VoxelGrid(
      size: [17, 17, 17], spacing: [16, 16, 16], origin: PatientPoint(x: -128, y: -128, z: -128))
    let displacements = (0..<nodes.voxelCount).map { n -> SIMD3<Double> in
      let p = nodes.patientPoint(offset: n).millimetres
      return exp(-p.dot(p) / 7200) * (breath - p * 0.035)
    }
    return DeformableLink(
      field: try DisplacementField(rigid: rigid, nodes: nodes, through: displacements),
      errors: LocalErrorMap(
        nodes: nodes, radii: [Float](repeating: error, count: nodes.voxelCount)),
      quality: DeformableQuality(
        jacobian: .init(least: 0.7, greatest: 1.1, folded: 0), informedFraction: 1,
        verdict: verdict))
  }

  private static func registration(
    _ map: Assessment<DeformableLink>?, loops: [LinkLoop] = []
  ) -> CourseRegistration {
    var quality = LinkQuality(fixedBodySeen: 1, movingBodySeen: 1, verdict: .pass)
    quality.estimatedErrorMillimetres = 2
    var registration = CourseRegistration()
    registration.links = [
      TimePointLink(timePoint: "c1h24", basis: .ct, referenceToHere: rigid, quality: quality)
    ]
    registration.deformable["c1h24"] = map?.value
    registration.unmapped["c1h24"] = map?.reason
    registration.loops = loops
    return registration
  }

  @Test func whatIsFollowedIsSaidAndARefusedMapLeavesTheRigidLink() throws {
    let held = Self.registration(.value(try Self.map(.pass)))
    #expect(held.followed(at: "c1h24") == .deformable)
    #expect(held.refusalOfMap(at: "c1h24") == nil)
    let folded = Self.registration(
      .value(try Self.map(.notAssessable(reasons: ["the map folds at 3 places"]))))
    #expect(folded.followed(at: "c1h24") == .rigid)
    #expect(folded.refusalOfMap(at: "c1h24") == "the map folds at 3 places")
    let none = Self.registration(.notAssessable(reason: "no body was found"))
    #expect(none.followed(at: "c1h24") == .rigid)
    #expect(none.refusalOfMap(at: "c1h24") == "no body was found")
    let withoutCT = Self.registration(nil)
    #expect(withoutCT.followed(at: "c1h24") == .rigid)
    #expect(withoutCT.refusalOfMap(at: "c1h24") == nil)
    #expect(withoutCT.followed(at: "c2h24") == nil)
    let tissue = try #require(folded.tissue(at: "c1h24"))
    #expect(tissue(Self.place) == Self.rigid(Self.place))
  }

  @Test func whatResultsDependOnHoldsTheMap() throws {
    var one = Self.registration(.value(try Self.map(.pass)))
    let without = try one.parts(of: "c1h24")
    one.keys["c1h24"] = Digest(of: ["one CT"])
    let first = try one.parts(of: "c1h24")
    one.keys["c1h24"] = Digest(of: ["another CT"])
    #expect(try first != one.parts(of: "c1h24") && first != without)
  }

  // MARK: Lesions

  /// A lesion of 12 mm where the map puts it, and 12 mm beside the rigid link's place an organ that
  /// is twice as hot.
  private static func image() throws -> Volume<ActivityConcentration> {
    let grid = try VoxelGrid(
      size: [48, 48, 48], spacing: [4.8, 4.8, 4.8], origin: PatientPoint(x: -112, y: -113, z: -111))
    let lesion = rigid(PatientPoint(millimetres: place.millimetres + breath))
    let organ = rigid(PatientPoint(x: 0, y: 0, z: 24))
    return try Volume(
      grid: grid,
      samples: (0..<grid.voxelCount).map { n -> Float in
        let p = grid.patientPoint(offset: n)
        if p.distance(to: lesion) < 12 { return 50 }
        return p.distance(to: organ) < 20 ? 100 : 1
      })
  }

  private static func lesion(isSphere: Bool) throws -> DosedLesion {
    let grid = try VoxelGrid(
      size: [30, 30, 30], spacing: [4, 4, 4], origin: PatientPoint(x: -58, y: -58, z: -58))
    return DosedLesion(
      track: "L1", name: nil,
      outline: Outline(grid: grid, ball: place, radius: .millimetres(12)),
      radius: isSphere ? .millimetres(12) : nil, size: LesionSize(knots: []))
  }

  private func centre(_ placed: PlacedLesion, _ grid: VoxelGrid) throws -> (PatientPoint, Double) {
    let coverage = try placed.coverage(on: grid).coverage
    var (sum, at) = (0.0, SIMD3<Double>.zero)
    for (n, share) in coverage.samples.enumerated() where share > 0 {
      sum += Double(share)
      at += grid.patientPoint(offset: n).millimetres * Double(share)
    }
    return (PatientPoint(millimetres: at / sum), coverage.coveredMillilitres)
  }

  @Test(arguments: [true, false])
  func theMapKeepsALesionFromAHotterOrganNearIt(isSphere: Bool) throws {
    let (image, lesion) = (try Self.image(), try Self.lesion(isSphere: isSphere))
    let truth = Self.rigid(PatientPoint(millimetres: Self.place.millimetres + Self.breath))
    func place(_ map: Assessment<DeformableLink>?) throws -> (PatientPoint, Double) {
      let link = try #require(Self.registration(map).tissue(at: "c1h24"))
      let placed = try #require(LesionPlacement(image: image, link: link).place(lesion))
      return try centre(placed, image.grid)
    }
    let (mapped, volume) = try place(.value(try Self.map(.pass)))
    let (rigid, _) = try place(nil)
    print(
      "figure: lesion placed \(mapped.distance(to: truth)) mm off by the map, "
        + "\(rigid.distance(to: truth)) by the rigid link")
    #expect(mapped.distance(to: truth) < 3)
    // The rigid link's reach of 15 mm takes the organ's uptake for the lesion's.
    #expect(rigid.distance(to: truth) > 12)
    // The map draws tissue together; the lesion keeps the size it is given.
    let whole = isSphere ? 4 / 3 * Double.pi * 1.728 : lesion.outline.volume.millilitres
    #expect(abs(volume / whole - 1) < 0.01)
  }

  @Test func aLesionHasTheSamePlaceOnTheCT() throws {
    let placed = PlacedLesion(
      track: "L1", shape: .sphere(centre: PatientPoint(x: 5, y: -3, z: 8), radius: 15))
    let grid = try VoxelGrid(
      size: [60, 60, 40], spacing: [2, 2, 3], origin: PatientPoint(x: -59, y: -59, z: -58))
    let outline = try placed.outline(on: grid)
    #expect(try #require(outline.centroid).distance(to: PatientPoint(x: 5, y: -3, z: 8)) < 0.3)
    #expect(abs(outline.volume.millilitres / (4 / 3 * Double.pi * 3.375) - 1) < 0.03)
    #expect(abs(try placed.coverage(on: grid).coverage.coveredMillilitres / 14.137 - 1) < 0.01)
  }
}
