public import Geometry
import Kernels
public import Quantities
public import Volumes

/// The diverging scale of relative change, the same distance for a halving and a doubling.
public struct ChangeScale: Sendable, Hashable {
  /// The change at the ends of the scale: a factor f and its inverse.
  public let factor: Double
  public let colourMap: ColourMap

  /// - Parameter factor: 4 spreads the colours from −75 % to +300 %.
  public init(factor: Double = 4, colourMap: ColourMap = .change) {
    precondition(factor > 1, "the scale reaches beyond no change")
    (self.factor, self.colourMap) = (factor, colourMap)
  }

  public var upper: LogRatio { .after(factor, before: 1) }
  public var lower: LogRatio { .after(1, before: factor) }

  /// 0 at the lower end, ½ at no change, 1 at the upper end.
  func fraction(_ logRatio: Double) -> Double { 0.5 + logRatio / (2 * upper.inBaseUnit) }

  func value(at fraction: Double) -> LogRatio {
    LogRatio(inBaseUnit: (fraction - 0.5) * 2 * upper.inBaseUnit)
  }

  /// Halvings and doublings, and the ends.
  var ticks: [LogRatio] {
    let doubling = LogRatio.after(2, before: 1)
    let count = Int((upper / doubling + 1e-9).rounded(.down))
    guard count > 0 else { return [lower, .zero, upper] }
    return (-count...count).map { doubling * Double($0) }
  }

  func colour(_ logRatio: Float) -> RGB { colourMap.colour(at: fraction(Double(logRatio))) }
}

/// The change of each voxel, where it was assessed, and where it is more than noise.
public struct ChangeLayer: Sendable {
  public let change: Volume<LogRatio>
  /// Voxels where a change could be stated at all.
  public let assessed: Mask
  /// Voxels whose change is beyond what noise explains.
  public let beyondNoise: Mask
  /// The limits of noise when they are the same everywhere: drawn as a grey band on the bar.
  public let noiseLimits: ClosedRange<LogRatio>?
  /// What the limits include: `95 % repeatability and registration error`.
  public let noiseSource: String
  /// Maps a point of the picture's frame to the layer's frame; `nil` when they share one.
  public let pictureToVolume: RigidTransform?

  /// - Throws: ``VolumeError/gridsDiffer`` unless all three lie on one grid.
  public init(
    change: Volume<LogRatio>, assessed: Mask, beyondNoise: Mask,
    noiseLimits: ClosedRange<LogRatio>?, noiseSource: String,
    through pictureToVolume: RigidTransform? = nil
  ) throws(VolumeError) {
    guard assessed.grid == change.grid, beyondNoise.grid == change.grid else {
      throw .gridsDiffer
    }
    (self.change, self.assessed, self.beyondNoise) = (change, assessed, beyondNoise)
    (self.noiseLimits, self.noiseSource) = (noiseLimits, noiseSource)
    self.pictureToVolume = pictureToVolume
  }

  /// What one pixel shows.
  enum Pixel {
    case notAssessed
    case withinNoise
    case changed(Float)

    /// The stronger finding of two along a ray: a change before noise, the larger before the
    /// smaller.
    func stronger(_ other: Pixel) -> Pixel {
      switch (self, other) {
      case (.changed(let a), .changed(let b)): abs(b) > abs(a) ? other : self
      case (.changed, _), (.withinNoise, .notAssessed), (.withinNoise, .withinNoise): self
      default: other
      }
    }

    func colour(_ scale: ChangeScale) -> RGB? {
      switch self {
      case .notAssessed: nil
      case .withinNoise: Ink.withinNoise
      case .changed(let logRatio): scale.colour(logRatio)
      }
    }
  }

  /// The strongest finding along the slices of `stack` at each of its (i, j). Nearest voxel: a
  /// change map shows the voxels that were judged, not values between them.
  func pixels(on stack: VoxelGrid) -> [Pixel] {
    let samples = change.samples
    let (judged, notable) = (assessed.inside, beyondNoise.inside)
    let sampler = NearestVoxel(of: change.grid, from: stack, through: pictureToVolume)
    let rows = Slabs.map(of: stack.size.y) { range in
      var pixels: [Pixel] = []
      pixels.reserveCapacity(range.count * stack.size.x)
      for j in range {
        for i in 0..<stack.size.x {
          var pixel = Pixel.notAssessed
          for k in 0..<stack.size.z {
            guard let n = sampler.index(i: i, j: j, k: k), judged[n] != 0 else { continue }
            pixel = pixel.stronger(notable[n] == 0 ? .withinNoise : .changed(samples[n]))
          }
          pixels.append(pixel)
        }
      }
      return pixels
    }
    return rows.flatMap { $0 }
  }

  /// The part of the legend that says what the colours mean.
  var legend: [String] {
    var limits = "Grey: change within \(noiseSource)"
    if let noiseLimits {
      limits +=
        " (\(NumberText.percentChange(noiseLimits.lowerBound.percent)) to "
        + "\(NumberText.percentChange(noiseLimits.upperBound.percent)))"
    }
    return ["Blue: less than before. Orange to red: more than before.", limits + "."]
  }
}

/// Finds the voxel of one grid that is nearest to a voxel of another.
private struct NearestVoxel {
  private let grid: VoxelGrid
  /// Steps in source millimetres along its axes; a rigid link keeps them constant.
  private let start, stepI, stepJ, stepK: SIMD3<Double>

  init(of grid: VoxelGrid, from target: VoxelGrid, through targetToSource: RigidTransform?) {
    func along(_ i: Int, _ j: Int, _ k: Int) -> SIMD3<Double> {
      // Target stacks have even slices, so three steps describe them.
      let p = target.patientPoint(i: i, j: j, k: k)
      let offset = (targetToSource?(p) ?? p).millimetres - grid.origin.millimetres
      return [offset.dot(grid.axes.i), offset.dot(grid.axes.j), offset.dot(grid.axes.k)]
    }
    self.grid = grid
    start = along(0, 0, 0)
    stepI = along(1, 0, 0) - start
    stepJ = along(0, 1, 0) - start
    stepK = along(0, 0, 1) - start
  }

  @inline(__always)
  func index(i: Int, j: Int, k: Int) -> Int? {
    let mm = start + stepI * Double(i) + stepJ * Double(j) + stepK * Double(k)
    let p = mm / grid.spacing + 0.5
    guard p.x >= 0, p.y >= 0, p.x < Double(grid.size.x), p.y < Double(grid.size.y) else {
      return nil
    }
    guard let slice = slice(at: mm.z, even: p.z) else { return nil }
    return Int(p.x) + grid.size.x * (Int(p.y) + grid.size.y * slice)
  }

  @inline(__always)
  private func slice(at mm: Double, even: Double) -> Int? {
    guard let offsets = grid.sliceOffsets else {
      return even >= 0 && even < Double(grid.size.z) ? Int(even) : nil
    }
    let last = offsets.count - 1
    guard mm >= -grid.spacing.z / 2, mm <= offsets[last] + grid.spacing.z / 2 else { return nil }
    var (low, high) = (0, last)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle] <= mm { low = middle } else { high = middle }
    }
    return mm - offsets[low] <= offsets[high] - mm ? low : high
  }
}
