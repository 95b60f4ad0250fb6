import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

/// Where uptake rose or fell by more than noise and misregistration explain, voxel by voxel.
///
/// d = ln(after / before); a voxel counts as changed when |d| > T with
/// T² = 1.96² (2 s_rep² + s_reg²), s_reg = |∇x| σ_TRE / x. Without the second term such a map is
/// mostly edge artefact. Uptake below the floor counts as the floor, so that noise in the
/// background and vanished lesions give finite values.
public struct ResponseMap: Sendable {
  public let grid: VoxelGrid
  /// ln(after / before); 0 where not evaluated.
  public let logRatio: Volume<LogRatio>
  /// One ``Change`` per voxel, as its raw value.
  public let changes: [UInt8]
  public let options: Options

  /// What happened in a voxel.
  public enum Change: UInt8, Sendable, Hashable, Codable {
    /// Below the floor at both time points.
    case background = 0
    case decrease = 1
    case withinNoise = 2
    case increase = 3
    /// The later image does not cover the place.
    case outOfField = 4
  }

  public struct Options: Sendable, Hashable, Codable {
    /// Voxels that reach this at either time point are evaluated.
    public var floor: SUVbw
    /// Within-subject variation of a voxel's value, larger than that of a lesion's mean.
    public var withinSubjectCV: Double
    /// σ_TRE: the standard error of registration, as a distance.
    public var registrationError: Length

    public init(floor: SUVbw, withinSubjectCV: Double, registrationError: Length) {
      self.floor = floor
      self.withinSubjectCV = withinSubjectCV
      self.registrationError = registrationError
    }
  }

  /// - Parameters:
  ///   - beforeToAfter: Maps a point of the first image's frame to the second's; `nil` when
  ///     they share a frame.
  public init(
    before: Volume<SUVbw>, after: Volume<SUVbw>, beforeToAfter: RigidTransform? = nil,
    options: Options
  ) throws(VolumeError) {
    precondition(options.floor > .zero, "the floor of a response map is positive")
    let moved =
      beforeToAfter == nil && before.grid == after.grid
      ? after
      : after.resampled(
        onto: before.grid, through: beforeToAfter,
        outside: Self.outside)
    let comparison = VoxelComparison(before: before, after: moved, options: options)
    let slabs = Slabs.map(of: before.grid.size.z) { comparison.slices($0) }
    grid = before.grid
    self.options = options
    logRatio = try Volume(grid: before.grid, samples: slabs.flatMap(\.logRatio))
    changes = slabs.flatMap(\.changes)
  }

  /// Marks voxels that an already resampled later image does not cover; uptake is far from this.
  public static let outside = SUVbw.gramsPerMillilitre(-1e6)

  public func change(at offset: Int) -> Change { Change(rawValue: changes[offset]) ?? .background }

  /// How the volume of a lesion divides into change and no change.
  public func fractions(in outline: Outline) -> ResponseFractions {
    precondition(outline.grid == grid, "outline and map lie on different grids")
    var millilitres = [Double](repeating: 0, count: 5)
    for run in outline.runs {
      let voxel = grid.voxelMillilitres(inSlice: grid.ijk(at: run.lowerBound).z)
      for n in run { millilitres[Int(changes[n])] += voxel }
    }
    func largest(_ change: Change) -> TissueVolume {
      let part = outline.filter { changes[$0] == change.rawValue }
      return part.parts.map(\.volume).max() ?? .zero
    }
    return ResponseFractions(
      evaluated: .millilitres(millilitres[1] + millilitres[2] + millilitres[3]),
      decreased: .millilitres(millilitres[1]), increased: .millilitres(millilitres[3]),
      notEvaluated: .millilitres(millilitres[0] + millilitres[4]),
      largestDecrease: largest(.decrease), largestIncrease: largest(.increase))
  }
}

/// Volumes of a lesion by what happened in them.
public struct ResponseFractions: Sendable, Hashable, Codable {
  public let evaluated: TissueVolume
  public let decreased: TissueVolume
  public let increased: TissueVolume
  /// Below the floor at both time points, or outside the later image.
  public let notEvaluated: TissueVolume
  /// The largest connected part of each.
  public let largestDecrease: TissueVolume
  public let largestIncrease: TissueVolume

  /// `nil` when nothing could be evaluated.
  public var decreasedFraction: Double? { fraction(decreased) }
  public var increasedFraction: Double? { fraction(increased) }

  private func fraction(_ part: TissueVolume) -> Double? {
    evaluated > .zero ? part / evaluated : nil
  }
}

/// The arithmetic of one voxel.
private struct VoxelComparison {
  let grid: VoxelGrid
  let before: [Float]
  let after: [Float]
  let floor: Float
  /// 2 s_rep² and σ_TRE².
  let noise: Double
  let misplacement: Double
  private let offsets: [Double]

  init(before: Volume<SUVbw>, after: Volume<SUVbw>, options: ResponseMap.Options) {
    grid = before.grid
    self.before = before.samples
    self.after = after.samples
    floor = Float(options.floor.inBaseUnit)
    noise = 2 * log(1 + options.withinSubjectCV * options.withinSubjectCV)
    let sigma = options.registrationError.millimetres
    misplacement = sigma * sigma
    offsets = (0..<before.grid.size.z).map { before.grid.sliceOffset($0) }
  }

  func slices(_ range: Range<Int>) -> (logRatio: [Float], changes: [UInt8]) {
    let perSlice = grid.size.x * grid.size.y
    var logRatio = [Float](repeating: 0, count: range.count * perSlice)
    var changes = [UInt8](repeating: 0, count: range.count * perSlice)
    let outside = Float(ResponseMap.outside.inBaseUnit)
    let first = range.lowerBound * perSlice
    for n in first..<(range.upperBound * perSlice) {
      let (x1, x2) = (before[n], after[n])
      guard x1 >= floor || x2 >= floor else { continue }
      if x2 == outside {
        changes[n - first] = ResponseMap.Change.outOfField.rawValue
        continue
      }
      let d = log(Double(max(x2, floor)) / Double(max(x1, floor)))
      let slope = max(steepness(of: before, at: n), steepness(of: after, at: n))
      let limit = Repeatability.quantile * (noise + slope * misplacement).squareRoot()
      let change: ResponseMap.Change =
        abs(d) <= limit ? .withinNoise : d < 0 ? .decrease : .increase
      logRatio[n - first] = Float(d)
      changes[n - first] = change.rawValue
    }
    return (logRatio, changes)
  }

  /// |∇ ln x|² in 1/mm², by central differences of floored uptake.
  private func steepness(of samples: [Float], at n: Int) -> Double {
    let q = grid.ijk(at: n)
    let strides = SIMD3(1, grid.size.x, grid.size.x * grid.size.y)
    let here = Double(max(samples[n], floor))
    var squares = 0.0
    for axis in 0..<3 where grid.size[axis] > 1 {
      let down = q[axis] > 0 ? 1 : 0
      let up = q[axis] < grid.size[axis] - 1 ? 1 : 0
      let low = Double(max(samples[n - down * strides[axis]], floor))
      let high = Double(max(samples[n + up * strides[axis]], floor))
      let distance =
        axis == 2
        ? offsets[q.z + up] - offsets[q.z - down] : Double(up + down) * grid.spacing[axis]
      let slope = (high - low) / distance / here
      squares += slope * slope
    }
    return squares
  }
}
