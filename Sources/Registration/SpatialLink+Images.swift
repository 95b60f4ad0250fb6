public import Geometry
import Kernels
public import Quantities
public import Volumes

extension DisplacementField {
  /// Distance of the nodes that stand for a link: half of that of a registered map, so that the
  /// spline through them follows it.
  private static let followingNodes = 8.0
  /// Less than this, in millimetres, is the arithmetic's and not the link's.
  private static let still = 1e-6

  /// Any link as a field over a grid of its frame `from`, so that an image is sampled once however
  /// many maps it goes through; `nil` where the link is its rigid part.
  ///
  /// - Throws: ``GridError`` for a grid without extent.
  public init?(following link: any SpatialLink, over grid: VoxelGrid) throws {
    let nodes = try Self.nodes(over: grid)
    let back = link.rigid.inverse
    let values = Slabs.map(of: nodes.voxelCount) { range in
      range.map { n -> SIMD3<Double> in
        let p = nodes.patientPoint(offset: n)
        return back(link(p)).millimetres - p.millimetres
      }
    }.flatMap { $0 }
    guard values.contains(where: { $0.length > Self.still }) else { return nil }
    try self.init(rigid: link.rigid, nodes: nodes, through: values)
  }

  /// Nodes along the grid's own axes with two of them to spare on every side.
  private static func nodes(over grid: VoxelGrid) throws -> VoxelGrid {
    let last = grid.patientPoint(
      i: grid.size.x - 1, j: grid.size.y - 1, k: grid.size.z - 1
    ).millimetres
    let diagonal = last - grid.origin.millimetres
    let axes = grid.axes
    let extent = SIMD3(diagonal.dot(axes.i), diagonal.dot(axes.j), diagonal.dot(axes.k))
    let cells = SIMD3<Int>((extent / followingNodes).rounded(.up))
    let margin = SIMD3<Double>(repeating: 2 * followingNodes)
    let corner =
      grid.origin.millimetres - axes.i * margin.x - axes.j * margin.y - axes.k * margin.z
    return try VoxelGrid(
      size: cells &+ 5, spacing: SIMD3(repeating: followingNodes), axes: axes,
      origin: PatientPoint(millimetres: corner))
  }
}

/// Brings images of a link's frame `to` onto one grid of its frame `from`. The link is looked at
/// once, however many images follow.
public struct ImageCarrier: Sendable {
  public let grid: VoxelGrid
  private let rigid: RigidTransform
  private let field: DisplacementField?

  /// - Throws: ``GridError`` for a grid without extent.
  public init(_ link: any SpatialLink, onto grid: VoxelGrid) throws {
    self.grid = grid
    rigid = link.rigid
    field = try DisplacementField(following: link, over: grid)
  }

  /// Trilinear, by the rule for maps (``PatientMap``): values at points are kept.
  public func callAsFunction<Value: Quantity>(
    _ volume: Volume<Value>, outside: Value
  ) throws -> Volume<Value> {
    guard let field else {
      return volume.resampled(onto: grid, through: rigid, outside: outside)
    }
    return try volume.warped(onto: grid, through: field, outside: outside)
  }

  /// The voxels covered most, as many as the link makes of the mask's volume.
  public func callAsFunction(_ mask: Mask) throws -> Mask {
    guard let field else { return mask.resampled(onto: grid, through: rigid) }
    return try mask.warped(onto: grid, through: field)
  }
}
