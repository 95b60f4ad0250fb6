/// y += a · x on a stretch of two buffers: the inner loop of small convolutions.
public enum ScaledSum {
  /// Adds `factor` times `count` samples of `source`, from `start`, to `target` at `place`.
  /// Traps when either stretch leaves its buffer.
  public static func add(
    _ factor: Float, times source: [Float], from start: Int, to target: inout [Float],
    at place: Int, count: Int
  ) {
    precondition(start >= 0 && count >= 0 && start + count <= source.count, "source is too short")
    precondition(place >= 0 && place + count <= target.count, "target is too short")
    // Checked above once; a check per element keeps the loop from using vectors.
    unsafe source.withUnsafeBufferPointer { source in
      unsafe target.withUnsafeMutableBufferPointer { target in
        for n in 0..<count {
          unsafe target[place + n] += factor * source[start + n]
        }
      }
    }
  }
}
