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
    let (width, height) = (stack.size.x, stack.size.y)
    let rows = Slabs.map(of: height) { range in
      range.flatMap { j in
        (0..<width).map { i in
          (0..<stack.size.z).reduce(Pixel.notAssessed) { pixel, k in
            pixel.stronger(self.pixel(at: stack.patientPoint(i: i, j: j, k: k)))
          }
        }
      }
    }
    return rows.flatMap { $0 }
  }

  private func pixel(at point: PatientPoint) -> Pixel {
    let grid = change.grid
    let p = grid.gridPoint(at: pictureToVolume?(point) ?? point).ijk.rounded(.toNearestOrEven)
    guard p.min() >= 0, p.x < Double(grid.size.x), p.y < Double(grid.size.y),
      p.z < Double(grid.size.z)
    else { return .notAssessed }
    let n = grid.index(i: Int(p.x), j: Int(p.y), k: Int(p.z))
    guard assessed[n] else { return .notAssessed }
    return beyondNoise[n] ? .changed(change.samples[n]) : .withinNoise
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
