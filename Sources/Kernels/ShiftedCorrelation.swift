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

    /// One pair of rows, eight voxels at a time; the sums of the lanes are added in lane order.
    mutating func add(_ fixed: Image, _ from: Int, _ moving: Image, _ to: Int, count: Int) {
      var lanes = Lanes()
      let whole = count / 8 * 8
      for i in stride(from: 0, to: whole, by: 8) {
        lanes.add(fixed.eight(at: from + i), moving.eight(at: to + i))
      }
      if whole < count {
        lanes.add(
          fixed.eight(at: from + whole, count: count - whole),
          moving.eight(at: to + whole, count: count - whole))
      }
      n += Double(lanes.n.sum())
      f += Double(lanes.f.sum())
      m += Double(lanes.m.sum())
      ff += Double(lanes.ff.sum())
      mm += Double(lanes.mm.sum())
      fm += Double(lanes.fm.sum())
      fixedBody += Double(lanes.fixedBody.sum())
      movingBody += Double(lanes.movingBody.sum())
    }
  }

  /// Sums over the voxels of a pair of rows, apart by their place modulo eight.
  private struct Lanes {
    var (n, f, m, ff) = (Eight.zero, Eight.zero, Eight.zero, Eight.zero)
    var (mm, fm, fixedBody, movingBody) = (Eight.zero, Eight.zero, Eight.zero, Eight.zero)

    @inline(__always)
    mutating func add(_ fixed: Voxels, _ moving: Voxels) {
      let seen = fixed.seen * moving.seen
      let body = fixed.body.replacing(with: moving.body, where: moving.body .> fixed.body)
      let w = seen * body
      let (a, b) = (w * fixed.samples, w * moving.samples)
      n += w
      f += a
      m += b
      ff += a * fixed.samples
      mm += b * moving.samples
      fm += a * moving.samples
      fixedBody += seen * fixed.body
      movingBody += seen * moving.body
    }
  }

  fileprivate typealias Eight = SIMD8<Float>

  /// Eight neighbours along a row.
  fileprivate struct Voxels {
    let samples, seen, body: Eight
  }
}

extension ShiftedCorrelation.Image {
  @inline(__always)
  fileprivate func eight(at n: Int) -> ShiftedCorrelation.Voxels {
    .init(samples: Self.eight(samples, n), seen: Self.eight(seen, n), body: Self.eight(body, n))
  }

  /// The first `count` of them; nothing is seen in the other lanes.
  fileprivate func eight(at n: Int, count: Int) -> ShiftedCorrelation.Voxels {
    func part(_ values: [Float]) -> SIMD8<Float> {
      var lanes = SIMD8<Float>.zero
      for lane in 0..<count { lanes[lane] = values[n + lane] }
      return lanes
    }
    return .init(samples: part(samples), seen: part(seen), body: part(body))
  }

  @inline(__always)
  private static func eight(_ values: [Float], _ n: Int) -> SIMD8<Float> {
    precondition(n >= 0 && n + 8 <= values.count, "eight voxels from there are in the image")
    return unsafe values.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: 4 * n, as: SIMD8<Float>.self)
    }
  }
}
