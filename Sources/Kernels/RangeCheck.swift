/// Finds samples that a range does not hold.
public enum RangeCheck {
  /// Samples looked at together: none of them is looked at again while all are inside.
  private static let block = 4096

  /// The place of the first sample that is outside the range or not a number; `nil` without one.
  public static func firstOutside(_ range: ClosedRange<Float>, _ samples: [Float]) -> Int? {
    let (low, high) = (range.lowerBound, range.upperBound)
    return unsafe samples.withUnsafeBufferPointer { samples in
      let samples = unsafe samples
      return Slabs.map(of: samples.count) { slab -> Int? in
        for start in stride(from: slab.lowerBound, to: slab.upperBound, by: block) {
          let places = start..<min(start + block, slab.upperBound)
          var inside: Int32 = 0
          for n in places { unsafe inside &+= samples[n] >= low && samples[n] <= high ? 1 : 0 }
          guard inside == Int32(places.count) else {
            return places.first { unsafe !range.contains(samples[$0]) }
          }
        }
        return nil
      }.compactMap { $0 }.first
    }
  }
}
