public import Geometry

/// All links of a course: every time point registered to one reference, every other link composed
/// through it. Work grows with the number of time points, and links are consistent by
/// construction: i → j → k and i → k are the same map.
///
/// A direct registration of two time points is optional; the loop it closes tells whether the
/// links keep what their local errors promise (``closing(_:to:with:at:)``).
public struct CourseLinks: Sendable {
  public let reference: FrameOfReference
  /// From the reference to each time point, by its name.
  public let links: [String: any SpatialLink]

  /// - Throws: ``FrameMismatch`` for a link that does not start at the reference.
  public init(
    reference: FrameOfReference, links: [String: any SpatialLink]
  ) throws(FrameMismatch) {
    for name in links.keys.sorted() {
      guard let link = links[name], link.from != reference else { continue }
      throw FrameMismatch(expected: reference, found: link.from)
    }
    (self.reference, self.links) = (reference, links)
  }

  /// The link from one time point to another; `nil` when either has none.
  public func link(from i: String, to j: String) -> ComposedLink? {
    guard let first = links[i], let second = links[j] else { return nil }
    // Both start at the reference, so composition cannot fail.
    return try? ComposedLink(first: first, second: second)
  }

  /// How well i → reference → j agrees with a direct registration of i and j.
  ///
  /// - Parameter points: Points of i's frame, such as landmarks or centres of lesions.
  /// - Returns: `nil` when a link is missing or none of the points can be assessed.
  public func closing(
    _ i: String, to j: String, with direct: any SpatialLink, at points: [PatientPoint]
  ) -> LoopClosure? {
    guard let composed = link(from: i, to: j), composed.from == direct.from,
      composed.to == direct.to
    else { return nil }
    var (gaps, shares): ([Double], [Double]) = ([], [])
    for p in points {
      let promised = composed.localError(at: p).joined(with: direct.localError(at: p))
      guard let radius = promised.radiusMillimetres, radius > 0 else { continue }
      gaps.append(composed(p).distance(to: direct(p)))
      shares.append(gaps[gaps.count - 1] / radius)
    }
    guard let gap = DeformableQuality.Spread(gaps), let share = DeformableQuality.Spread(shares)
    else { return nil }
    return LoopClosure(gap: gap, promisedFactor: share.percentile68)
  }
}

/// How well two ways between the same time points agree.
public struct LoopClosure: Sendable, Hashable, Codable {
  /// Distance between where the two ways put a point, in millimetres.
  public let gap: DeformableQuality.Spread
  /// 68 % point of gap over promised error: 1 when links are as good as they say, above when
  /// they are worse.
  public let promisedFactor: Double
}
