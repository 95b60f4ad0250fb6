/// Multiplies each slice of a volume by its own factor.
public enum SliceScaling {
  /// `samples` cut into as many equal slices as there are factors.
  ///
  /// - Precondition: The factors divide the samples evenly.
  public static func scaled(_ samples: [Float], bySlice factors: [Float]) -> [Float] {
    guard !factors.isEmpty else { return samples }
    let perSlice = samples.count / factors.count
    precondition(perSlice * factors.count == samples.count, "slices of equal size")
    // Each slab writes all samples of its own slices, once.
    return unsafe [Float](unsafeUninitializedCapacity: samples.count) { target, filled in
      let target = unsafe target
      unsafe HugePages.advise(UnsafeMutableRawBufferPointer(target))
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: factors.count) { range in
          for k in range {
            let factor = factors[k]
            for n in (k * perSlice)..<((k + 1) * perSlice) {
              unsafe target.initializeElement(at: n, to: source[n] * factor)
            }
          }
        }
      }
      filled = samples.count
    }
  }
}
