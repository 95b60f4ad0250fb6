import Foundation

/// Amplitude and clearance of every voxel over a few scans, by least squares.
///
/// The model is A (e^(−kt) − e^(−bt)) with one uptake rate b for all voxels, or A e^(−kt). For a
/// given k the best A is a ratio of sums, so each step moves k alone, with the second derivative
/// that Gauss and Newton would use (variable projection: Kaufman 1975, BIT 15:49). All voxels take
/// their steps side by side in vector lanes.
public enum VoxelClearanceFit {
  public struct Shape: Sendable {
    /// Times of the scans in hours.
    public let hours: [Float]
    /// b in 1/h; `nil` for no uptake.
    public let uptakePerHour: Float?
    /// Bounds of k in 1/h.
    public let rates: ClosedRange<Float>

    public init(hours: [Float], uptakePerHour: Float?, rates: ClosedRange<Float>) {
      precondition(hours.count >= 2, "two parameters need two scans")
      precondition(rates.lowerBound > 0, "a clearance rate is positive")
      self.hours = hours
      self.uptakePerHour = uptakePerHour
      self.rates = rates
    }
  }

  public struct Result: Sendable {
    /// ∫ A dt from 0 on, in units of the samples times hours; 0 where no positive amplitude fits.
    public var integral: [Float]
    /// k in 1/h; 0 where the integral is 0.
    public var rate: [Float]
  }

  /// Steps of k; the relative change of the last one is below 10⁻⁵ but for a few per million.
  private static let steps = 5
  private typealias Lanes = SIMD8<Float>

  /// - Parameter scans: Samples of each scan in order of time, all of one length.
  public static func run(_ scans: [[Float]], _ shape: Shape) -> Result {
    precondition(scans.count == shape.hours.count, "one buffer per scan")
    let count = scans[0].count
    precondition(scans.allSatisfy { $0.count == count }, "scans differ in size")
    let course = Course(shape)
    var result = Result(
      integral: [Float](repeating: 0, count: count), rate: [Float](repeating: 0, count: count))
    let groups = (count + 7) / 8
    // One pointer per scan, valid for the whole run; slabs write disjoint voxels.
    unsafe withPointers(scans) { sources in
      unsafe result.integral.withUnsafeMutableBufferPointer { integral in
        unsafe result.rate.withUnsafeMutableBufferPointer { rate in
          let (integral, rate) = unsafe (integral, rate)
          Slabs.forEach(of: groups) { range in
            var samples = unsafe [Lanes](repeating: .zero, count: sources.count)
            for group in range {
              let start = group * 8
              let lanes = min(8, count - start)
              for n in samples.indices {
                samples[n] = unsafe load(sources[n], start, lanes)
              }
              let (a, k) = course.fit(samples)
              for lane in 0..<lanes {
                unsafe integral[start + lane] = a[lane]
                unsafe rate[start + lane] = k[lane]
              }
            }
          }
        }
      }
    }
    return result
  }

  @inline(__always)
  private static func load(
    _ source: UnsafePointer<Float>, _ start: Int, _ lanes: Int
  ) -> Lanes {
    if lanes == 8 {
      return unsafe UnsafeRawPointer(source + start).loadUnaligned(as: Lanes.self)
    }
    var value = Lanes.zero
    for lane in 0..<lanes { value[lane] = unsafe source[start + lane] }
    return value
  }

