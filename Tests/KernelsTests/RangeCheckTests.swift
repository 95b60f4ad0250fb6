import Kernels
import Testing

@Suite struct RangeCheckTests {
  /// The first wrong sample is named, wherever it lies in the blocks that are looked at together.
  @Test(arguments: [0, 1, 4095, 4096, 150_000, 299_999], [-0.1, 25.5, Float.nan, .infinity])
  func theFirstSampleOutsideIsFound(place: Int, wrong: Float) {
    var samples = [Float](repeating: 1, count: 300_000)
    samples[place] = wrong
    samples[299_999] = place == 299_999 ? wrong : -1
    #expect(RangeCheck.firstOutside(0...25, samples) == place)
  }

  @Test func samplesOnTheLimitsAreInside() {
    #expect(RangeCheck.firstOutside(0...25, [0, 25, -0.0]) == nil)
    #expect(RangeCheck.firstOutside(0...25, []) == nil)
  }
}
