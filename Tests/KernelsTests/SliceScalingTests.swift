import Kernels
import Testing

@Suite struct SliceScalingTests {
  @Test func eachSliceHasItsOwnFactor() {
    #expect(SliceScaling.scaled([1, 2, 3, 4, 5, 6], bySlice: [2, 0, -1]) == [2, 4, 0, 0, -5, -6])
  }

  @Test func aLargeVolumeIsWrittenEverywhere() {
    let samples = (0..<(40 * 1000)).map { Float($0 % 97) }
    let scaled = SliceScaling.scaled(samples, bySlice: [Float](repeating: 3, count: 40))
    #expect(scaled == samples.map { $0 * 3 })
  }
}
