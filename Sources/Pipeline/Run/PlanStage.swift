import Dosimetry
import Foundation
import Planning

/// Reads the limits and proposes the next cycle.
enum PlanStage {
  /// - Throws: ``PipelineError/limits(path:reason:)`` naming what is wrong in the file.
  static func pack(_ file: URL) throws -> LimitPack {
    do throws(PackError) {
      return try PackFile.limits(file)
    } catch {
      throw PipelineError.limits(
        path: file.path, reason: (error.key.map { "\($0): " } ?? "") + error.reason)
    }
  }

  static func propose(_ pack: LimitPack, after cycles: [CycleDose]) throws -> NextCycleProposal {
    try NextCyclePlanner(pack).propose(after: cycles.map(GivenCycle.init))
  }
}
