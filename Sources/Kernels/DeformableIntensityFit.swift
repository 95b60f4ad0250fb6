/// The sums behind one Gauss-Newton step of a deformable fit of intensities.
///
/// A voxel of the fixed image at x is compared with the moving image at A·(x + u(x)), u a cubic
/// B-spline. Each voxel adds to the lattice node nearest to it: the motion asked for varies so
/// little within that brick that one quadratic per node describes it.
public enum DeformableIntensityFit {
  /// A treated image, i fastest, and where it may be compared.
  public struct Fixed: Sendable {
    let samples: [Float]
    let mask: [UInt8]
    let size: SIMD3<Int>

    /// - Parameter mask: 0 for voxels that are left out.
    public init(samples: [Float], mask: [UInt8], size: SIMD3<Int>) {
      let count = size.x * size.y * size.z
      precondition(samples.count == count && mask.count == count, "samples do not fill the grid")
      (self.samples, self.mask, self.size) = (samples, mask, size)
    }
  }

  /// From voxels of the fixed image to voxels of the moving one.
  public struct Mapping: Sendable {
    /// Moving voxel of fixed voxel 0, and its steps along i, j, k of the fixed image.
    let start: SIMD4<Float>
    let steps: Columns
    /// Moving voxels per millimetre of displacement along x, y, z.
    let perMillimetre: Columns
    /// Fixed gradients per two voxels along i, j, k, as gradients per millimetre.
    let fixedGradient: Columns

    public init(
      start: SIMD3<Double>, steps: [SIMD3<Double>], perMillimetre: [SIMD3<Double>],
      fixedGradient: [SIMD3<Double>]
    ) {
      self.start = SIMD4(SIMD3<Float>(start), 0)
      self.steps = Columns(steps)
      self.perMillimetre = Columns(perMillimetre)
      self.fixedGradient = Columns(fixedGradient)
    }
  }

  /// A 3 × 3 matrix by columns, the fourth lane of each zero.
  struct Columns: Sendable {
    let x, y, z: SIMD4<Float>

    init(_ columns: [SIMD3<Double>]) {
      precondition(columns.count == 3, "a 3 × 3 matrix has three columns")
      x = SIMD4(SIMD3<Float>(columns[0]), 0)
      y = SIMD4(SIMD3<Float>(columns[1]), 0)
      z = SIMD4(SIMD3<Float>(columns[2]), 0)
    }

    @inline(__always)
    func applied(to v: SIMD4<Float>) -> SIMD4<Float> { x * v.x + y * v.y + z * v.z }
  }

  /// Axes of the fixed grid between the nodes of the lattice.
  public struct Placement: Sendable {
    public let i, j, k: CubicBSpline.Axis
    public init(i: CubicBSpline.Axis, j: CubicBSpline.Axis, k: CubicBSpline.Axis) {
      (self.i, self.j, self.k) = (i, j, k)
    }
  }

  /// What the voxels nearest to one node ask for: row p holds Σ w·g[p]·g[q] for q = x, y, z, and
  /// Σ w·g[p]·r in its last lane.
  public struct NodeSum: Sendable {
    public var x = SIMD4<Float>.zero
    public var y = SIMD4<Float>.zero
    public var z = SIMD4<Float>.zero

    public init() {}

    mutating func add(_ other: NodeSum) {
      x += other.x
      y += other.y
      z += other.z
    }
  }

  /// The sums of all nodes, in lattice order.
  public struct Sums: Sendable {
    public var nodes: [NodeSum]
    /// Tukey's loss over all voxels compared, and their number.
    public var loss = 0.0
    public var count = 0
  }

  /// - Parameters:
  ///   - cutoff: Tukey's cutoff for a residual.
  ///   - thinning: One row in so many is compared.
  public static func sums(
    _ fixed: Fixed, moving: RigidIntensityFit.Image, mapping: Mapping, placement: Placement,
    lattice: CubicBSpline.Lattice, cutoff: Float, thinning: Int = 1
  ) -> Sums {
    precondition(thinning > 0, "every row is compared at thinning 1")
    let layers = Self.layers(placement.k.nearest, nodes: lattice.size.z)
    let perLayer = lattice.size.x * lattice.size.y
    let rows = RowFit(
      fixed: fixed, moving: moving, mapping: mapping, placement: placement, lattice: lattice,
      inverseCutoff: 1 / cutoff)
    let parts = Slabs.map(of: lattice.size.z) { slab in
      var part = Sums(nodes: [NodeSum](repeating: .init(), count: slab.count * perLayer))
      for layer in slab {
        for k in layers[layer] {
          for j in 1..<max(fixed.size.y - 1, 1) where (j + k) % thinning == 0 {
            rows.add(j: j, k: k, layer: layer - slab.lowerBound, to: &part)
          }
        }
      }
      return part
    }
    // Tukey's biweight: ρ(r) = c²/6 · (1 − (1 − (r/c)²)³).
    let scale = Double(cutoff * cutoff) / 6
    return Sums(
      nodes: parts.flatMap(\.nodes), loss: parts.reduce(0) { $0 + $1.loss } * scale,
      count: parts.reduce(0) { $0 + $1.count })
  }

  /// The inner slices of the fixed image that belong to each layer of nodes.
  private static func layers(_ nearest: [Int], nodes: Int) -> [[Int]] {
    var result = [[Int]](repeating: [], count: nodes)
    for k in nearest.indices.dropFirst().dropLast() { result[nearest[k]].append(k) }
    return result
  }
}

