/// What was measured about a deformable link, without knowing the truth. A measure that could not
/// be taken is `nil`, and the verdict says why when that matters.
public struct DeformableQuality: Sendable, Hashable, Codable {
  /// Distance between a point of the fixed body and where the map there and the map back, each
  /// registered for itself, put it.
  public var inverseConsistency: Spread?
  /// Correlation of both images over the body, each relative to its surroundings, through the
  /// rigid link and through the map.
  public var similarityBefore: Double?
  public var similarityAfter: Double?
  /// Determinant of the map's derivative, and places where it is not positive.
  public var jacobian: JacobianRange
  /// Distance between the surfaces of bone, of the lungs and of the body after the map.
  public var boneResidual: Spread?
  public var lungResidual: Spread?
  public var skinResidual: Spread?
  /// Dice overlap after the map.
  public var boneOverlap: Double?
  public var lungOverlap: Double?
  public var bodyOverlap: Double?
  /// Share of the body where the structure of the images holds the map.
  public var informedFraction: Double
  /// The estimated local errors (68 % radii) over the body.
  public var localError: Spread?
  public var verdict: LinkVerdict

  /// The spread of distances in millimetres.
  public struct Spread: Sendable, Hashable, Codable {
    public let mean: Double
    public let median: Double
    public let percentile68: Double
    public let percentile95: Double
    public let greatest: Double
    public let count: Int

    /// `nil` from fewer than `least` distances.
    init?(_ distances: [Double], least: Int = 1) {
      guard distances.count >= max(least, 1) else { return nil }
      let sorted = distances.sorted()
      func at(_ fraction: Double) -> Double { sorted[Int(fraction * Double(sorted.count - 1))] }
      mean = sorted.reduce(0, +) / Double(sorted.count)
      (median, percentile68, percentile95) = (at(0.5), at(0.68), at(0.95))
      (greatest, count) = (at(1), sorted.count)
    }
  }

  public struct JacobianRange: Sendable, Hashable, Codable {
    public let least: Double
    public let greatest: Double
    /// Places of a lattice of a quarter of the node distance with a determinant of 0 or less.
    public let folded: Int
  }
}

extension DeformableQuality {
  /// One line of the table that AAPM TG-132 asks for.
  public struct Check: Sendable, Hashable, Codable {
    public let measure: String
    public let value: Double
    public let unit: String
    public let tolerance: Double
    public let isUpperLimit: Bool
    public var isMet: Bool { isUpperLimit ? value <= tolerance : value >= tolerance }
  }

  /// Tolerances of AAPM TG-132 (Brock et al., Med Phys 2017;44:e43-e76, table V) beside what was
  /// measured: target registration error within the voxel size, about 2 mm, and 5 mm at most;
  /// Dice overlap 0.8 to 0.9; no negative Jacobian. Surfaces go by their median: contrast agent makes
  /// bone of kidneys in one image only. Rows without a measurement are left out.
  public var toleranceTable: [Check] {
    func most(_ measure: String, _ value: Double?, _ tolerance: Double, _ unit: String) -> Check? {
      value.map {
        Check(measure: measure, value: $0, unit: unit, tolerance: tolerance, isUpperLimit: true)
      }
    }
    func least(_ measure: String, _ value: Double?, _ tolerance: Double) -> Check? {
      value.map {
        Check(measure: measure, value: $0, unit: "1", tolerance: tolerance, isUpperLimit: false)
      }
    }
    return [
      most("estimated local error, mean", localError?.mean, 2, "mm"),
      most("estimated local error, 95 %", localError?.percentile95, 5, "mm"),
      most("inverse consistency, mean", inverseConsistency?.mean, 2, "mm"),
      most("inverse consistency, 95 %", inverseConsistency?.percentile95, 5, "mm"),
      most("bone surface, median", boneResidual?.median, 2, "mm"),
      most("lung surface, median", lungResidual?.median, 2, "mm"),
      most("body surface, median", skinResidual?.median, 2, "mm"),
      least("bone overlap (Dice)", boneOverlap, 0.8),
      least("lung overlap (Dice)", lungOverlap, 0.9),
      least("body overlap (Dice)", bodyOverlap, 0.9),
      most("folded places", Double(jacobian.folded), 0, "1"),
    ].compactMap { $0 }
  }
}
