import Geometry
import Kernels
import Quantities
import Volumes

/// What two images say, place by place, about a map between them: how alike they are after it,
/// and how firmly their structure holds it.
///
/// Sums are taken over the voxels nearest to each node and smoothed over its neighbours, so a
/// place stands for about two node distances.
struct LinkEvidence: Sendable {
  let nodes: VoxelGrid
  let places: [Place]

  /// The sums around one node.
  struct Place: Sendable {
    var sums = SIMD16<Float>(repeating: 0)

    /// Voxels compared, and body voxels that the moving image does not show.
    var count: Double { Double(sums[0]) }
    var unseen: Double { Double(sums[11]) }
    /// Mean square of the residual, in local standard deviations.
    var residualVariance: Double { count > 0 ? Double(sums[1]) / count : 0 }

    /// Local correlation of the treated images; `nil` where one of them is flat.
    var similarity: Double? {
      let spread = (Double(sums[2]) * Double(sums[3])).squareRoot()
      return spread > 0 ? Double(sums[4]) / spread : nil
    }

    /// Σ g gᵀ over the voxels, per square millimetre: the structure that holds the map.
    var structure: [[Double]] {
      let s = (5..<11).map { Double(sums[$0]) }
      return [[s[0], s[3], s[4]], [s[3], s[1], s[5]], [s[4], s[5], s[2]]]
    }

    /// The structure against the spread of the residual, as the inverse covariance of a motion of
    /// this place alone; what structure does not hold is known as well as the prior.
    var precision: [[Double]] {
      var a = structure
      let variance = max(residualVariance, 1e-6)
      for p in 0..<3 {
        for q in 0..<3 { a[p][q] /= variance }
        a[p][p] += 1 / (Self.priorSpread * Self.priorSpread)
      }
      return a
    }

    /// Spread of a motion before the images are looked at, in millimetres per axis.
    static let priorSpread = 8.0

    /// Square of the motion, in mm², that this place alone would still ask for: bending holds it
    /// back where motion changes abruptly.
    var pull: Double {
      guard count > 0 else { return 0 }
      let variance = max(residualVariance, 1e-6)
      let push = (12..<15).map { -Double(sums[$0]) / variance }
      guard let d = Cholesky.solve(precision, push) else { return 0 }
      return d.reduce(0) { $0 + $1 * $1 }
    }
  }

  /// Square of the motion, in mm², that the voxels around each node alone would still ask for.
  let pulls: [Float]

  init(fixed: ContrastLevel, moving: ContrastLevel, field: DisplacementField) throws {
    let unseen = Coverage(inBaseUnit: .nan)
    let warped = try Volume<Coverage>(grid: moving.grid, samples: moving.samples)
      .warped(onto: fixed.grid, through: field, outside: unseen).samples
    self.init(fixed: fixed, warped: warped, nodes: field.nodes)
  }

  /// - Parameter warped: The moving image on the fixed grid; NaN where it does not reach.
  private init(fixed: ContrastLevel, warped: [Float], nodes: VoxelGrid) {
    self.nodes = nodes
    let placement = DeformableIntensityFit.Placement(of: fixed.grid, on: nodes)
    let perLayer = nodes.size.x * nodes.size.y
    let rows = EvidenceRows(fixed: fixed, warped: warped)
    let parts = Slabs.map(of: nodes.size.z) { slab in
      var part = [Place](repeating: Place(), count: slab.count * perLayer)
      for k in 1..<max(fixed.grid.size.z - 1, 1) where slab.contains(placement.k.nearest[k]) {
        for j in 1..<max(fixed.grid.size.y - 1, 1) {
          let row =
            nodes.size.x * placement.j.nearest[j]
            + perLayer * (placement.k.nearest[k] - slab.lowerBound)
          rows.add(j: j, k: k, columns: placement.i.nearest, at: row, to: &part)
        }
      }
      return part
    }
    let bricks = parts.flatMap { $0 }
    pulls = bricks.map { Float($0.pull) }
    places = Self.smoothed(bricks, shape: nodes.size)
  }

  /// Weights 1, 2, 1 along each axis; beyond the lattice there is nothing to count.
  static func smoothed(_ places: [Place], shape: SIMD3<Int>) -> [Place] {
    var result = places
    for (axis, stride) in [1, shape.x, shape.x * shape.y].enumerated() {
      let source = result
      for n in source.indices {
        let position = n / stride % shape[axis]
        var sum = source[n].sums * 2
        if position > 0 { sum += source[n - stride].sums }
        if position < shape[axis] - 1 { sum += source[n + stride].sums }
        result[n].sums = sum / 4
      }
    }
    return result
  }
}

/// Adds rows of voxels to the places of one slab.
private struct EvidenceRows: Sendable {
  let fixed: ContrastLevel
  let warped: [Float]

  func add(
    j: Int, k: Int, columns: [Int], at placeRow: Int, to places: inout [LinkEvidence.Place]
  ) {
    let size = fixed.grid.size
    let row = size.x * (j + size.y * k)
    for i in 1..<max(size.x - 1, 1) where fixed.mask[row + i] != 0 {
      let n = row + i
      let m = warped[n]
      guard m.isFinite else {
        places[placeRow + columns[i]].sums[11] += 1
        continue
      }
      let f = fixed.samples[n]
      let g = gradient(n, size)
      var add = SIMD16<Float>(repeating: 0)
      add.lowHalf = SIMD8(
        1, (m - f) * (m - f), f * f, m * m, m * f, g.x * g.x, g.y * g.y, g.z * g.z)
      let r = m - f
      add.highHalf = SIMD8(
        g.x * g.y, g.x * g.z, g.y * g.z, 0, r * g.x, r * g.y, r * g.z, 0)
      places[placeRow + columns[i]].sums += add
    }
  }

  /// Mean of both images' gradients per millimetre along the grid axes; the fixed image's alone
  /// beside voxels that the moving image does not show.
  private func gradient(_ n: Int, _ size: SIMD3<Int>) -> SIMD3<Float> {
    func difference(_ stride: Int) -> Float {
      let f = fixed.samples[n + stride] - fixed.samples[n - stride]
      let m = warped[n + stride] - warped[n - stride]
      return (m.isFinite ? (f + m) / 2 : f) / 2
    }
    let along = SIMD3(difference(1), difference(size.x), difference(size.x * size.y))
    return along / SIMD3<Float>(fixed.grid.spacing)
  }
}