/// Adds rows of voxels to the sums of the nodes of one slab.
private struct RowFit: Sendable {
  let fixed: DeformableIntensityFit.Fixed
  let moving: RigidIntensityFit.Image
  let mapping: DeformableIntensityFit.Mapping
  let placement: DeformableIntensityFit.Placement
  let lattice: CubicBSpline.Lattice
  let inverseCutoff: Float

  /// The inner voxels of row (j, k), whose nodes are in `layer` of the slab.
  func add(j: Int, k: Int, layer: Int, to sums: inout DeformableIntensityFit.Sums) {
    let row = fixed.size.x * (j + fixed.size.y * k)
    let inner = 1..<max(fixed.size.x - 1, 1)
    guard let first = inner.first(where: { fixed.mask[row + $0] != 0 }) else { return }
    var line = [SIMD4<Float>](repeating: .zero, count: lattice.size.x)
    lattice.line(placement.j, j, placement.k, k, into: &line)
    for n in line.indices { line[n] = mapping.inMovingVoxels(line[n]) }
    let nodeRow = lattice.size.x * (placement.j.nearest[j] + lattice.size.y * layer)
    add(
      first..<inner.upperBound, row: row, start: mapping.rowStart(j: j, k: k), line: line,
      nodeRow: nodeRow, to: &sums)
  }

  private func add(
    _ range: Range<Int>, row: Int, start: SIMD4<Float>, line: [SIMD4<Float>], nodeRow: Int,
    to sums: inout DeformableIntensityFit.Sums
  ) {
    let (f, m, mask) = (fixed.samples.span, moving.samples.span, fixed.mask.span)
    let axis = placement.i
    let (firsts, weights, nearest) = (axis.first.span, axis.weights.span, axis.nearest.span)
    let mapping = mapping
    let stepI = mapping.steps.x
    var sum = DeformableIntensityFit.NodeSum()
    var (loss, count, node) = (Float.zero, 0, nearest[range.lowerBound])
    for i in range where mask[row + i] != 0 {
      if nearest[i] != node {
        sums.nodes[nodeRow + node].add(sum)
        (sum, node) = (.init(), nearest[i])
      }
      let p: SIMD4<Float> = start + stepI * Float(i) + line.combined(at: firsts[i], weights[i])
      guard let s = moving.sampled(m, at: p) else { continue }
      let r = s.w - f[row + i]
      let u = r * inverseCutoff
      let core = 1 - u * u
      count += 1
      guard core > 0 else {
        loss += 1
        continue
      }
      var g = mapping.gradient(moving: s, fixed: fixed.differences(f, at: row + i))
      g.w = r
      let gw = g * (core * core)
      sum.x += gw * g.x
      sum.y += gw * g.y
      sum.z += gw * g.z
      loss += 1 - core * core * core
    }
    sums.nodes[nodeRow + node].add(sum)
    sums.loss += Double(loss)
    sums.count += count
  }
}

extension DeformableIntensityFit.Fixed {
  /// Differences over two voxels along i, j and k at an inner voxel.
  @inline(__always)
  func differences(_ f: borrowing Span<Float>, at n: Int) -> SIMD3<Float> {
    let (j, k) = (size.x, size.x * size.y)
    // In bounds: the outer voxels of the grid are never compared.
    return unsafe SIMD3(
      f[unchecked: n + 1] - f[unchecked: n - 1], f[unchecked: n + j] - f[unchecked: n - j],
      f[unchecked: n + k] - f[unchecked: n - k])
  }
}

extension DeformableIntensityFit.Mapping {
  @inline(__always)
  func rowStart(j: Int, k: Int) -> SIMD4<Float> { start + steps.y * Float(j) + steps.z * Float(k) }

  @inline(__always)
  func inMovingVoxels(_ u: SIMD4<Float>) -> SIMD4<Float> { perMillimetre.applied(to: u) }

  /// The mean of both images' gradients per millimetre: a step as exact as a second-order one
  /// (Vercauteren et al., NeuroImage 2009;45:S61-S72), and noise of one image alone drops out.
  @inline(__always)
  func gradient(moving g: SIMD4<Float>, fixed d: SIMD3<Float>) -> SIMD4<Float> {
    // The last lane of each column is zero, so that of g does not count.
    let (a, b, c) = (g * perMillimetre.x, g * perMillimetre.y, g * perMillimetre.z)
    let along = SIMD4(a.x + a.y + a.z, b.x + b.y + b.z, c.x + c.y + c.z, 0)
    return (along + fixedGradient.applied(to: SIMD4(d, 0))) * 0.5
  }
}

extension CubicBSpline.Lattice {
  /// The spline along the lattice row of voxel (j, k): Σ over the 4 × 4 nodes around it.
  func line(
    _ axisJ: CubicBSpline.Axis, _ j: Int, _ axisK: CubicBSpline.Axis, _ k: Int,
    into line: inout [SIMD4<Float>]
  ) {
    let (wj, wk) = (axisJ.weights[j], axisK.weights[k])
    for n in line.indices { line[n] = .zero }
    for c in 0..<4 {
      for b in 0..<4 {
        let w = wj[b] * wk[c]
        let base = size.x * (axisJ.first[j] + b + size.y * (axisK.first[k] + c))
        for n in line.indices { line[n] += coefficients[base + n] * w }
      }
    }
  }
}