  private static func withPointers(
    _ scans: [[Float]], _ body: ([UnsafePointer<Float>]) -> Void
  ) {
    func next(_ n: Int, _ pointers: [UnsafePointer<Float>]) {
      guard n < scans.count else { return unsafe body(pointers) }
      unsafe scans[n].withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe next(n + 1, pointers + [base])
      }
    }
    unsafe next(0, [])
  }

  /// What all voxels share.
  private struct Course {
    let hours: [Float]
    /// e^(−bt) at each scan.
    let uptake: [Float]
    let inverseUptake: Float
    let rates: ClosedRange<Float>
    let startRate: Float

    init(_ shape: Shape) {
      hours = shape.hours
      uptake = shape.hours.map { t in shape.uptakePerHour.map { Foundation.exp(-$0 * t) } ?? 0 }
      inverseUptake = shape.uptakePerHour.map { 1 / $0 } ?? 0
      rates = shape.rates
      startRate = 1 / (shape.hours.reduce(0, +) / Float(shape.hours.count))
    }

    /// Integral and k of eight voxels.
    @inline(__always)
    func fit(_ samples: [Lanes]) -> (Lanes, Lanes) {
      var k = start(samples)
      var amplitude = Lanes.zero
      for step in 0...VoxelClearanceFit.steps {
        var (gg, gd, dd, gy, dy) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        for n in samples.indices {
          let e = VoxelClearanceFit.exponential(k * -hours[n])
          let (g, d) = (e - uptake[n], e * -hours[n])
          gg += g * g
          gd += g * d
          dd += d * d
          gy += g * samples[n]
          dy += d * samples[n]
        }
        amplitude = gy / gg
        if step == VoxelClearanceFit.steps { break }
        // d·(y − A g) over A (gg dd − gd²)/gg.
        let change = gg * (dy - amplitude * gd) / (amplitude * (gg * dd - gd * gd))
        // At most a factor of 2 at a time keeps the first step from running away.
        var next = (k + change).clamped(lowerBound: k * 0.5, upperBound: k * 2)
        next.replace(with: k, where: next .!= next)
        k = next.clamped(
          lowerBound: Lanes(repeating: rates.lowerBound),
          upperBound: Lanes(repeating: rates.upperBound))
      }
      var integral = amplitude * (1 / k - inverseUptake)
      let isNothing = .!(integral .> Lanes.zero)
      integral.replace(with: Lanes.zero, where: isNothing)
      k.replace(with: Lanes.zero, where: isNothing)
      return (integral, k)
    }

    /// Straight line through ln y, each point weighted by y²: near the least squares of y itself.
    @inline(__always)
    private func start(_ samples: [Lanes]) -> Lanes {
      var (w, wt, wtt, wl, wtl) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
      for n in samples.indices {
        let y = samples[n]
        // A point still in its uptake says little of the clearance.
        let trust = 1 - uptake[n]
        var weight = y * y * (trust * trust)
        weight.replace(with: Lanes.zero, where: .!(y .> Lanes.zero))
        let l = VoxelClearanceFit.logarithm(
          y.replacing(with: Lanes(repeating: 1), where: .!(y .> Lanes.zero)) / max(trust, 1e-3))
        w += weight
        wt += weight * hours[n]
        wtt += weight * (hours[n] * hours[n])
        wl += weight * l
        wtl += weight * l * hours[n]
      }
      var k = (wt * wl - w * wtl) / (w * wtt - wt * wt)
      k.replace(with: Lanes(repeating: startRate), where: .!(k .> Lanes.zero))
      return k.clamped(
        lowerBound: Lanes(repeating: rates.lowerBound),
        upperBound: Lanes(repeating: rates.upperBound))
    }
  }

  /// e^x for −87 ≤ x ≤ 87, relative error below 2·10⁻⁷: 2^(n+f) with a polynomial for 2^f − its
  /// Taylor series on |f| ≤ ½, whose first left-out term is 8·10⁻⁹.
  @inline(__always)
  private static func exponential(_ x: Lanes) -> Lanes {
    let scaled =
      x.clamped(
        lowerBound: Lanes(repeating: -87), upperBound: Lanes(repeating: 87)) * 1.442_695_04
    // Adding 1.5·2²³ rounds to a whole number and leaves it in the low bits.
    let shifted = scaled + 12_582_912
    let f = (scaled - (shifted - 12_582_912)) * 0.693_147_18
    var p = Lanes(repeating: 1.0 / 720)
    p = p * f + 1.0 / 120
    p = p * f + 1.0 / 24
    p = p * f + 1.0 / 6
    p = p * f + 0.5
    p = p * f + 1
    p = p * f + 1
    let bits = unsafe unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23
    return unsafe unsafeBitCast(
      unsafeBitCast(p, to: SIMD8<UInt32>.self) &+ bits, to: Lanes.self)
  }

  /// ln x for normal positive x to about 10⁻³: enough for a starting point.
  @inline(__always)
  private static func logarithm(_ x: Lanes) -> Lanes {
    let bits = unsafe unsafeBitCast(x, to: SIMD8<UInt32>.self)
    // The exponent as a float, by writing it into the low bits of 2²³.
    let exponent =
      unsafe unsafeBitCast((bits &>> 23) | 0x4B00_0000, to: Lanes.self) - (8_388_608 + 127)
    let m = unsafe unsafeBitCast((bits & 0x007F_FFFF) | 0x3F80_0000, to: Lanes.self)
    // atanh series of ln m, 1 ≤ m < 2, in z = (m − √2)/(m + √2).
    let z = (m - 1.414_213_6) / (m + 1.414_213_6)
    let square = z * z
    let series = z * (2 + square * (2.0 / 3 + square * 0.4))
    return (exponent + 0.5) * 0.693_147_18 + series
  }
}
