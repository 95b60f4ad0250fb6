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

  /// - Parameter together: Lesions that are one whatever their distance.
  /// - Returns: Chains of indices into `nodes`, each in order of time.
  func join(_ nodes: [LesionNode], together: [[LesionKey]] = []) -> [[Int]] {
    var pairs = pairs(of: nodes)
    for group in together { force(group, nodes, into: &pairs) }
    let later = OptimalAssignment.solve(
      rows: nodes.count, columns: nodes.count, pairs: pairs, alone: options.alone)
    var isLater = [Bool](repeating: false, count: nodes.count)
    for case let n? in later { isLater[n] = true }
    return nodes.indices.filter { !isLater[$0] }.map { first in
      var chain = [first]
      while let next = later[chain[chain.count - 1]] { chain.append(next) }
      return chain
    }
  }

  /// Makes one lesion of a group: its members lead to each other and, between its first and last,
  /// to nothing else.
  private func force(
    _ group: [LesionKey], _ nodes: [LesionNode], into pairs: inout [OptimalAssignment.Pair]
  ) {
    let members = group.sorted { $0.time < $1.time }.compactMap { key in
      nodes.firstIndex { $0.time == key.time && $0.lesion == key.lesion }
    }
    let (leaving, entering) = (Set(members.dropLast()), Set(members.dropFirst()))
    pairs.removeAll { leaving.contains($0.row) || entering.contains($0.column) }
    for (a, b) in zip(members, members.dropFirst()) {
      pairs.append(.init(row: a, column: b, cost: -options.alone))
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
