public import Quantities
public import Volumes

/// All IBSI features of one lesion.
public struct LesionFeatures: Sendable, Hashable, Codable {
  public let features: [LesionFeature]
  /// Why some families are missing.
  public let notAssessable: [String]

  public struct Options: Sendable, Hashable, Codable {
    /// Grey levels have this width: 0.5 g/mL is common for FDG (Leijenaar 2015, Sci Rep
    /// 5:11075).
    public var binWidth = 0.5
    /// Where the first grey level begins.
    public var lowest = 0.0
    /// Texture of fewer voxels says little but the size (Hatt 2015, J Nucl Med 56:38).
    public var leastTextureVoxels = 64

    public init() {}
  }

  /// - Returns: `nil` for an empty outline.
  public init?(of outline: Outline, in image: Volume<SUVbw>, options: Options = Options()) {
    guard let shape = LesionShape(of: outline, in: image),
      let statistics = IntensityStatistics(of: outline, in: image)
    else { return nil }
    let unit = SUVbw.baseUnit
    var features = shape.features + statistics.features(unit: unit)
    features += IntensityVolumeHistogram(statistics.sorted, step: options.binWidth / 5)
      .features(unit: unit)
    var missing: [String] = []
    if let peak = LocalIntensityPeak(in: outline, of: image) {
      features += peak.features(unit: unit)
    } else {
      missing.append("local intensity: a 1 mL sphere leaves the image")
    }
    if outline.voxelCount >= options.leastTextureVoxels {
      features += Self.texture(of: outline, in: image, options: options)
    } else {
      missing.append(
        "texture: \(outline.voxelCount) voxels are fewer than \(options.leastTextureVoxels)")
    }
    self.features = features
    notAssessable = missing
  }

  /// Features of the grey-level matrices; none for values below the first level.
  public static func texture(
    of outline: Outline, in image: Volume<SUVbw>, options: Options
  ) -> [LesionFeature] {
    guard
      let levels = GreyLevels(
        of: outline, in: image, binWidth: options.binWidth, lowest: options.lowest)
    else { return [] }
    return (CooccurrenceMatrix(levels)?.features ?? []) + SizeZoneMatrix(levels).features
      + (ToneDifferenceMatrix(levels)?.features ?? [])
  }

  public subscript(identifier: String, family: LesionFeature.Family) -> Double? {
    features.first { $0.identifier == identifier && $0.family == family }?.value
  }
}
