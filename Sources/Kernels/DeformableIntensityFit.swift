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
    public var start: SIMD4<Float>
    public var steps: [SIMD4<Float>]
    /// Moving voxels per millimetre of displacement along x, y, z.
    public var perMillimetre: [SIMD4<Float>]
    /// Fixed gradients per two voxels along i, j, k, as gradients per millimetre.
    public var fixedGradient: [SIMD4<Float>]

    public init(
      start: SIMD3<Double>, steps: [SIMD3<Double>], perMillimetre: [SIMD3<Double>],
      fixedGradient: [SIMD3<Double>]
    ) {
      func wide(_ v: SIMD3<Double>) -> SIMD4<Float> { SIMD4(SIMD3<Float>(v), 0) }
      self.start = wide(start)
      self.steps = steps.map(wide)
      self.perMillimetre = perMillimetre.map(wide)
      self.fixedGradient = fixedGradient.map(wide)
    }
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
    public var loss: Double
    public var count: Int
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
    let parts = Slabs.map(of: lattice.size.z) { slab in
      var part = RowSums(
        nodeCount: slab.count * perLayer, mapping: mapping, placement: placement,
        lattice: lattice, cutoff: cutoff)
      for layer in slab {
        for k in layers[layer] {
          for j in 1..<max(fixed.size.y - 1, 1) where (j + k) % thinning == 0 {
            part.add(fixed, moving, j: j, k: k, layer: layer - slab.lowerBound)
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
private struct RowSums {
  var nodes: [DeformableIntensityFit.NodeSum]
  var loss = 0.0
  var count = 0
  private let mapping: DeformableIntensityFit.Mapping
  private let placement: DeformableIntensityFit.Placement
  private let lattice: CubicBSpline.Lattice
  private let inverseCutoff: Float
  /// The displacement spline along the present row, in moving voxels.
  private var line: [SIMD4<Float>]

  init(
    nodeCount: Int, mapping: DeformableIntensityFit.Mapping,
    placement: DeformableIntensityFit.Placement, lattice: CubicBSpline.Lattice, cutoff: Float
  ) {
    nodes = [DeformableIntensityFit.NodeSum](repeating: .init(), count: nodeCount)
    self.mapping = mapping
    self.placement = placement
    self.lattice = lattice
    inverseCutoff = 1 / cutoff
    line = [SIMD4<Float>](repeating: .zero, count: lattice.size.x)
  }

  mutating func add(
    _ fixed: DeformableIntensityFit.Fixed, _ moving: RigidIntensityFit.Image, j: Int, k: Int,
    layer: Int
  ) {
    let base = fixed.size.x * (j + fixed.size.y * k)
    var i = 1
    let end = fixed.size.x - 1
    var isLineReady = false
    let nodeRow = lattice.size.x * (placement.j.nearest[j] + lattice.size.y * layer)
    while i < end {
      guard fixed.mask[base + i] != 0 else {
        i += 1
        continue
      }
      if !isLineReady {
        lattice.line(placement.j, j, placement.k, k, into: &line)
        for n in line.indices { line[n] = mapping.inMovingVoxels(line[n]) }
        isLineReady = true
      }
      let node = placement.i.nearest[i]
      var stop = i + 1
      while stop < end, placement.i.nearest[stop] == node, fixed.mask[base + stop] != 0 {
        stop += 1
      }
      let run = run(i..<stop, base: base, fixed, moving, row: mapping.rowStart(j: j, k: k))
      nodes[nodeRow + node].add(run.sum)
      loss += Double(run.loss)
      count += run.count
      i = stop
    }
  }

  /// The voxels of one row that belong to one node.
  private func run(
    _ run: Range<Int>, base: Int, _ fixed: DeformableIntensityFit.Fixed,
    _ moving: RigidIntensityFit.Image, row: SIMD4<Float>
  ) -> (sum: DeformableIntensityFit.NodeSum, loss: Float, count: Int) {
    let f = fixed.samples.span
    let m = moving.samples.span
    let (firsts, weights) = (placement.i.first.span, placement.i.weights.span)
    let (strideJ, strideK) = (fixed.size.x, fixed.size.x * fixed.size.y)
    let stepI = mapping.steps[0]
    var sum = DeformableIntensityFit.NodeSum()
    var (loss, count): (Float, Int) = (0, 0)
    for i in run {
      let first = firsts[i]
      let w = weights[i]
      let p: SIMD4<Float> = row + stepI * Float(i) + line.combined(at: first, w)
      guard let s = moving.sampled(m, at: p) else { continue }
      // In bounds: the caller leaves out the outer voxels of the fixed grid.
      let n = base + i
      let centre = unsafe f[unchecked: n]
      let across = unsafe SIMD3(
        f[unchecked: n + 1] - f[unchecked: n - 1],
        f[unchecked: n + strideJ] - f[unchecked: n - strideJ],
        f[unchecked: n + strideK] - f[unchecked: n - strideK])
      let r = s.w - centre
      let u = r * inverseCutoff
      let core = max(0, 1 - u * u)
      let weight = core * core
      var g = mapping.gradient(moving: s, fixed: across)
      g.w = r
      let gw = g * weight
      sum.x += gw * g.x
      sum.y += gw * g.y
      sum.z += gw * g.z
      loss += 1 - core * weight
      count += 1
    }
    return (sum, loss, count)
  }
}

extension DeformableIntensityFit.Mapping {
  @inline(__always)
  func rowStart(j: Int, k: Int) -> SIMD4<Float> {
    start + steps[1] * Float(j) + steps[2] * Float(k)
  }

  @inline(__always)
  func inMovingVoxels(_ u: SIMD4<Float>) -> SIMD4<Float> {
    perMillimetre[0] * u.x + perMillimetre[1] * u.y + perMillimetre[2] * u.z
  }

  /// The mean of both images' gradients per millimetre: a step as exact as a second-order one
  /// (Vercauteren et al., NeuroImage 2009;45:S61-S72), and noise of one image alone drops out.
  @inline(__always)
  func gradient(moving s: SIMD4<Float>, fixed d: SIMD3<Float>) -> SIMD4<Float> {
    var g = s
    g.w = 0
    let along = SIMD4(
      (g * perMillimetre[0]).sum(), (g * perMillimetre[1]).sum(), (g * perMillimetre[2]).sum(), 0)
    let across = fixedGradient[0] * d.x + fixedGradient[1] * d.y + fixedGradient[2] * d.z
    return (along + across) * 0.5
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

extension RigidIntensityFit.Image {
  /// Trilinear gradient per voxel, and the value in the last lane; `nil` outside the outer voxel
  /// centres.
  @inline(__always)
  func sampled(_ voxels: borrowing Span<Float>, at p: SIMD4<Float>) -> SIMD4<Float>? {
    guard
      p.x >= 0, p.y >= 0, p.z >= 0,
      p.x < Float(size.x - 1), p.y < Float(size.y - 1), p.z < Float(size.z - 1)
    else { return nil }
    let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
    let (fx, fy, fz) = (p.x - Float(i), p.y - Float(j), p.z - Float(k))
    let strideK = size.x * size.y
    // In bounds: i, j, k are at least 0 and at most size − 2.
    let n = i + size.x * j + strideK * k
    let near = unsafe SIMD4(
      voxels[unchecked: n], voxels[unchecked: n + size.x], voxels[unchecked: n + strideK],
      voxels[unchecked: n + strideK + size.x])
    let far = unsafe SIMD4(
      voxels[unchecked: n + 1], voxels[unchecked: n + size.x + 1],
      voxels[unchecked: n + strideK + 1], voxels[unchecked: n + strideK + size.x + 1])
    let slope = far - near
    let x = near + slope * fx
    let (dy0, dy1) = (x.y - x.x, x.w - x.z)
    let (v0, v1) = (x.x + dy0 * fy, x.z + dy1 * fy)
    let (s0, s1) = (slope.x + (slope.y - slope.x) * fy, slope.z + (slope.w - slope.z) * fy)
    return SIMD4(s0 + (s1 - s0) * fz, dy0 + (dy1 - dy0) * fz, v1 - v0, v0 + (v1 - v0) * fz)
  }
}
