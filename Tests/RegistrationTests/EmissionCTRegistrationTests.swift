import Foundation
import Geometry
import Phantoms
import Quantities
import Registration
import Testing
import Volumes

@Suite struct EmissionCTRegistrationTests {
  private static let isLong = ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil

  /// A visit of the small virtual course, scanned once.
  private struct Scan {
    let ct: Volume<Hounsfield>
    let emission: Volume<ActivityConcentration>

    /// - Parameter leastUptake: Uptake below this part of the highest is lost in noise of a
    ///   hundredth of it, as around lesions that hold nearly all of the activity.
    init(_ visit: String, leastUptake: Double? = nil) throws {
      let course = VirtualCourse()
      let point = try course.timePoint(
        #require(course.visits.first { $0.id == visit }))
      ct = point.ct
      guard let leastUptake, let top = point.emission.samples.max() else {
        emission = point.emission
        return
      }
      var random = Gauss(seed: 9)
      emission = try Volume(
        grid: point.emission.grid,
        samples: point.emission.samples.map {
          $0 > Float(leastUptake) * top ? $0 : abs(Float(random.next())) * top / 100
        })
    }
  }

  /// The same samples on a turned grid in another frame: a known motion without interpolation.
  private static func moved<Q: Quantity>(
    _ volume: Volume<Q>, by pose: RigidTransform
  ) throws -> Volume<Q> {
    let (grid, zero) = (volume.grid, pose(PatientPoint(x: 0, y: 0, z: 0)).millimetres)
    func turned(_ v: SIMD3<Double>) -> SIMD3<Double> {
      pose(PatientPoint(millimetres: v)).millimetres - zero
    }
    return try Volume(
      grid: VoxelGrid(
        size: grid.size, spacing: grid.spacing,
        axes: .init(i: turned(grid.axes.i), j: turned(grid.axes.j), k: turned(grid.axes.k)),
        origin: pose(grid.origin)),
      samples: volume.samples)
  }

  /// Shifts up to 30 mm along each axis and turns up to 10°, from a seed.
  private static func pose(_ seed: UInt64, about centre: PatientPoint) -> RigidTransform {
    var random = Gauss(seed: seed &* 31)
    func uniform() -> Double { min(max(random.next() / 1.8, -1), 1) }
    let axis = SIMD3(random.next(), random.next(), random.next()).normalised
    return RigidTransform(
      from: first, to: second, rotationVector: axis * (uniform() * 10 * .pi / 180), about: centre,
      translation: SIMD3(uniform(), uniform(), uniform()) * 30)
  }

  private struct Outcome {
    let link: Link
    /// Mean error over points of the body that both images see, in millimetres.
    let error: Double
  }

  private static func outcome(_ scan: Scan, seed: UInt64) throws -> Outcome {
    let truth = pose(seed, about: scan.emission.grid.centre)
    let link = try EmissionCTRegistration.register(
      ct: scan.ct, ctFrame: first, emission: moved(scan.emission, by: truth),
      emissionFrame: second)
    let body = stride(from: 0, to: scan.ct.samples.count, by: 7919).filter {
      scan.ct.samples[$0] > -200
    }.map { n -> PatientPoint in
      let at = scan.ct.grid.ijk(at: n)
      return scan.ct.grid.patientPoint(i: at.x, j: at.y, k: at.z)
    }.filter(scan.emission.grid.contains)
    let total = body.reduce(0) { $0 + link.fixedToMoving($1).distance(to: truth($1)) }
    return Outcome(link: link, error: total / Double(body.count))
  }

  @Test func aPETIsLaidOnTheCTItWasMovedFrom() throws {
    let result = try Self.outcome(Scan("base"), seed: 1)
    #expect(result.error < 3)
    #expect(result.link.quality.verdict.isAssessable)
    #expect(result.error < 3 * (try #require(result.link.quality.estimatedErrorMillimetres)))
  }

  @Test func aSPECTIsLaidOnTheCTItWasMovedFrom() throws {
    let result = try Self.outcome(Scan("c1h24"), seed: 2)
    #expect(result.error < 5)
    #expect(result.link.quality.verdict.isAssessable)
  }

  /// An image of noise shows nothing of the patient.
  @Test func anEmissionImageWithoutThePatientIsNotAssessable() throws {
    let scan = try Scan("c1h24")
    var random = Gauss(seed: 5)
    let noise = try Volume<ActivityConcentration>(
      grid: scan.emission.grid,
      samples: scan.emission.samples.map { _ in Float(abs(random.next())) })
    let link = try EmissionCTRegistration.register(
      ct: scan.ct, ctFrame: first, emission: noise, emissionFrame: first)
    #expect(!link.quality.verdict.isAssessable)
  }

  /// Lesions and kidneys alone, hardly an outline of the body: found, or not assessable.
  @Test(
    .enabled(if: isLong, "set THERATRACK_LONG=1 for ten poses of each visit"),
    arguments: [0.02, 0.05, 0.1, 0.2])
  func aSPECTOfLesionsAloneIsFoundOrRefused(leastUptake: Double) throws {
    let scan = try Scan("c1h96", leastUptake: leastUptake)
    var lines: [String] = []
    for seed in 1...10 {
      let result = try Self.outcome(scan, seed: UInt64(seed))
      lines.append(
        "\(leastUptake) pose \(seed): error \(result.error) mm, estimated "
          + "\(result.link.quality.estimatedErrorMillimetres ?? -1) mm, "
          + "\(result.link.quality.verdict)")
      #expect(result.error < 10 || !result.link.quality.verdict.isAssessable)
    }
    print(lines.joined(separator: "\n"))
  }

  @Test(
    .enabled(if: isLong, "set THERATRACK_LONG=1 for ten poses of each visit"),
    arguments: [("base", 3.0), ("c1h4", 5.0), ("c1h24", 5.0), ("c1h96", 5.0)])
  func tenPosesAreFound(visit: String, limit: Double) throws {
    let scan = try Scan(visit)
    var lines: [String] = []
    for seed in 1...10 {
      let result = try Self.outcome(scan, seed: UInt64(seed))
      let estimate = result.link.quality.estimatedErrorMillimetres ?? -1
      lines.append(
        "\(visit) pose \(seed): error \(result.error) mm, estimated \(estimate) mm, "
          + "\(result.link.quality.verdict)")
      #expect(result.error < limit || !result.link.quality.verdict.isAssessable)
    }
    print(lines.joined(separator: "\n"))
  }
}
