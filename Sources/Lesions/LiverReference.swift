import Foundation
public import Geometry
public import Quantities
public import Volumes

/// Uptake of normal liver in a 3 cm sphere of the right lobe, as PERCIST asks for.
///
/// The sphere: Wahl 2009, J Nucl Med 50 Suppl 1:122S: 3 cm diameter, normal right lobe, mid-way
/// between dome and lower edge, away from large ducts, vessels and lesions.
public struct LiverReference: Sendable, Hashable, Codable {
  public let mean: SUVbw
  public let standardDeviation: SUVbw
  public let centre: PatientPoint
  public let voxelCount: Int
  public let placement: Placement

  public enum Placement: String, Sendable, Hashable, Codable {
    /// Found in the liver outline by ``LiverReference/init(in:liver:options:)``.
    case automatic
    /// A person chose the centre.
    case byHand
  }

  public struct Options: Sendable, Hashable, Codable {
    public var diameter = Length.millimetres(30)
    /// Least distance of the sphere's surface from the liver's edge and from bright spots:
    /// about one PET point spread, so that neither spills in.
    public var clearance = Length.millimetres(6)
    /// Voxels beyond the liver's median by this many robust standard deviations count as
    /// lesions or vessels and are kept away from.
    public var brightDeviations = 4.0

    public init() {}
  }

  /// Measures the sphere about a centre that a person chose.
  ///
  /// - Throws: ``LesionError/sphereOutsideImage``.
  public init(
    in image: Volume<SUVbw>, centredAt centre: PatientPoint, options: Options = Options()
  ) throws(LesionError) {
    try self.init(in: image, centre: centre, diameter: options.diameter, placement: .byHand)
  }

  /// Places the sphere in a liver outline and measures it.
  ///
  /// Of all centres in the right half and the middle half of the height that keep the clearance,
  /// the one farthest from any edge or bright spot is taken.
  ///
  /// - Throws: ``LesionError/liverTooSmall(largestClearanceMillimetres:neededMillimetres:)`` when
  ///   no place keeps the clearance.
  public init(
    in image: Volume<SUVbw>, liver: Outline, options: Options = Options()
  ) throws(LesionError) {
    guard liver.grid == image.grid else { throw .gridsDiffer(region: "liver") }
    guard let level = RobustLevel(of: liver, in: image) else {
      throw .emptyRegion(name: "liver")
    }
    let bright = level.median + options.brightDeviations * level.deviation
    let samples = image.samples
    let normal = liver.filter { Double(samples[$0]) <= bright }
    let needed = options.diameter.millimetres / 2 + options.clearance.millimetres
    let (centre, depth) = Self.deepest(in: normal, of: liver)
    guard let centre, depth >= needed else {
      throw .liverTooSmall(largestClearanceMillimetres: depth, neededMillimetres: needed)
    }
    try self.init(in: image, centre: centre, diameter: options.diameter, placement: .automatic)
  }

  /// The voxel farthest from anything that is not normal liver, in the right half of the liver's
  /// width (−x on LPS axes) and the middle half of its height.
  private static func deepest(
    in normal: Outline, of liver: Outline
  ) -> (centre: PatientPoint?, depth: Double) {
    var (lower, upper) = (
      SIMD3<Double>(repeating: .infinity), SIMD3<Double>(repeating: -.infinity)
    )
    for n in liver.offsets {
      let p = point(n, liver.grid).millimetres
      lower = pointwiseMin(lower, p)
      upper = pointwiseMax(upper, p)
    }
    let middle = (lower + upper) / 2
    let quarter = (upper.z - lower.z) / 4
    var best: (centre: PatientPoint?, depth: Double) = (nil, 0)
    for (n, depth) in zip(normal.offsets, normal.depths) where depth > best.depth {
      let p = point(n, liver.grid)
      if p.millimetres.x <= middle.x, abs(p.millimetres.z - middle.z) <= quarter {
        best = (p, depth)
      }
    }
    return best
  }

  private init(
    in image: Volume<SUVbw>, centre: PatientPoint, diameter: Length, placement: Placement
  ) throws(LesionError) {
    let grid = image.grid
    let radius = diameter.millimetres / 2
    for axis in [grid.axes.i, grid.axes.j, grid.axes.k] {
      for side in [-radius, radius] {
        let end = PatientPoint(millimetres: centre.millimetres + axis * side)
        guard grid.contains(end) else { throw .sphereOutsideImage }
      }
    }
    let sphere = Outline(grid: grid, ball: centre, radius: diameter * 0.5)
    let samples = image.samples
    let values = sphere.offsets.map { Double(samples[$0]) }
    guard values.count > 1 else { throw .sphereOutsideImage }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = .gramsPerMillilitre(mean)
    standardDeviation = .gramsPerMillilitre((squares / Double(values.count - 1)).squareRoot())
    self.centre = centre
    voxelCount = values.count
    self.placement = placement
  }

  private static func point(_ offset: Int, _ grid: VoxelGrid) -> PatientPoint {
    let q = grid.ijk(at: offset)
    return grid.patientPoint(i: q.x, j: q.y, k: q.z)
  }
}

/// Median and scaled median absolute deviation of an organ's uptake: its normal level, hardly
/// moved by lesions in it.
struct RobustLevel {
  let median: Double
  /// 1.4826 × median absolute deviation: the standard deviation of a normal distribution.
  let deviation: Double

  init?(of outline: Outline, in image: Volume<SUVbw>) {
    let samples = image.samples
    let values = outline.offsets.map { samples[$0] }.sorted()
    guard !values.isEmpty else { return nil }
    let middle = values[values.count / 2]
    let spread = values.map { abs($0 - middle) }.sorted()
    median = Double(middle)
    deviation = 1.4826 * Double(spread[spread.count / 2])
  }
}
