/// Finds the set voxels of a byte mask, eight at a time where none is set.
public enum MaskIndices {
  /// How many voxels are set; they must hold 1.
  public static func count(_ mask: [UInt8]) -> Int {
    Slabs.map(of: mask.count) { range in
      var total = 0
      words(mask, range) { word, _ in total += word.nonzeroBitCount }
      return total
    }.reduce(0, +)
  }

  /// The set voxels in memory order, with the scattered bits of each; those whose bits are above
  /// `most` are left out.
  public static func scattered(
    _ mask: [UInt8], most: UInt64
  ) -> [(voxel: Int, bits: UInt64)] {
    Slabs.map(of: mask.count) { range in
      var found: [(voxel: Int, bits: UInt64)] = []
      words(mask, range) { word, start in
        var left = word
        while left != 0 {
          let voxel = start + left.trailingZeroBitCount / 8
          let bits = scramble(UInt64(voxel))
          if bits <= most { found.append((voxel, bits)) }
          left &= left - 1
        }
      }
      return found
    }.flatMap { $0 }
  }

  /// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same scatter for the same number.
  @inline(__always)
  public static func scramble(_ seed: UInt64) -> UInt64 {
    var z = seed &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Eight mask bytes as one word that is not zero, and the voxel of the lowest.
  @inline(__always)
  private static func words(
    _ mask: [UInt8], _ range: Range<Int>, _ body: (_ word: UInt64, _ start: Int) -> Void
  ) {
    unsafe mask.withUnsafeBytes { bytes in
      var n = range.lowerBound
      while n + 8 <= range.upperBound {
        let word = unsafe UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: n, as: UInt64.self))
        if word != 0 { body(word, n) }
        n += 8
      }
      while n < range.upperBound {
        let byte = unsafe bytes.load(fromByteOffset: n, as: UInt8.self)
        if byte != 0 { body(UInt64(byte), n) }
        n += 1
      }
    }
  }
}
