import Foundation

/// Random numbers of one slab of histories: xoshiro256++ (Blackman and Vigna 2021), seeded by
/// splitmix64 from the run's seed and the slab's number.
public struct RandomStream: Sendable {
  private var s0, s1, s2, s3: UInt64

  public init(seed: UInt64, stream: Int) {
    var state = seed &+ UInt64(truncatingIfNeeded: stream) &* 0x9E37_79B9_7F4A_7C15 &* 0x5851
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    (s0, s1, s2, s3) = (next(), next(), next(), next())
  }

  @inline(__always)
  mutating func nextBits() -> UInt64 {
    let sum = s0 &+ s3
    let result = ((sum << 23) | (sum >> 41)) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// In (0, 1): never 0, so that its logarithm is finite.
  @inline(__always)
  public mutating func uniform() -> Double {
    (Double(nextBits() >> 12) + 0.5) * 0x1p-52
  }

  /// A free path of mean 1.
  @inline(__always)
  mutating func exponential() -> Double { -Foundation.log(uniform()) }

  /// Standard normal, by Box and Muller 1958.
  public mutating func normal() -> Double {
    (-2 * Foundation.log(uniform())).squareRoot() * Foundation.cos(2 * .pi * uniform())
  }

  /// A direction with equal chance for every solid angle.
  @inline(__always)
  mutating func direction() -> SIMD3<Double> {
    let z = 2 * uniform() - 1
    let (c, s) = azimuth()
    let r = (1 - z * z).squareRoot()
    return [r * c, r * s, z]
  }

  /// Cosine and sine of an azimuth, by von Neumann's rejection in the unit disc.
  @inline(__always)
  mutating func azimuth() -> (Double, Double) {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let r2 = x * x + y * y
      if r2 <= 1, r2 > 1e-12 {
        let inverse = 1 / r2
        return ((x * x - y * y) * inverse, 2 * x * y * inverse)
      }
    }
  }

  /// `axis` turned by a polar angle and a random azimuth.
  @inline(__always)
  mutating func turned(_ axis: SIMD3<Double>, cosine: Double) -> SIMD3<Double> {
    let sine = max(1 - cosine * cosine, 0).squareRoot()
    let (c, s) = azimuth()
    return Self.turn(axis, cosine: cosine, sine: sine, azimuth: (c, s))
  }

  @inline(__always)
  static func turn(
    _ u: SIMD3<Double>, cosine: Double, sine: Double, azimuth: (Double, Double)
  ) -> SIMD3<Double> {
    let perpendicular2 = u.x * u.x + u.y * u.y
    if perpendicular2 < 1e-10 {
      let sign: Double = u.z > 0 ? 1 : -1
      return [sine * azimuth.0, sine * azimuth.1 * sign, cosine * sign]
    }
    let perpendicular = perpendicular2.squareRoot()
    let a = sine * azimuth.0 / perpendicular
    let b = sine * azimuth.1 / perpendicular
    let turned: SIMD3<Double> = [
      u.x * cosine + a * u.x * u.z - b * u.y, u.y * cosine + a * u.y * u.z + b * u.x,
      u.z * cosine - a * perpendicular2,
    ]
    // Rounding is kept from growing over hundreds of turns.
    return turned * (1 / (turned * turned).sum().squareRoot())
  }
}
