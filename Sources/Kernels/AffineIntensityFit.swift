/// The sums behind one Gauss-Newton step of an affine fit of intensities.
///
/// For a sample at y in the moving image the residual is r = M(y) − F. With d = (y − centre) / lever
/// and e = (d, 1), the small motion A·e of the sample, A of 3 × 4 millimetres, changes r by
/// ∇M · A·e: its derivative by A[a][b] is ∇M[a] · e[b].
public enum AffineIntensityFit {
  /// Sums over all samples that fall inside the moving image.
  public struct Sums: Sendable {
    /// Σ w·g[a]·g[c]·e[b]·e[d] as a matrix of 12 × 12 rows; parameter A[a][b] is number 4a + b.
    public var normal: [[Double]]
    /// Σ w·g[a]·e[b]·r.
    public var gradient: [Double]
    /// Σ of Tukey's loss, scaled so that small residuals give r²/2, over blocks as weighted.
    public var loss: Double
    /// Samples inside the moving image, as their blocks are weighted.
    public var count: Double
  }

  /// - Parameters:
  ///   - lever: The distance from the centre, in millimetres, at which a parameter moves a sample
  ///     by its own value.
  ///   - weights: One per block of samples.
  public static func sums(
    _ points: RigidIntensityFit.Points, in image: RigidIntensityFit.Image,
    at trial: RigidIntensityFit.Trial, lever: Float, weights: [Float]
  ) -> Sums {
    precondition(weights.count == points.blockCount, "one weight per block")
    let slabs = Slabs.map(of: points.blockCount) { blocks in
      var total = Sums(
        normal: [[Double]](repeating: [Double](repeating: 0, count: 12), count: 12),
        gradient: [Double](repeating: 0, count: 12), loss: 0, count: 0)
      for block in blocks where weights[block] > 0 {
        let range = points.blockStarts[block]..<points.blockStarts[block + 1]
        let part = BlockSums(points.samples[range], image, trial, inverseLever: 1 / lever)
        total.add(part, weight: Double(weights[block]), cutoff: trial.cutoff)
      }
      return total
    }
    guard var total = slabs.first else {
      preconditionFailure("samples hold at least one block")
    }
    for part in slabs.dropFirst() { total.add(part) }
    return total
  }

  /// Single-precision sums of one block, small enough for it.
  fileprivate struct BlockSums {
    /// Σ w·g[a]·g[c]·(e eᵀ) for the pairs xx, xy, xz, yy, yz, zz: four columns each.
    var pairs = [SIMD16<Float>](repeating: .zero, count: 6)
    /// Σ w·r·g[a]·e.
    var along = [SIMD4<Float>](repeating: .zero, count: 3)
    var loss: Float = 0
    var count = 0

    init(
      _ samples: ArraySlice<SIMD4<Float>>, _ image: RigidIntensityFit.Image,
      _ trial: RigidIntensityFit.Trial, inverseLever: Float
    ) {
      let voxels = image.samples.span
      let inverseCutoff = 1 / trial.cutoff
      var (xx, xy, xz) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
      var (yy, yz, zz) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
      var (rx, ry, rz) = (SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero)
      for sample in samples {
        let d = trial.toMoving(sample)
        guard let s = image.sampled(voxels, at: SIMD4(trial.toVoxel(d), 0)) else { continue }
        let r = s.w - trial.gain * sample.w
        let u = r * inverseCutoff
        let core = max(0, 1 - u * u)
        let w = core * core
        count += 1
        loss += 1 - core * w
        let g = trial.toVoxel.transposed(SIMD3(s.x, s.y, s.z))
        let e = SIMD4(d * inverseLever, 1)
        let ee = SIMD16(
          lowHalf: SIMD8(lowHalf: e * e.x, highHalf: e * e.y),
          highHalf: SIMD8(lowHalf: e * e.z, highHalf: e))
        let wg = g * w
        xx += ee * (wg.x * g.x)
        xy += ee * (wg.x * g.y)
        xz += ee * (wg.x * g.z)
        yy += ee * (wg.y * g.y)
        yz += ee * (wg.y * g.z)
        zz += ee * (wg.z * g.z)
        rx += e * (wg.x * r)
        ry += e * (wg.y * r)
        rz += e * (wg.z * r)
      }
      pairs = [xx, xy, xz, yy, yz, zz]
      along = [rx, ry, rz]
    }
  }
}

extension AffineIntensityFit.Sums {
  /// Which of the pairs xx, xy, xz, yy, yz, zz holds a and c.
  private static let pairs = [[0, 1, 2], [1, 3, 4], [2, 4, 5]]

  fileprivate mutating func add(
    _ part: AffineIntensityFit.BlockSums, weight: Double, cutoff: Float
  ) {
    for a in 0..<3 {
      for c in 0..<3 {
        let pair = part.pairs[Self.pairs[a][c]]
        for b in 0..<4 {
          for d in 0..<4 {
            normal[4 * a + b][4 * c + d] += weight * Double(pair[4 * b + d])
          }
        }
      }
      for b in 0..<4 { gradient[4 * a + b] += weight * Double(part.along[a][b]) }
    }
    // Tukey's biweight: ρ(r) = c²/6 · (1 − (1 − (r/c)²)³).
    loss += weight * Double(part.loss) * Double(cutoff) * Double(cutoff) / 6
    count += weight * Double(part.count)
  }

  fileprivate mutating func add(_ other: Self) {
    for row in normal.indices {
      for column in normal[row].indices { normal[row][column] += other.normal[row][column] }
    }
    for n in gradient.indices { gradient[n] += other.gradient[n] }
    loss += other.loss
    count += other.count
  }
}
