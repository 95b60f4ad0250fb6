import Geometry
import Quantities
import Testing
import Volumes

@testable import Registration

/// Three time points: the reference, and two that lie and are bent in their own ways.
@Suite struct CourseLinksTests {
  private static let third = FrameOfReference(uid: "1.3")
  private static let early = DeformableScene(
    amplitude: 8,
    lying: RigidTransform(
      from: first, to: second, rotationVector: [0.01, -0.02, 0.03], translation: [3, -2, 4]),
    noise: 12, seed: 2)
  private static let late = DeformableScene(
    amplitude: -6,
    lying: RigidTransform(
      from: first, to: third, rotationVector: [-0.02, 0.01, 0.01], translation: [-4, 3, 2]),
    noise: 12, seed: 3)

  private static let course = Result {
    let reference = try DeformableScene().ct()
    return try CourseLinks(
      reference: first,
      links: [
        "early": DeformableRegistration.link(
          fixed: reference, moving: early.ct(), start: early.lying),
        "late": DeformableRegistration.link(
          fixed: reference, moving: late.ct(), start: late.lying),
      ])
  }

  private var pointsOfEarly: [PatientPoint] { trunkPoints().map { Self.early.scanPoint($0) } }

  @Test func throughTheReferenceThereAndBackIsTheSamePoint() throws {
    let course = try Self.course.get()
    let there = try #require(course.link(from: "early", to: "late"))
    let back = try #require(course.link(from: "late", to: "early"))
    #expect(there.from == second && there.to == Self.third)
    for p in pointsOfEarly {
      #expect(back(there(p)).distance(to: p) < 0.01)
      #expect(try #require(there.inverse(of: there(p))).distance(to: p) < 0.01)
    }
    #expect(course.link(from: "early", to: "never") == nil)
  }

  /// Composed and direct differ by less than the composed link's stated error on average, and the
  /// loop is closed as well as the links promise.
  @Test func composedAndDirectAgreeWithinTheStatedError() throws {
    let course = try Self.course.get()
    let composed = try #require(course.link(from: "early", to: "late"))
    let direct = try DeformableRegistration.link(
      fixed: Self.early.ct(), moving: Self.late.ct(),
      start: Self.early.lying.inverse.then(Self.late.lying))
    let loop = try #require(
      course.closing("early", to: "late", with: direct, at: pointsOfEarly))
    let stated = pointsOfEarly.compactMap { composed.localError(at: $0).radiusMillimetres }
    #expect(loop.gap.mean < mean(stated))
    #expect(loop.gap.count == pointsOfEarly.count)
  }

  /// A loop that misses by twice what is promised says so.
  @Test func aLoopThatDoesNotCloseIsMeasuredAgainstThePromise() throws {
    func shifted(_ x: Double, from: FrameOfReference, to: FrameOfReference) -> Link {
      var quality = LinkQuality(fixedBodySeen: 1, movingBodySeen: 1, verdict: .pass)
      quality.estimatedErrorMillimetres = 1
      return Link(
        fixedToMoving: RigidTransform(from: from, to: to, translation: [x, 0, 0]),
        quality: quality)
    }
    let course = try CourseLinks(
      reference: first,
      links: [
        "a": shifted(1, from: first, to: second), "b": shifted(5, from: first, to: Self.third),
      ])
    let point = PatientPoint(x: 0, y: 0, z: 0)
    let promised = try #require(
      shifted(0, from: first, to: second).localError(at: point).radiusMillimetres)
    // Three links of the same error in the loop.
    let gap = 2 * promised * 3.0.squareRoot()
    let direct = shifted(4 + gap, from: second, to: Self.third)
    let loop = try #require(course.closing("a", to: "b", with: direct, at: [point]))
    #expect(abs(loop.promisedFactor - 2) < 1e-9 && abs(loop.gap.mean - gap) < 1e-9)
    #expect(throws: FrameMismatch.self) {
      try CourseLinks(reference: second, links: course.links)
    }
  }

  /// Bent by 8, 0 and −6 mm: the mean is nearest to the unbent reference, whatever the order, and
  /// posture does not count.
  @Test func theMiddleOfTheCourseIsNearestToTheMeanShape() throws {
    let course = try Self.course.get()
    let points = trunkPoints()
    #expect(course.nearestToMean(of: ["early", "base", "late"], at: points) == "base")
    #expect(course.nearestToMean(of: ["late", "early", "base"], at: points) == "base")
    #expect(course.nearestToMean(of: ["base"], at: []) == nil)
    // Without the reference both are equally far from their mean: the first stays.
    #expect(course.nearestToMean(of: ["late", "early"], at: points) == "late")
  }

  /// One field for the chain leads where its two parts lead one after the other.
  @Test func twoFieldsBecomeOne() throws {
    let course = try Self.course.get()
    let early = try #require(course.links["early"] as? DeformableLink)
    let late = try #require(course.links["late"] as? DeformableLink)
    let chain = try early.field.inverted().then(late.field)
    let composed = try #require(course.link(from: "early", to: "late"))
    #expect(chain.from == second && chain.to == Self.third)
    let gaps = pointsOfEarly.map { chain($0).distance(to: composed($0)) }
    #expect(mean(gaps) < 0.05)
  }
}
