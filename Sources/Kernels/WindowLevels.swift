/// Turns samples into the levels of a window: what a palette or a 16-bit picture stores.
///
/// Level 0 is the lower end, each further level one step up; values beyond the window take its
/// ends, and what is not a number takes the lower one. No threads: callers work on several
/// pictures at once.
public enum WindowLevels {
  /// - Parameters:
  ///   - range: The samples to turn, as offsets into `samples`.
  ///   - lower: The value of level 0.
  ///   - levelsPerUnit: Levels per unit of the samples.
  public static func bytes(
    _ samples: [Float], in range: Range<Int>, from lower: Float, levelsPerUnit: Float
  ) -> [UInt8] {
    run(samples, in: range, from: lower, levelsPerUnit: levelsPerUnit, last: 255) {
      UInt8(truncatingIfNeeded: $0)
    }
  }

  /// The same with 65536 levels.
  public static func words(
    _ samples: [Float], in range: Range<Int>, from lower: Float, levelsPerUnit: Float
  ) -> [UInt16] {
    run(samples, in: range, from: lower, levelsPerUnit: levelsPerUnit, last: 65535) {
      UInt16(truncatingIfNeeded: $0)
    }
  }

  @inline(__always)
  private static func run<Level>(
    _ samples: [Float], in range: Range<Int>, from lower: Float, levelsPerUnit: Float,
    last: Float, _ level: (UInt32) -> Level
  ) -> [Level] {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= samples.count, "the range is in the samples")
    return unsafe [Level](unsafeUninitializedCapacity: range.count) { out, filled in
      unsafe samples.withUnsafeBufferPointer { source in
        // Plain loops over known bounds, so that they are compiled to vector instructions.
        for n in 0..<range.count {
          let steps = unsafe (source[range.lowerBound + n] - lower) * levelsPerUnit
          // The order of comparisons sends not-a-number to 0.
          let above = steps > 0 ? steps : 0
          let inside = above < last ? above : last
          // 2²³ pushes the fraction out of the mantissa: what is left is the nearest whole.
          unsafe out[n] = level((inside + 8_388_608).bitPattern)
        }
      }
      filled = range.count
    }
  }
}
