import Dosimetry
import Foundation
import Planning
import Quantities

/// Reads the limits and proposes the next cycle.
enum PlanStage {
  /// - Throws: ``PipelineError/limits(path:reason:)`` naming what is wrong in the file, and where it is
  ///   for another radionuclide than the course's.
  static func pack(_ course: Course) throws -> LimitPack? {
    guard let file = course.limits else { return nil }
    let pack: LimitPack
    do throws(PackError) {
      pack = try PackFile.limits(file)
    } catch {
      throw PipelineError.limits(
        path: file.path, reason: (error.key.map { "\($0): " } ?? "") + error.reason)
    }
    if let agent = course.agent?.radionuclide.symbol, agent != pack.radionuclide {
      throw PipelineError.limits(
        path: file.path,
        reason:
          "its limits and priors are for \(pack.radionuclide), and the course's agent is \(agent); "
          + "write a pack for \(agent), or take 'limits' out of the course file")
    }
    return pack
  }

  static func propose(_ pack: LimitPack, after cycles: [CycleDose]) throws -> NextCycleProposal {
    try NextCyclePlanner(pack).propose(after: cycles.map(GivenCycle.init))
  }
}
