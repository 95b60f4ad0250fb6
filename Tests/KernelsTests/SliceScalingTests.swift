import Kernels
import Testing

@Suite struct SliceScalingTests {
  @Test func eachSliceHasItsOwnFactor() {
    var samples: [Float] = [1, 2, 3, 4, 5, 6]
    SliceScaling.scale(&samples, bySlice: [2, 0, -1])
    #expect(samples == [2, 4, 0, 0, -5, -6])
  }

  @Test func aLargeVolumeIsWrittenEverywhereAndCopiesStayAsTheyAre() {
    let samples = (0..<(40 * 1000)).map { Float($0 % 97) }
    var scaled = samples
    SliceScaling.scale(&scaled, bySlice: [Float](repeating: 3, count: 40))
    #expect(scaled == samples.map { $0 * 3 })
    #expect(samples[96] == 96)
  }
}
