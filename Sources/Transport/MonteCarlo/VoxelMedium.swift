/// A voxel grid of tissue that counts energy per voxel. Lengths in cm, the grid's corner at zero.
struct VoxelMedium: TransportMedium {
  let tissue: VoxelTissue
  /// Energy left in each voxel, in MeV.
  private(set) var depositedMeV: [Float]
  private(set) var lostMeV = 0.0

  init(_ tissue: VoxelTissue) {
    self.tissue = tissue
    depositedMeV = [Float](repeating: 0, count: tissue.density.count)
  }

  @inline(__always)
  private func voxel(at point: SIMD3<Double>) -> Int? {
    let p = point * tissue.inverseSpacing
    // NaN and negatives fail the first test.
    guard p.x >= 0, p.y >= 0, p.z >= 0 else { return nil }
    let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
    guard i < tissue.size.x, j < tissue.size.y, k < tissue.size.z else { return nil }
    return i + tissue.size.x * (j + tissue.size.y * k)
  }

  func matter(at point: SIMD3<Double>) -> Matter? {
    guard let voxel = voxel(at: point) else { return nil }
    return Matter(
      material: Int(tissue.material[voxel]), density: Double(tissue.density[voxel]))
  }

  /// Walks from voxel to voxel, since the length of a step in g/cm² is what the step fixed.
  func advanced(
    _ point: SIMD3<Double>, _ direction: SIMD3<Double>, massLength: Double, from matter: Matter
  ) -> SIMD3<Double>? {
    var point = point
    var density = matter.density
    var left = massLength
    while true {
      let face = distanceToFace(point, direction)
      if left <= face * density { return point + direction * (left / density) }
      left -= face * density
      // A hair beyond the face, so that the next look-up is in the next voxel.
      point += direction * (face + Self.hair)
      guard let next = self.matter(at: point) else { return nil }
      density = next.density
    }
  }

  private static let hair = 1e-7

  @inline(__always)
  private func distanceToFace(_ point: SIMD3<Double>, _ direction: SIMD3<Double>) -> Double {
    let p = point * tissue.inverseSpacing
    var nearest = Double.infinity
    for axis in 0..<3 where abs(direction[axis]) > 1e-12 {
      let inside = p[axis] - p[axis].rounded(.down)
      let toFace = direction[axis] > 0 ? 1 - inside : inside
      nearest = min(nearest, toFace * tissue.spacing[axis] / abs(direction[axis]))
    }
    return nearest
  }

  /// Whether a ball of that range stays inside the voxel.
  @inline(__always)
  func isCountedHere(_ point: SIMD3<Double>, massRange: Double, in matter: Matter) -> Bool {
    let p = point * tissue.inverseSpacing
    let inside = p - p.rounded(.down)
    let nearest = pointwiseMin(inside, 1 - inside) * tissue.spacing
    return massRange < nearest.min() * matter.density
  }

  func photonMajorant(point: Int) -> Double { tissue.majorants[point] }

  mutating func deposit(_ energyMeV: Double, at point: SIMD3<Double>) {
    guard let voxel = voxel(at: point) else { return lose(energyMeV) }
    depositedMeV[voxel] += Float(energyMeV)
  }

  mutating func lose(_ energyMeV: Double) { lostMeV += energyMeV }
}

/// Densities and materials of a voxel grid.
struct VoxelTissue: Sendable {
  let size: SIMD3<Int>
  /// Voxel spacing in cm.
  let spacing: SIMD3<Double>
  let inverseSpacing: SIMD3<Double>
  /// g/mL.
  let density: [Float]
  /// Index into ``TissueClass/materials``.
  let material: [UInt8]
  /// Largest photon cross section per cm of any voxel, by point of the energy grid.
  let majorants: [Double]

  /// - Parameter uniform: One material for every density; `nil` to choose it by density.
  init(
    size: SIMD3<Int>, spacing: SIMD3<Double>, density: [Float], tables: InteractionTables,
    uniform: Int?
  ) {
    self.size = size
    self.spacing = spacing
    inverseSpacing = 1 / spacing
    // A perfect vacuum would let electrons walk for ever.
    self.density = density.map { max($0, Self.thinnest) }
    material = density.map { UInt8(uniform ?? TissueClass.index(density: Double($0))) }
    var densest = [Double](repeating: 0, count: tables.materials.count)
    for (voxel, kind) in material.enumerated() {
      densest[Int(kind)] = max(densest[Int(kind)], Double(self.density[voxel]))
    }
    majorants = (0..<InteractionTables.pointCount).map { point in
      zip(densest, tables.photonTotals).reduce(0) { max($0, $1.0 * $1.1[point]) }
    }
  }

  /// Air at 0 °C, g/mL.
  private static let thinnest: Float = 0.0012
}
