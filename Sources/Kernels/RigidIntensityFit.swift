/// The sums behind one Gauss-Newton step of a rigid fit of intensities, block by block.
///
/// For a sample at y in the moving image the residual is r = M(y) − gain · F, and a small motion
/// of the sample, δω × d + δt with d = y − centre, changes it by (d × ∇M) · δω + ∇M · δt.
public enum RigidIntensityFit {
  /// Sample points of the fixed image, gathered in blocks of neighbours.
  public struct Points: Sendable {
    /// (x, y, z) in millimetres from a reference point, and the intensity F there.
    public let samples: [SIMD4<Float>]
    /// Offset of each block's first sample, and one past the last sample at the end.
    public let blockStarts: [Int]

    public init(samples: [SIMD4<Float>], blockStarts: [Int]) {
      precondition(blockStarts.last == samples.count, "blocks do not cover the samples")
      self.samples = samples
      self.blockStarts = blockStarts
    }

    public var blockCount: Int { blockStarts.count - 1 }
  }

  /// The moving image: intensities with i fastest, slices evenly spaced.
  public struct Image: Sendable {
    public let samples: [Float]
    public let size: SIMD3<Int>
    /// The window that rigid fits hold intensities to as they read them; infinite unless given.
    let low, high: SIMD4<Float>

    public init(samples: [Float], size: SIMD3<Int>, window: ClosedRange<Float>? = nil) {
      precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
      self.samples = samples
      self.size = size
      low = SIMD4(repeating: window?.lowerBound ?? -.infinity)
      high = SIMD4(repeating: window?.upperBound ?? .infinity)
    }
  }

  /// x ↦ m·x + t, by the columns of m.
  public struct Affine: Sendable {
    let a, b, c, t: SIMD3<Float>

    public init(columns: [SIMD3<Double>], translation: SIMD3<Double>) {
      precondition(columns.count == 3, "a 3 × 3 matrix has three columns")
      (a, b, c) = (SIMD3(columns[0]), SIMD3(columns[1]), SIMD3(columns[2]))
      t = SIMD3(translation)
    }

    @inline(__always)
    func callAsFunction(_ x: SIMD4<Float>) -> SIMD3<Float> { a * x.x + b * x.y + c * x.z + t }
    @inline(__always)
    func callAsFunction(_ x: SIMD3<Float>) -> SIMD3<Float> { a * x.x + b * x.y + c * x.z + t }
    /// mᵀ·g: turns a gradient per voxel into one per millimetre.
    @inline(__always)
    func transposed(_ g: SIMD3<Float>) -> SIMD3<Float> {
      SIMD3((a * g).sum(), (b * g).sum(), (c * g).sum())
    }
  }

  /// Where the samples lie in the moving image, and how residuals are weighted.
  public struct Trial: Sendable {
    /// From sample coordinates to millimetres from the rotation centre in the moving frame.
    public var toMoving: Affine
    /// From those millimetres to voxels of the moving image.
    public var toVoxel: Affine
    /// Factor from fixed to moving intensity.
    public var gain: Float
    /// Tukey's cutoff: residuals beyond it have no weight.
    public var cutoff: Float

    public init(toMoving: Affine, toVoxel: Affine, gain: Float, cutoff: Float) {
      (self.toMoving, self.toVoxel) = (toMoving, toVoxel)
      (self.gain, self.cutoff) = (gain, cutoff)
    }
  }

  /// Sums over the samples of one block that fall inside the moving image.
  public struct Sums: Sendable {
    /// Row p holds Σ w·J[p]·J[q] for q = 0…5 (rotation, then translation) and Σ w·J[p]·r at 6.
    public var rows: [SIMD8<Float>]
    /// Σ of Tukey's loss, scaled so that small residuals give r²/2.
    public var loss: Double
    /// Σ |r|, unweighted.
    public var absoluteResidual: Double
    /// Σ w·M·F and Σ w·F², for the gain.
    public var movingByFixed: Double
    public var fixedByFixed: Double
    /// Samples inside the moving image.
    public var count: Int
  }

  /// The sums of each block, in block order.
  ///
  /// - Parameter shifts: A motion of each block of its own, in millimetres of the moving frame;
  ///   `nil` for none.
  public static func sums(
    _ points: Points, in image: Image, at trial: Trial, shifts: [SIMD3<Float>]? = nil
  ) -> [Sums] {
    precondition(shifts.map { $0.count == points.blockCount } ?? true, "one shift per block")
    let slabs = Slabs.map(of: points.blockCount) { blocks in
      blocks.map { block in
        sums(
          of: points.samples.span, points.blockStarts[block]..<points.blockStarts[block + 1],
          image, trial, shifts?[block] ?? .zero)
      }
    }
    return slabs.flatMap { $0 }
  }

