import Foundation

/// Normalised mutual information of samples of one image with another image.
public enum JointHistogram {
  /// Levels of either image.
  public static let levels = 24

  /// What one pose says.
  public struct Score: Sendable, Hashable {
    /// (H(F) + H(M)) / H(F, M): 1 for images that know nothing of each other, 2 for equal ones
    /// (Studholme et al., Pattern Recognition 1999;32:71-86); it hardly changes with the overlap.
    public let information: Double
    /// Samples that fall inside the image.
    public let count: Int
  }

  /// - Parameters:
  ///   - points: Positions, and the level of the fixed image there in the last lane, 0 up to
  ///     ``levels`` − 1.
  ///   - image: The moving image in levels, not whole ones: a value between two levels counts to
  ///     both (Maes et al., IEEE Trans Med Imaging 1997;16:187-198, for intensities), which makes
  ///     the measure change smoothly with the pose.
  public static func score(
    _ points: [SIMD4<Float>], in image: RigidIntensityFit.Image, at trial: RigidIntensityFit.Trial
  ) -> Score {
    let stride = levels + 1
    var joint = [Float](repeating: 0, count: levels * stride)
    var count = 0
    let voxels = image.samples.span
    for x in points {
      let p = trial.toVoxel(trial.toMoving(x))
      guard let value = image.level(voxels, at: p) else { continue }
      let lower = Int(value)
      let part = value - Float(lower)
      let cell = Int(x.w + 0.5) * stride + lower
      joint[cell] += 1 - part
      joint[cell + 1] += part
      count += 1
    }
    return Score(information: information(joint, stride: stride), count: count)
  }

  private static func information(_ joint: [Float], stride: Int) -> Double {
    var (ofRow, ofColumn) = (
      [Double](repeating: 0, count: levels), [Double](repeating: 0, count: stride)
    )
    var (total, both) = (0.0, 0.0)
    for (n, value) in joint.enumerated() where value > 0 {
      let v = Double(value)
      ofRow[n / stride] += v
      ofColumn[n % stride] += v
      total += v
      both += v * log(v)
    }
    guard total > 0 else { return 1 }
    func entropy(_ sum: Double) -> Double { log(total) - sum / total }
    func sum(_ parts: [Double]) -> Double { parts.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 } }
    let together = entropy(both)
    return together > 0 ? (entropy(sum(ofRow)) + entropy(sum(ofColumn))) / together : 1
  }
}

extension RigidIntensityFit.Image {
  /// Trilinear value; `nil` outside the outer voxel centres.
  @inline(__always)
  fileprivate func level(_ voxels: borrowing Span<Float>, at p: SIMD3<Float>) -> Float? {
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
    let x = near + (far - near) * fx
    let (low, high) = (x.x + (x.y - x.x) * fy, x.z + (x.w - x.z) * fy)
    return low + (high - low) * fz
  }
}
