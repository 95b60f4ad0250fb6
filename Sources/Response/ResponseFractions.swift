import Geometry
import Kernels
public import Quantities
public import Volumes

/// Volumes of a lesion by what happened in them.
public struct ResponseFractions: Sendable, Hashable, Codable {
  public let evaluated: TissueVolume
  public let decreased: TissueVolume
  public let increased: TissueVolume
  /// Below the floor at both time points, or outside the later image.
  public let notEvaluated: TissueVolume
  /// The largest connected part of each.
  public let largestDecrease: TissueVolume
  public let largestIncrease: TissueVolume
  /// 95 % bootstrap intervals of the two fractions; `nil` for lesions of too few blocks.
  public let decreasedInterval: ClosedRange<Double>?
  public let increasedInterval: ClosedRange<Double>?
  /// The fractions at other levels of confidence, rising.
  public let grades: [Grade]

  /// What part of the evaluated volume changed beyond a two-sided level of confidence.
  public struct Grade: Sendable, Hashable, Codable {
    /// 0.68 for 68 %.
    public let confidence: Double
    public let decreased: Double
    public let increased: Double
  }

  /// `nil` when nothing could be evaluated.
  public var decreasedFraction: Double? { fraction(decreased) }
  public var increasedFraction: Double? { fraction(increased) }

  private func fraction(_ part: TissueVolume) -> Double? {
    evaluated > .zero ? part / evaluated : nil
  }
}

extension ResponseMap {
  /// Two-sided levels and their points of the normal distribution.
  static let confidences = [(0.68, 0.994_458), (0.95, 1.96), (0.99, 2.575_829), (0.999, 3.290_527)]

  /// How the volume of a lesion divides into change and no change.
  ///
  /// - Parameter blockEdge: Edge of the blocks that the bootstrap draws: voxels nearer than that
  ///   change together. About the image's resolution.
  public func fractions(
    in outline: Outline, blockEdge: Length = .millimetres(8)
  ) -> ResponseFractions {
    precondition(outline.grid == grid, "outline and map lie on different grids")
    var millilitres = [Double](repeating: 0, count: 5)
    var graded = [(decreased: Double, increased: Double)](
      repeating: (0, 0), count: Self.confidences.count)
    var blocks: [SIMD3<Int>: (evaluated: Double, decreased: Double, increased: Double)] = [:]
    for n in outline.offsets {
      let q = grid.ijk(at: n)
      let voxel = grid.voxelMillilitres(inSlice: q.z)
      let change = change(at: n)
      millilitres[Int(change.rawValue)] += voxel
      guard [.decrease, .withinNoise, .increase].contains(change) else { continue }
      let z = Double(deviations[n])
      for (level, point) in Self.confidences.enumerated() where abs(z) > point.1 {
        if z < 0 { graded[level].decreased += voxel } else { graded[level].increased += voxel }
      }
      let place = grid.alongAxes(i: q.x, j: q.y, k: q.z) / blockEdge.millimetres
      let key = SIMD3<Int>(place.rounded(.down))
      var block = blocks[key] ?? (0, 0, 0)
      block.evaluated += voxel
      if change == .decrease { block.decreased += voxel }
      if change == .increase { block.increased += voxel }
      blocks[key] = block
    }
    let evaluated = millilitres[1] + millilitres[2] + millilitres[3]
    // In a fixed order, so that the draws are the same each time.
    let ordered = blocks.sorted { a, b in
      (a.key.z, a.key.y, a.key.x) < (b.key.z, b.key.y, b.key.x)
    }.map(\.value)
    return ResponseFractions(
      evaluated: .millilitres(evaluated), decreased: .millilitres(millilitres[1]),
      increased: .millilitres(millilitres[3]),
      notEvaluated: .millilitres(millilitres[0] + millilitres[4]),
      largestDecrease: largest(.decrease, in: outline),
      largestIncrease: largest(.increase, in: outline),
      decreasedInterval: BlockBootstrap(ordered.map { ($0.evaluated, $0.decreased) }).interval,
      increasedInterval: BlockBootstrap(ordered.map { ($0.evaluated, $0.increased) }).interval,
      grades: evaluated > 0
        ? zip(Self.confidences, graded).map {
          .init(
            confidence: $0.0, decreased: $1.decreased / evaluated,
            increased: $1.increased / evaluated)
        } : [])
  }

  private func largest(_ change: Change, in outline: Outline) -> TissueVolume {
    let part = outline.filter { changes[$0] == change.rawValue }
    return part.parts.map(\.volume).max() ?? .zero
  }
}