  private static func sums(
    of samples: borrowing Span<SIMD4<Float>>, _ range: Range<Int>, _ image: Image,
    _ trial: Trial, _ shift: SIMD3<Float>
  ) -> Sums {
    let voxels = image.samples.span
    var (r0, r1, r2) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
    var (r3, r4, r5) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
    var (loss, absolute, mf, ff): (Float, Float, Float, Float) = (0, 0, 0, 0)
    var count = 0
    let inverseCutoff = 1 / trial.cutoff
    for n in range {
      let x = samples[n]
      let d = trial.toMoving(x) + shift
      guard let s = image.sampled(voxels, at: SIMD4(trial.toVoxel(d), 0), isHeld: true) else {
        continue
      }
      let r = s.w - trial.gain * x.w
      let u = r * inverseCutoff
      let core = max(0, 1 - u * u)
      let w = core * core
      count += 1
      loss += 1 - core * w
      absolute += abs(r)
      mf += w * s.w * x.w
      ff += w * x.w * x.w
      let g = trial.toVoxel.transposed(SIMD3(s.x, s.y, s.z))
      let j = SIMD8(
        d.y * g.z - d.z * g.y, d.z * g.x - d.x * g.z, d.x * g.y - d.y * g.x, g.x, g.y, g.z, r, 0)
      let wj = j * w
      r0 += wj * j[0]
      r1 += wj * j[1]
      r2 += wj * j[2]
      r3 += wj * j[3]
      r4 += wj * j[4]
      r5 += wj * j[5]
    }
    // Tukey's biweight: ρ(r) = c²/6 · (1 − (1 − (r/c)²)³).
    return Sums(
      rows: [r0, r1, r2, r3, r4, r5],
      loss: Double(loss) * Double(trial.cutoff) * Double(trial.cutoff) / 6,
      absoluteResidual: Double(absolute), movingByFixed: Double(mf), fixedByFixed: Double(ff),
      count: count)
  }

  /// Sums for the correlation of fixed and moving intensities at the samples.
  public struct Moments: Sendable {
    public var count = 0.0
    public var fixed = 0.0
    public var moving = 0.0
    public var fixedSquared = 0.0
    public var movingSquared = 0.0
    public var product = 0.0

    /// Pearson's r; `nil` when there are no samples or no contrast.
    public var correlation: Double? {
      guard count > 1 else { return nil }
      let ff = fixedSquared - fixed * fixed / count
      let mm = movingSquared - moving * moving / count
      guard ff > 0, mm > 0 else { return nil }
      return (product - fixed * moving / count) / (ff * mm).squareRoot()
    }
  }

  /// The moments over all samples that fall inside the moving image.
  public static func moments(_ points: Points, in image: Image, at trial: Trial) -> Moments {
    let slabs = Slabs.map(of: points.samples.count) { range in
      let voxels = image.samples.span
      var sum = Moments()
      for x in points.samples[range] {
        let p = trial.toVoxel(trial.toMoving(x))
        guard let s = image.sampled(voxels, at: SIMD4(p, 0), isHeld: true) else { continue }
        let (f, m) = (Double(x.w), Double(s.w))
        sum.count += 1
        sum.fixed += f
        sum.moving += m
        sum.fixedSquared += f * f
        sum.movingSquared += m * m
        sum.product += f * m
      }
      return sum
    }
    return slabs.reduce(into: Moments()) { total, part in
      total.count += part.count
      total.fixed += part.fixed
      total.moving += part.moving
      total.fixedSquared += part.fixedSquared
      total.movingSquared += part.movingSquared
      total.product += part.product
    }
  }
}

extension RigidIntensityFit.Image {
  /// Trilinear gradient per voxel, and the value in the last lane; `nil` outside the outer voxel
  /// centres.
  @inline(__always)
  func sampled(
    _ voxels: borrowing Span<Float>, at p: SIMD4<Float>, isHeld: Bool = false
  ) -> SIMD4<Float>? {
    guard
      p.x >= 0, p.y >= 0, p.z >= 0,
      p.x < Float(size.x - 1), p.y < Float(size.y - 1), p.z < Float(size.z - 1)
    else { return nil }
    let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
    let (fx, fy, fz) = (p.x - Float(i), p.y - Float(j), p.z - Float(k))
    let strideK = size.x * size.y
    // In bounds: i, j, k are at least 0 and at most size − 2.
    let n = i + size.x * j + strideK * k
    var near =
      unsafe SIMD4(
        voxels[unchecked: n], voxels[unchecked: n + size.x], voxels[unchecked: n + strideK],
        voxels[unchecked: n + strideK + size.x])
    var far =
      unsafe SIMD4(
        voxels[unchecked: n + 1], voxels[unchecked: n + size.x + 1],
        voxels[unchecked: n + strideK + 1], voxels[unchecked: n + strideK + size.x + 1])
    if isHeld { (near, far) = (held(near), held(far)) }
    let slope = far - near
    let x = near + slope * fx
    let (dy0, dy1) = (x.y - x.x, x.w - x.z)
    let (v0, v1) = (x.x + dy0 * fy, x.z + dy1 * fy)
    let (s0, s1) = (slope.x + (slope.y - slope.x) * fy, slope.z + (slope.w - slope.z) * fy)
    return SIMD4(s0 + (s1 - s0) * fz, dy0 + (dy1 - dy0) * fz, v1 - v0, v0 + (v1 - v0) * fz)
  }

  /// Lane by lane within the window. A plain comparison: NaN never gets this far.
  @inline(__always)
  private func held(_ v: SIMD4<Float>) -> SIMD4<Float> {
    let above = v.replacing(with: low, where: v .< low)
    return above.replacing(with: high, where: above .> high)
  }
}
