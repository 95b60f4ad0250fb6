import Foundation

/// Random numbers that are the same on every machine for the same seed: SplitMix64.
///
/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014. Each use
/// names its own stream, so that adding one source of randomness leaves all others as they were.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// - Parameters:
  ///   - seed: The seed of the whole course.
  ///   - stream: What the numbers are for, for example `ct noise base`.
  ///   - index: Which one of many equal streams, for example the slice.
  public init(seed: UInt64, stream: String, index: Int = 0) {
    // FNV-1a over the name, so that streams are told apart by what they are for.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    var mixer = SeededGenerator(state: seed &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(index + 1))
    state = mixer.next() ^ hash
    state = next()
  }

  private init(state: UInt64) { self.state = state }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in the range.
  public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    let unit = Double(next() >> 11) * 0x1p-53
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  /// Standard normal, by the Box–Muller transform.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform(0...1) * (1 - 0x1p-53))).squareRoot()
    return radius * cos(2 * Double.pi * uniform(0...1))
  }

  /// A direction, uniform on the unit sphere.
  public mutating func direction() -> SIMD3<Double> {
    let z = uniform(-1...1)
    let angle = uniform(0...(2 * Double.pi))
    let r = (1 - z * z).squareRoot()
    return [r * cos(angle), r * sin(angle), z]
  }

  /// Nearly normal with unit variance, for image noise: the sum of four 16-bit uniform numbers
  /// (Irwin–Hall). Ten times faster than ``normal()``; values end at 3.46 standard deviations.
  public mutating func imageNoise() -> Float {
    let bits = next()
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
    // Mean 4 × 65535 / 2; variance 4 × (65536² − 1) / 12.
    return (Float(sum) - 131_070) / 37_837.23
  }
}
