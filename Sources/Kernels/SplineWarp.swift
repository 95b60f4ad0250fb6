/// Trilinear sampling of one voxel buffer on another grid, through a displacement spline.
public enum SplineWarp {
  /// Where the target's voxels lie: slice by slice in the source, and between the nodes.
  public struct Target: Sendable {
    let size: SIMD3<Int>
    let sliceStarts: [SIMD4<Float>]
    let stepI: SIMD4<Float>
    let stepJ: SIMD4<Float>
    let perMillimetre: DeformableIntensityFit.Columns
    let placement: DeformableIntensityFit.Placement

    /// - Parameters:
    ///   - sliceStarts: Source voxel of the target voxel (0, 0) of each slice, undisplaced.
    ///   - stepI: Source voxels per target column.
    ///   - stepJ: Source voxels per target row.
    ///   - perMillimetre: Source voxels per millimetre of displacement along x, y, z.
    public init(
      size: SIMD3<Int>, sliceStarts: [SIMD3<Double>], stepI: SIMD3<Double>, stepJ: SIMD3<Double>,
      perMillimetre: [SIMD3<Double>], placement: DeformableIntensityFit.Placement
    ) {
      precondition(sliceStarts.count == size.z, "one start per target slice")
      func wide(_ v: SIMD3<Double>) -> SIMD4<Float> { SIMD4(SIMD3<Float>(v), 0) }
      self.size = size
      self.sliceStarts = sliceStarts.map(wide)
      (self.stepI, self.stepJ) = (wide(stepI), wide(stepJ))
      self.perMillimetre = .init(perMillimetre)
      self.placement = placement
    }
  }

  /// - Parameter outside: Value for points beyond the source's outer voxel faces. Within half a
  ///   voxel of the edge the edge value is held.
  public static func run(
    _ source: RigidIntensityFit.Image, onto target: Target, through lattice: CubicBSpline.Lattice,
    outside: Float
  ) -> [Float] {
    let rowCount = target.size.y * target.size.z
    return unsafe [Float](unsafeUninitializedCapacity: target.size.x * rowCount) { out, filled in
      let out = unsafe out
      Slabs.forEach(of: rowCount) { rows in
        var line = [SIMD4<Float>](repeating: .zero, count: lattice.size.x)
        for row in rows {
          let (j, k) = (row % target.size.y, row / target.size.y)
          target.line(lattice, j: j, k: k, into: &line)
          let start = target.sliceStarts[k] + target.stepJ * Float(j)
          let slots = unsafe UnsafeMutableBufferPointer(
            rebasing: out[(row * target.size.x)..<((row + 1) * target.size.x)])
          unsafe sampleRow(source, target, start: start, line: line, outside, into: slots)
        }
      }
      filled = target.size.x * rowCount
    }
  }

  private static func sampleRow(
    _ source: RigidIntensityFit.Image, _ target: Target, start: SIMD4<Float>,
    line: [SIMD4<Float>], _ outside: Float, into out: UnsafeMutableBufferPointer<Float>
  ) {
    let voxels = source.samples.span
    let (firsts, weights) = (target.placement.i.first.span, target.placement.i.weights.span)
    let last = SIMD4<Float>(SIMD3<Float>(source.size &- 1), 0)
    let stepI = target.stepI
    for i in out.indices {
      let p = start + stepI * Float(i) + line.combined(at: firsts[i], weights[i])
      // Nearly all points lie between voxel centres; the rest are held at the edge, or outside.
      if let s = source.sampled(voxels, at: p) {
        unsafe out[i] = s.w
        continue
      }
      guard
        p.x >= -0.5, p.y >= -0.5, p.z >= -0.5,
        p.x <= last.x + 0.5, p.y <= last.y + 0.5, p.z <= last.z + 0.5
      else {
        unsafe out[i] = outside
        continue
      }
      unsafe out[i] = source.value(voxels, at: p.clamped(lowerBound: .zero, upperBound: last))
    }
  }
}

extension SplineWarp.Target {
  /// The displacement along one row of the target, in source voxels.
  fileprivate func line(
    _ lattice: CubicBSpline.Lattice, j: Int, k: Int, into line: inout [SIMD4<Float>]
  ) {
    lattice.line(placement.j, j, placement.k, k, into: &line)
    for n in line.indices { line[n] = perMillimetre.applied(to: line[n]) }
  }
}

extension Array where Element == SIMD4<Float> {
  /// The spline whose four nodes start at `first`.
  @inline(__always)
  func combined(at first: Int, _ w: SIMD4<Float>) -> SIMD4<Float> {
    var sum = self[first] * w.x
    sum += self[first + 1] * w.y
    sum += self[first + 2] * w.z
    sum += self[first + 3] * w.w
    return sum
  }
}

extension RigidIntensityFit.Image {
  /// Trilinear value at a point within the outer voxel centres.
  @inline(__always)
  func value(_ voxels: borrowing Span<Float>, at p: SIMD4<Float>) -> Float {
    let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
    let (fx, fy, fz) = (p.x - Float(i), p.y - Float(j), p.z - Float(k))
    let di = i + 1 < size.x ? 1 : 0
    let dj = j + 1 < size.y ? size.x : 0
    let dk = k + 1 < size.z ? size.x * size.y : 0
    // In bounds: 0 ≤ i, j, k ≤ last, and each step stays inside.
    let n = i + size.x * (j + size.y * k)
    let near = unsafe SIMD4(
      voxels[unchecked: n], voxels[unchecked: n + dj], voxels[unchecked: n + dk],
      voxels[unchecked: n + dk + dj])
    let far = unsafe SIMD4(
      voxels[unchecked: n + di], voxels[unchecked: n + dj + di],
      voxels[unchecked: n + dk + di], voxels[unchecked: n + dk + dj + di])
    let x = near + (far - near) * fx
    let (v0, v1) = (x.x + (x.y - x.x) * fy, x.z + (x.w - x.z) * fy)
    return v0 + (v1 - v0) * fz
  }
}
