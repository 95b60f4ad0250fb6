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
  /// How sure each change is; `nil` when only one level was asked for.
  public let confidence: Confidence?
  /// Maps a point of the picture's frame to the layer's frame; `nil` when they share one.
  public let pictureToVolume: RigidTransform?

  /// - Throws: ``VolumeError/gridsDiffer`` unless all three lie on one grid.
  public init(
    change: Volume<LogRatio>, assessed: Mask, beyondNoise: Mask,
    noiseLimits: ClosedRange<LogRatio>?, noiseSource: String, confidence: Confidence? = nil,
    through pictureToVolume: RigidTransform? = nil
  ) throws(VolumeError) {
    guard assessed.grid == change.grid, beyondNoise.grid == change.grid,
      confidence.map({ $0.grades.count == change.samples.count }) ?? true
    else { throw .gridsDiffer }
    (self.change, self.assessed, self.beyondNoise) = (change, assessed, beyondNoise)
    (self.noiseLimits, self.noiseSource) = (noiseLimits, noiseSource)
    (self.confidence, self.pictureToVolume) = (confidence, pictureToVolume)
  }

  /// Several levels of confidence that a change is more than noise: the surer, the stronger its
  /// colour.
  public struct Confidence: Sendable {
    /// Two-sided, the least first: 0.95, 0.99, 0.999.
    public let levels: [Double]
    /// Per voxel the number of levels reached, 1 for the first; 0 counts as 1 where the change
    /// is beyond noise.
    public let grades: [UInt8]

    public init(levels: [Double], grades: [UInt8]) {
      precondition(!levels.isEmpty && levels == levels.sorted(), "levels of confidence rise")
      (self.levels, self.grades) = (levels, grades)
    }

    /// Share of the colour for a grade, over what lies below.
    static func opacity(grade: Int, of count: Int) -> Double {
      count < 2 ? 1 : 0.4 + 0.6 * Double(grade - 1) / Double(count - 1)
    }

    var opacities: [Double] {
      (1...levels.count).map { Self.opacity(grade: $0, of: levels.count) }
    }

    var text: String {
      let listed = levels.map { NumberText.short($0 * 100) }.joined(separator: ", ")
      return "The stronger the colour, the surer: beyond \(listed) % of noise."
    }
  }

  /// What one pixel shows.
  enum Pixel {
    case notAssessed
    case withinNoise
    /// ln(after / before), and the share of its colour.
    case changed(Float, opacity: Double)

    /// The stronger finding of two along a ray: a change before noise, the larger before the
    /// smaller.
    func stronger(_ other: Pixel) -> Pixel {
      switch (self, other) {
      case (.changed(let a, _), .changed(let b, _)): abs(b) > abs(a) ? other : self
      case (.changed, _), (.withinNoise, .notAssessed), (.withinNoise, .withinNoise): self
      default: other
      }
    }

    /// The colour over a ground; `nil` leaves the ground as it is.
    func colour(
      _ scale: ChangeScale, over ground: RGB = .white, _ noiseOpacity: Double = 1
    ) -> RGB? {
      switch self {
      case .notAssessed: nil
      case .withinNoise:
        ground.blended(with: Ink.withinNoise, coverage: Float(noiseOpacity))
      case .changed(let logRatio, let opacity):
        ground.blended(with: scale.colour(logRatio), coverage: Float(opacity))
      }
    }
  }

  /// The strongest finding along the slices of `stack` at each of its (i, j). Nearest voxel: a
  /// change map shows the voxels that were judged, not values between them.
  func pixels(on stack: VoxelGrid) -> [Pixel] {
    let samples = change.samples
    let (judged, notable) = (assessed.inside, beyondNoise.inside)
    let (grades, opacities) = (confidence?.grades, confidence?.opacities ?? [1])
    let sampler = NearestVoxel(of: change.grid, from: stack, through: pictureToVolume)
    let rows = Slabs.map(of: stack.size.y) { range in
      var pixels: [Pixel] = []
      pixels.reserveCapacity(range.count * stack.size.x)
      for j in range {
        for i in 0..<stack.size.x {
          var pixel = Pixel.notAssessed
          for k in 0..<stack.size.z {
            guard let n = sampler.index(i: i, j: j, k: k), judged[n] != 0 else { continue }
            let grade = min(max(Int(grades?[n] ?? 1), 1), opacities.count)
            pixel = pixel.stronger(
              notable[n] == 0
                ? .withinNoise : .changed(samples[n], opacity: opacities[grade - 1]))
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
      + (confidence.map { [$0.text] } ?? [])
  }
}
