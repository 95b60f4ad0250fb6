/// Multiplies each slice of a volume by its own factor.
public enum SliceScaling {
  /// `samples` cut into as many equal slices as there are factors. Where nobody else holds them,
  /// nothing is copied: fresh pages cost more than the multiplication.
  ///
  /// - Precondition: The factors divide the samples evenly.
  public static func scale(_ samples: inout [Float], bySlice factors: [Float]) {
    guard !factors.isEmpty else { return }
    let perSlice = samples.count / factors.count
    precondition(perSlice * factors.count == samples.count, "slices of equal size")
    unsafe samples.withUnsafeMutableBufferPointer { samples in
      let samples = unsafe samples
      // Each slab writes the samples of its own slices only.
      Slabs.forEach(of: factors.count) { range in
        for k in range {
          let factor = factors[k]
          for n in (k * perSlice)..<((k + 1) * perSlice) { unsafe samples[n] *= factor }
        }
      }
    }
  }
}
