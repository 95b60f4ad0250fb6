public import Geometry

/// The estimated local error of a map on the nodes of its lattice.
public struct LocalErrorMap: Sendable, Hashable, Codable {
  public let nodes: VoxelGrid
  /// 68 % radii in millimetres; 0 where none could be estimated.
  private let radii: [Float]

  init(_ traces: LocalTraces, model: LocalErrorModel) {
    nodes = traces.nodes
    radii = traces.places.map { $0.map { Float(model.radius($0)) } ?? 0 }
  }

  init(nodes: VoxelGrid, radii: [Float]) { (self.nodes, self.radii) = (nodes, radii) }

  /// Part of the interpolation weights that known nodes must hold.
  private static let leastWeight = 0.3

  /// Trilinear between the nodes that know it.
  public func error(at p: PatientPoint) -> LocalError {
    let q = nodes.gridPoint(at: p).ijk
    let low = q.rounded(.down)
    let t = q - low
    var (sum, weight) = (0.0, 0.0)
    for corner in 0..<8 {
      let bits = SIMD3(corner & 1, corner >> 1 & 1, corner >> 2)
      let n = SIMD3(Int(low.x), Int(low.y), Int(low.z)) &+ bits
      guard n.min() >= 0, n.x < nodes.size.x, n.y < nodes.size.y, n.z < nodes.size.z else {
        continue
      }
      let radius = radii[nodes.index(i: n.x, j: n.y, k: n.z)]
      guard radius > 0 else { continue }
      let w = (0..<3).reduce(1) { $0 * (bits[$1] == 1 ? t[$1] : 1 - t[$1]) }
      sum += w * Double(radius)
      weight += w
    }
    guard weight >= Self.leastWeight else {
      return .notAssessable(reason: "the two images do not both show tissue here")
    }
    return .estimated(radiusMillimetres: sum / weight)
  }

  /// The 68 % radius at a node in millimetres; `nil` where none could be estimated.
  func radius(atNode n: Int) -> Double? { radii[n] > 0 ? Double(radii[n]) : nil }
}
