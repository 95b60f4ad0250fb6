import Dosimetry
import Foundation
import Planning
import Yams

/// Reads the limits and proposes the next cycle.
enum PlanStage {
  /// - Throws: ``PipelineError/limits(path:reason:)`` naming what is wrong in the file.
  static func pack(_ file: URL) throws -> LimitPack {
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw PipelineError.limits(path: file.path, reason: "the file cannot be read")
    }
    do {
      let pack = try YAMLDecoder().decode(LimitPack.self, from: text)
      try pack.check()
      return pack
    } catch let error as DecodingError {
      throw PipelineError.limits(path: file.path, reason: Course.explain(error))
    } catch {
      throw PipelineError.limits(path: file.path, reason: String(describing: error))
    }
  }

  static func propose(_ pack: LimitPack, after cycles: [CycleDose]) throws -> NextCycleProposal {
    try NextCyclePlanner(pack).propose(after: cycles.map(GivenCycle.init))
  }
}
