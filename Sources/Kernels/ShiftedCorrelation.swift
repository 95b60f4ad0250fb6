/// Correlation of two small images for whole-voxel shifts: the search that needs no start.
public enum ShiftedCorrelation {
  /// Intensities with i fastest, and what lies where.
  public struct Image: Sendable {
    let samples: [Float]
    /// 1 where the scanner saw something, else 0.
    let seen: [Float]
    /// 1 inside the body, else 0.
    let body: [Float]
    public let size: SIMD3<Int>

    public init(samples: [Float], seen: [Float], body: [Float], size: SIMD3<Int>) {
      let count = size.x * size.y * size.z
      precondition(samples.count == count, "samples do not fill the grid")
      precondition(seen.count == count && body.count == count, "masks do not fill the grid")
      (self.samples, self.seen, self.body, self.size) = (samples, seen, body, size)
    }
  }

  public struct Score: Sendable {
    /// Pearson's r where both images see and either has body; `nil` without contrast.
    public let correlation: Double?
    /// Voxels of fixed body that the moving image sees, and of moving body the fixed image sees.
    public let fixedBodySeen: Double
    public let movingBodySeen: Double
  }

  /// The score of each shift: fixed voxel n is compared with moving voxel n + shift.
  public static func scores(_ fixed: Image, _ moving: Image, shifts: [SIMD3<Int>]) -> [Score] {
    Slabs.map(of: shifts.count) { range in range.map { score(fixed, moving, shifts[$0]) } }
      .flatMap { $0 }
  }

  private static func score(_ fixed: Image, _ moving: Image, _ shift: SIMD3<Int>) -> Score {
    let low = SIMD3(max(0, -shift.x), max(0, -shift.y), max(0, -shift.z))
    let high = SIMD3(
      min(fixed.size.x, moving.size.x - shift.x), min(fixed.size.y, moving.size.y - shift.y),
      min(fixed.size.z, moving.size.z - shift.z))
    guard low.x < high.x, low.y < high.y, low.z < high.z else {
      return Score(correlation: nil, fixedBodySeen: 0, movingBodySeen: 0)
    }
    var total = RowSums()
    for k in low.z..<high.z {
      for j in low.y..<high.y {
        let f = low.x + fixed.size.x * (j + fixed.size.y * k)
        let m =
          low.x + shift.x + moving.size.x * (j + shift.y + moving.size.y * (k + shift.z))
        total.add(fixed, f, moving, m, count: high.x - low.x)
      }
    }
    var moments = RigidIntensityFit.Moments()
    (moments.count, moments.fixed, moments.moving) = (total.n, total.f, total.m)
    (moments.fixedSquared, moments.movingSquared) = (total.ff, total.mm)
    moments.product = total.fm
    return Score(
      correlation: moments.correlation, fixedBodySeen: total.fixedBody,
      movingBodySeen: total.movingBody)
  }

  private struct RowSums {
    var (n, f, m, ff, mm, fm) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var (fixedBody, movingBody) = (0.0, 0.0)

    mutating func add(_ fixed: Image, _ from: Int, _ moving: Image, _ to: Int, count: Int) {
      var (n, f, m, ff, mm, fm): (Float, Float, Float, Float, Float, Float) = (0, 0, 0, 0, 0, 0)
      var (fixedBody, movingBody): (Float, Float) = (0, 0)
      for i in 0..<count {
        let seen = fixed.seen[from + i] * moving.seen[to + i]
        let w = seen * max(fixed.body[from + i], moving.body[to + i])
        let (a, b) = (fixed.samples[from + i], moving.samples[to + i])
        n += w
        f += w * a
        m += w * b
        ff += w * a * a
        mm += w * b * b
        fm += w * a * b
        fixedBody += seen * fixed.body[from + i]
        movingBody += seen * moving.body[to + i]
      }
      self.n += Double(n)
      self.f += Double(f)
      self.m += Double(m)
      self.ff += Double(ff)
      self.mm += Double(mm)
      self.fm += Double(fm)
      self.fixedBody += Double(fixedBody)
      self.movingBody += Double(movingBody)
    }
  }
}
