/// A lesion feature as the Image Biomarker Standardisation Initiative defines it.
///
/// Names and identifiers are those of the IBSI reference manual (Zwanenburg et al., Radiology
/// 2020;295:328; arXiv 1612.07003).
public struct LesionFeature: Sendable, Hashable, Codable {
  public let family: Family
  /// As in the manual: `Sphericity`.
  public let name: String
  /// The manual's identifier of the feature: `QCFX`.
  public let identifier: String
  public let value: Double
  /// UCUM; `1` for a pure number.
  public let unit: String

  public enum Family: String, Sendable, Hashable, Codable {
    case morphology = "Morphology"
    case localIntensity = "Local intensity"
    case statistics = "Intensity-based statistics"
    case volumeHistogram = "Intensity-volume histogram"
    case cooccurrence = "Co-occurrence matrix (3D, merged)"
    case sizeZone = "Size zone matrix (3D)"
    case toneDifference = "Neighbourhood grey tone difference matrix (3D)"
  }
}
