import Foundation
import Geometry
import Testing

@testable import Registration

@Suite struct LocalErrorTests {
  /// P(|x| ≤ r) of a unit normal error along three axes is erf(r/√2) − √(2/π)·r·exp(−r²/2).
  @Test func theRadiusHoldsSixtyEightPerCentOfANormalError() {
    let r = LocalError.radiusPerStandardDeviation
    let inside = erf(r / 2.0.squareRoot()) - (2 / Double.pi).squareRoot() * r * exp(-r * r / 2)
    #expect(abs(inside - 0.68) < 5e-4)
  }

  @Test func independentErrorsAddInSquares() {
    let joined = LocalError.estimated(radiusMillimetres: 3)
      .joined(with: .estimated(radiusMillimetres: 4))
    #expect(joined == .estimated(radiusMillimetres: 5))
    let unknown = LocalError.notAssessable(reason: "no tissue")
    #expect(joined.joined(with: unknown) == unknown && unknown.joined(with: joined) == unknown)
  }

  @Test func aLesionSmallerThanTheErrorIsRefusedWithBothFigures() throws {
    let error = LocalError.estimated(radiusMillimetres: 4.24)
    #expect(error.refusal(ofLesionWithRadius: 4.3) == nil)
    let reason = try #require(error.refusal(ofLesionWithRadius: 4.1))
    #expect(reason.contains("4.2 mm") && reason.contains("4.1 mm"))
    #expect(LocalError.notAssessable(reason: "why").refusal(ofLesionWithRadius: 50) == "why")
  }

  @Test func aRigidLinkIsAsUncertainEverywhere() throws {
    var quality = LinkQuality(fixedBodySeen: 1, movingBodySeen: 1, verdict: .pass)
    let transform = RigidTransform.identity(from: first, to: second)
    let p = PatientPoint(x: 1, y: 2, z: 3)
    #expect(
      Link(fixedToMoving: transform, quality: quality).localError(at: p).radiusMillimetres == nil)
    quality.estimatedErrorMillimetres = 2.5
    let link = Link(fixedToMoving: transform, quality: quality)
    let radius = try #require(link.localError(at: p).radiusMillimetres)
    #expect(radius > 2.5)
    #expect(link.localError(at: PatientPoint(x: 90, y: -40, z: 300)).radiusMillimetres == radius)
    #expect(link.from == first && link.to == second && link.inverse(of: link(p)) == p)
    quality.verdict = .notAssessable(reasons: ["too unlike"])
    #expect(
      Link(fixedToMoving: transform, quality: quality).localError(at: p)
        == .notAssessable(reason: "too unlike"))
  }

  @Test func theMapInterpolatesBetweenNodesThatKnow() throws {
    let nodes = try VoxelGrid(size: [3, 2, 2], spacing: [10, 10, 10])
    let map = LocalErrorMap(nodes: nodes, radii: [1, 3, 0, 1, 3, 0, 1, 3, 0, 1, 3, 0])
    func radius(_ x: Double) -> Double? {
      map.error(at: PatientPoint(x: x, y: 5, z: 5)).radiusMillimetres
    }
    #expect(radius(2.5) == 1.5)
    // Only the known side counts, until it is too far away.
    #expect(radius(14) == 3)
    #expect(radius(18) == nil && radius(-11) == nil && radius(40) == nil)
  }

  /// Errors made from a known model give that model back.
  @Test func calibrationFindsTheModelThatMadeTheErrors() throws {
    let truth = LocalErrorModel(
      scale: 1.5, inconsistency: 0.4, refinement: 0.2, looseness: 0.5, pull: 0.3)
    var random = Gauss(seed: 4)
    let samples = (0..<4000).map { _ -> LocalErrorModel.Sample in
      func spread() -> Double { exp(0.6 * random.next()) }
      let trace = LocalTraces.Trace(
        inconsistency: spread(), refinement: spread(), looseness: spread(), dissimilarity: 0.1,
        strain: 0.1, pull: spread(), motion: 4)
      let error = SIMD3(random.next(), random.next(), random.next()).length
      return .init(
        trace: trace,
        errorMillimetres: truth.radius(trace) * error / LocalError.radiusPerStandardDeviation)
    }
    let found = try #require(LocalErrorModel.fitted(to: samples, scaledOn: samples))
    #expect(abs(found.inconsistency - 0.4) < 0.06 && abs(found.refinement - 0.2) < 0.06)
    #expect(abs(found.looseness - 0.5) < 0.06 && abs(found.pull - 0.3) < 0.06)
    let inside = samples.count { $0.errorMillimetres <= found.radius($0.trace) }
    #expect(abs(Double(inside) / Double(samples.count) - 0.68) < 0.02)
  }

  /// A looser, rougher or less consistent place is never thought better.
  @Test func moreTraceIsMoreError() {
    let model = LocalErrorModel.calibrated
    let trace = LocalTraces.Trace(
      inconsistency: 0.4, refinement: 0.3, looseness: 0.5, dissimilarity: 0.1, strain: 0.1,
      pull: 0.3, motion: 4)
    for path in [
      \LocalTraces.Trace.inconsistency, \.refinement, \.looseness, \.pull,
    ] {
      var worse = trace
      worse[keyPath: path] *= 3
      #expect(model.radius(worse) > model.radius(trace))
    }
  }
}
