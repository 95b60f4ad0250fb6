public import Geometry
public import Volumes

/// A volume to be shown, and how its frame is reached from the frame of the picture.
public struct Layer<Value: DisplayQuantity>: Sendable {
  public let volume: Volume<Value>
  /// Maps a point of the picture's frame to the volume's frame; `nil` when they share one.
  public let pictureToVolume: RigidTransform?

  public init(_ volume: Volume<Value>, through pictureToVolume: RigidTransform? = nil) {
    (self.volume, self.pictureToVolume) = (volume, pictureToVolume)
  }

  /// Samples at the pixels of a picture, trilinear; `outside` where the volume does not reach.
  func samples(on grid: PictureGrid, outside: Value) -> [Float] {
    volume.resampled(onto: grid.voxelGrid, through: pictureToVolume, outside: outside).samples
  }
}

/// The time a picture shows: never a date, so that no picture tells who was scanned when.
public struct TimePointLabel: Sendable, Hashable, Codable {
  /// The time point's own id in the course, for example `fu1`.
  public let id: String
  /// Time since the baseline; `nil` when it is not known.
  public let sinceBaseline: Duration?

  public init(id: String, sinceBaseline: Duration?) {
    (self.id, self.sinceBaseline) = (id, sinceBaseline)
  }

  /// `fu1 · week 12`, `c1h24 · day 1`, `base`
  public var text: String {
    guard let days = days else { return id }
    if abs(days) < 0.5 { return "\(id) · day 0" }
    if abs(days) < 14 { return "\(id) · day \(NumberText.fixed(days, decimals: 0))" }
    let weeks = days / 7
    let isWhole = abs(weeks - weeks.rounded()) < 0.05
    return "\(id) · week \(NumberText.fixed(weeks, decimals: isWhole ? 0 : 1))"
  }

  public var days: Double? { sinceBaseline.map { $0 / .seconds(86_400) } }
}
