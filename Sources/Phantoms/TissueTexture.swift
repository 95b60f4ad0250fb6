import Kernels

/// A random pattern at three scales with unit variance, for tissue that registration can hold
/// on to. A tile of it is mirrored in all directions, so there are no seams.
struct TissueTexture: Sendable {
  private static let side = 96
  private let tile: [Float]

  /// - Parameter spacing: Voxel size in millimetres.
  init(seed: UInt64, spacing: Double) {
    let n = Self.side
    var tile = [Float](repeating: 0, count: n * n * n)
    for (scale, millimetres) in [2.5, 5, 11].enumerated() {
      var random = SeededGenerator(seed: seed, stream: "texture", index: scale)
      let white = (0..<tile.count).map { _ in random.imageNoise() }
      let smooth = GaussianSmoothing.run(
        white, size: SIMD3(repeating: n), sigma: SIMD3(repeating: millimetres / spacing))
      // Equal parts of the three scales.
      let scale = 1 / (Self.standardDeviation(smooth) * Float(3).squareRoot())
      for index in tile.indices { tile[index] += smooth[index] * scale }
    }
    self.tile = tile
  }

  func value(_ i: Int, _ j: Int, _ k: Int) -> Float {
    let n = Self.side
    return tile[Self.mirrored(i) + n * (Self.mirrored(j) + n * Self.mirrored(k))]
  }

  private static func mirrored(_ index: Int) -> Int {
    let period = index % (2 * side)
    return period < side ? period : 2 * side - 1 - period
  }

  static func standardDeviation(_ samples: [Float]) -> Float {
    var (sum, squares) = (0.0, 0.0)
    for sample in samples {
      sum += Double(sample)
      squares += Double(sample) * Double(sample)
    }
    let mean = sum / Double(samples.count)
    return Float((squares / Double(samples.count) - mean * mean).squareRoot())
  }
}
