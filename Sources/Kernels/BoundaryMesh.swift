/// The triangle mesh around the set voxels of a small block, as marching cubes draws it at the
/// level half-way between inside and outside.
///
/// Lorensen, Cline, Comput Graph 1987;21:163. The polygons of each of the 256 cubes are found by
/// walking its faces (inside corners on one face's diagonal stay apart); of their triangulations
/// the one that encloses most is taken, which gives the reference volumes of IBSI.
public struct BoundaryMesh: Sendable {
  /// Corners of all triangles, in voxels, three in a row; the centre of voxel (i, j, k) is at
  /// (i, j, k). Normals point outwards.
  public private(set) var corners: [SIMD3<Double>] = []

  /// - Parameters:
  ///   - inside: One byte per voxel, i fastest; non-zero is inside. Voxels beyond are outside.
  public init(_ inside: [UInt8], size: SIMD3<Int>) {
    precondition(inside.count == size.x * size.y * size.z, "the mask does not fill the grid")
    func isInside(_ p: SIMD3<Int>) -> Bool {
      guard p.x >= 0, p.y >= 0, p.z >= 0, p.x < size.x, p.y < size.y, p.z < size.z else {
        return false
      }
      return inside[p.x + size.x * (p.y + size.y * p.z)] != 0
    }
    for k in -1..<size.z {
      for j in -1..<size.y {
        for i in -1..<size.x {
          let base = SIMD3(i, j, k)
          var pattern = 0
          for n in 0..<8 where isInside(base &+ Self.corner(n)) { pattern |= 1 << n }
          for point in Self.cubes[pattern] {
            corners.append(SIMD3(Double(i), Double(j), Double(k)) + point)
          }
        }
      }
    }
  }

  /// Enclosed volume and surface, for voxels of this size in millimetres.
  public func volumeAndArea(spacing: SIMD3<Double>) -> (volume: Double, area: Double) {
    var (volume, area) = (0.0, 0.0)
    for n in stride(from: 0, to: corners.count, by: 3) {
      let (a, b, c) = (corners[n] * spacing, corners[n + 1] * spacing, corners[n + 2] * spacing)
      volume += (a * Self.cross(b, c)).sum() / 6
      let normal = Self.cross(b - a, c - a)
      area += (normal * normal).sum().squareRoot() / 2
    }
    return (volume, area)
  }

  /// The longest distance between two corners, for voxels of this size in millimetres.
  public func diameter(spacing: SIMD3<Double>) -> Double {
    // Each corner is shared by several triangles, and only one per row can be outermost.
    var rows: [SIMD2<Double>: (low: Double, high: Double)] = [:]
    for corner in corners {
      let row = SIMD2(corner.y, corner.z)
      let known = rows[row] ?? (corner.x, corner.x)
      rows[row] = (min(known.low, corner.x), max(known.high, corner.x))
    }
    let ends = rows.flatMap { row, ends in
      [SIMD3(ends.low, row.x, row.y) * spacing, SIMD3(ends.high, row.x, row.y) * spacing]
    }
    var longest = 0.0
    for (n, p) in ends.enumerated() {
      for q in ends[(n + 1)...] {
        let d = p - q
        longest = max(longest, (d * d).sum())
      }
    }
    return longest.squareRoot()
  }

  static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
  }

  private static func corner(_ n: Int) -> SIMD3<Int> { [n & 1, n >> 1 & 1, n >> 2 & 1] }

  // MARK: The 256 cubes

  /// Triangle corners for each pattern of inside corners.
  private static let cubes: [[SIMD3<Double>]] = (0..<256).map { pattern in
    loops(of: pattern).flatMap { fullest($0) }
  }

  /// The corners of each face, anticlockwise seen from outside.
  private static let faces: [[Int]] = [
    [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6],
  ]

  private static func middle(_ a: Int, _ b: Int) -> SIMD3<Double> {
    let (p, q) = (corner(a), corner(b))
    return SIMD3(Double(p.x + q.x), Double(p.y + q.y), Double(p.z + q.z)) / 2
  }

  /// Closed polygons through the middles of the edges that leave the inside.
  private static func loops(of pattern: Int) -> [[SIMD3<Double>]] {
    var next: [SIMD3<Double>: SIMD3<Double>] = [:]
    for face in faces {
      let isIn = face.map { pattern >> $0 & 1 != 0 }
      func edge(_ n: Int) -> SIMD3<Double> { middle(face[n % 4], face[(n + 1) % 4]) }
      for n in 0..<4 where isIn[n] && !isIn[(n + 1) % 4] {
        // Back around this stretch of inside corners to where it was entered.
        var m = n
        while isIn[(m + 3) % 4] { m = (m + 3) % 4 }
        next[edge((m + 3) % 4)] = edge(n)
      }
    }
    var loops: [[SIMD3<Double>]] = []
    while let start = next.keys.min(by: { ($0.z, $0.y, $0.x) < ($1.z, $1.y, $1.x) }) {
      var loop: [SIMD3<Double>] = []
      var at = start
      while let to = next.removeValue(forKey: at) {
        loop.append(at)
        at = to
      }
      loops.append(loop)
    }
    return loops
  }

  /// The triangulation of a polygon that encloses most, as corners.
  private static func fullest(_ loop: [SIMD3<Double>]) -> [SIMD3<Double>] {
    guard loop.count >= 3 else { return [] }
    if loop.count == 3 { return loop }
    var best: (volume: Double, corners: [SIMD3<Double>])?
    for n in 1..<(loop.count - 1) {
      let corners =
        fullest(Array(loop[0...n])) + fullest(Array(loop[n...]))
        + [loop[0], loop[n], loop[loop.count - 1]]
      let volume = stride(from: 0, to: corners.count, by: 3).reduce(0.0) {
        $0 + (corners[$1] * cross(corners[$1 + 1], corners[$1 + 2])).sum()
      }
      if volume > (best?.volume ?? -.infinity) + 1e-9 { best = (volume, corners) }
    }
    return best?.corners ?? []
  }
}
