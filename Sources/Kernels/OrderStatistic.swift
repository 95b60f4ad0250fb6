/// Samples by their rank, found without sorting: two passes over the data instead of the twenty-odd
/// that sorting a whole PET takes.
public enum OrderStatistic {
  /// The sample that would stand at `rank`, from 0, if `samples` were sorted.
  ///
  /// - Precondition: `rank` is an index of `samples`, and none of them is NaN.
  public static func sample(atRank rank: Int, of samples: [Float]) -> Float {
    precondition(samples.indices.contains(rank), "a rank among the samples")
    let (high, below) = bin(of: rank, counting: samples.lazy.map { Int(key($0) >> 16) })
    let within = samples.lazy.map(key).filter { $0 >> 16 == UInt32(high) }
    let (low, _) = bin(of: rank - below, counting: within.map { Int($0 & 0xFFFF) })
    return value(UInt32(high) << 16 | UInt32(low))
  }

  /// The median; the mean of the two middle samples of an even number.
  ///
  /// - Precondition: There are samples, none of them NaN.
  public static func median(_ samples: [Float]) -> Double {
    let low = sample(atRank: (samples.count - 1) / 2, of: samples)
    guard samples.count % 2 == 0 else { return Double(low) }
    return (Double(low) + Double(sample(atRank: samples.count / 2, of: samples))) / 2
  }

  /// The bin of 65 536 that holds a rank, and how many lie in the bins below.
  private static func bin(
    of rank: Int, counting bins: some Sequence<Int>
  ) -> (bin: Int, below: Int) {
    var counts = [Int](repeating: 0, count: 1 << 16)
    for bin in bins { counts[bin] += 1 }
    var below = 0
    for (bin, count) in counts.enumerated() {
      if below + count > rank { return (bin, below) }
      below += count
    }
    return (counts.count - 1, below)
  }

  /// Unsigned integers in the order of the numbers: IEEE 754 magnitudes grow with their bits.
  private static func key(_ sample: Float) -> UInt32 {
    let bits = sample.bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
  }

  private static func value(_ key: UInt32) -> Float {
    Float(bitPattern: key >> 31 == 1 ? key & 0x7FFF_FFFF : ~key)
  }
}
