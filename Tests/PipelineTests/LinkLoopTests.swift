import Foundation
import Registration
import Response
import Testing

@testable import Pipeline

/// What a loop that does not close means for the links that it is made of.
@Suite struct LinkLoopTests {
  private func loop(_ from: String, _ to: String, factor: Double) throws -> LinkLoop {
    let text = """
      {"gap": {"mean": 1, "median": 1, "percentile68": 1, "percentile95": 1, "greatest": 1,
       "count": 9}, "promisedFactor": \(factor)}
      """
    let closure = try JSONDecoder().decode(LoopClosure.self, from: Data(text.utf8))
    return LinkLoop(from: from, to: to, isDeformable: true, closure: .value(closure))
  }

  @Test func theWorstLoopOfATimePointEnlargesItsErrorAndNoneMakesItSmaller() throws {
    let loops = [
      try loop("a", "b", factor: 0.4), try loop("b", "c", factor: 2),
      LinkLoop(
        from: "c", to: "d", isDeformable: false, closure: .notAssessable(reason: "no overlap")),
    ]
    #expect(loops.errorFactor(of: "a") == 1)
    #expect(loops.errorFactor(of: "b") == 2)
    #expect(loops.errorFactor(of: "c") == 2)
    #expect(loops.errorFactor(of: "d") == 1)
    #expect(loops.errorFactor(of: "e") == 1)
  }
}
