import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

/// Where a quantity rose or fell by more than noise and misregistration explain, voxel by voxel.
///
/// For uptake d = ln(after / before), for HU and dose d = after − before. A voxel counts as
/// changed when |d| > T with T² = 1.96² (2 s_rep² + s_reg²), s_reg = |∇x| σ_TRE (over x for
/// uptake). Without the second term such a map is mostly edge artefact. Uptake below the floor
/// counts as the floor, so that noise in the background and vanished lesions give finite values.
public struct ResponseMap: Sendable {
  public let grid: VoxelGrid
  /// d of each voxel: ln(after / before), or the difference in the base unit; 0 where not
  /// evaluated.
  public let change: [Float]
  /// d over its standard deviation √(2 s_rep² + s_reg²); 0 where not evaluated.
  public let deviations: [Float]
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

  /// How two values are compared, with the noise of one of them.
  public enum Scale: Sendable, Hashable, Codable {
    /// ln(after / before) where one of them reaches `floor` (base unit). The within-subject
    /// variation of a voxel's value is larger than that of a lesion's mean.
    case ratio(floor: Double, withinSubjectCV: Double)
    /// after − before, with the standard deviation of one value in the base unit.
    case difference(standardDeviation: Double)
  }

  public struct Options: Sendable, Hashable, Codable {
    public var scale: Scale
    /// σ_TRE: the standard error of registration, as a distance.
    public var registrationError: Length

    public init(scale: Scale, registrationError: Length) {
      self.scale = scale
      self.registrationError = registrationError
    }

    public init(floor: SUVbw, withinSubjectCV: Double, registrationError: Length) {
      self.init(
        scale: .ratio(floor: floor.inBaseUnit, withinSubjectCV: withinSubjectCV),
        registrationError: registrationError)
    }
  }

  /// - Parameters:
  ///   - beforeToAfter: Maps a point of the first image's frame to the second's; `nil` when
  ///     they share a frame.
  public init<Value: Quantity>(
    before: Volume<Value>, after: Volume<Value>, beforeToAfter: RigidTransform? = nil,
    options: Options
  ) {
    if case .ratio(let floor, _) = options.scale {
      precondition(floor > 0, "the floor of a response map is positive")
    }
    let moved =
      beforeToAfter == nil && before.grid == after.grid
      ? after
      : after.resampled(
        onto: before.grid, through: beforeToAfter,
        outside: Value(inBaseUnit: Self.outsideValue))
    let comparison = VoxelComparison(
      before: before.samples, after: moved.samples, on: before.grid, options: options)
    let slabs = Slabs.map(of: before.grid.size.z) { comparison.slices($0) }
    grid = before.grid
    self.options = options
    change = slabs.flatMap(\.change)
    deviations = slabs.flatMap(\.deviations)
    changes = slabs.flatMap(\.changes)
  }

  static let outsideValue = -1e6

  /// Marks voxels that an already resampled later image does not cover; uptake is far from this.
  public static let outside = SUVbw.gramsPerMillilitre(outsideValue)

  /// The change of a ratio as an image.
  public var logRatio: Volume<LogRatio> {
    get throws(VolumeError) { try Volume(grid: grid, samples: change) }
  }

  public func change(at offset: Int) -> Change { Change(rawValue: changes[offset]) ?? .background }
}
