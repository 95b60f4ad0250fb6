/// One lesion of one time point among all lesions of a course.
struct LesionNode {
  /// Index of the time point.
  let time: Int
  /// Index in ``TrackedTimePoint/lesions``.
  let lesion: Int
  let place: LesionPlace
}

/// Joins the lesions of all time points into chains, one per identity.
///
/// Every lesion has at most one earlier and one later self, at any time point, so that a lesion
/// may be missing in between. Choosing those for all lesions of all time points at once is one
/// assignment of lesions (as earlier selves) to lesions (as later selves): the cheapest cover of
/// the course by paths, found exactly.
struct LesionChains {
  let options: TrackingOptions
  /// Whether each time point has a link; the others do not count as gaps.
  let isLinked: [Bool]

  /// - Returns: Chains of indices into `nodes`, each in order of time.
  func join(_ nodes: [LesionNode]) -> [[Int]] {
    let later = OptimalAssignment.solve(
      rows: nodes.count, columns: nodes.count, pairs: pairs(of: nodes), alone: options.alone)
    var isLater = [Bool](repeating: false, count: nodes.count)
    for case let n? in later { isLater[n] = true }
    return nodes.indices.filter { !isLater[$0] }.map { first in
      var chain = [first]
      while let next = later[chain[chain.count - 1]] { chain.append(next) }
      return chain
    }
  }

  private func pairs(of nodes: [LesionNode]) -> [OptimalAssignment.Pair] {
    var pairs: [OptimalAssignment.Pair] = []
    for (a, earlier) in nodes.enumerated() {
      for (b, later) in nodes.enumerated() where later.time > earlier.time {
        guard let cost = options.cost(earlier.place, later.place) else { continue }
        let gap = isLinked[(earlier.time + 1)..<later.time].count { $0 }
        pairs.append(.init(row: a, column: b, cost: cost + options.gapPrice * Double(gap)))
      }
    }
    return pairs
  }
}
