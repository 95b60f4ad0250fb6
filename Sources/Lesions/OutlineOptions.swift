public import Geometry
public import Quantities
public import Volumes

/// Everything that decides which voxels become lesions.
public struct OutlineOptions: Sendable, Hashable, Codable {
  public var rule: OutlineRule
  /// Smaller regions are kept as excluded. 0.5 mL is 8 voxels of 4 mm: about the smallest region
  /// whose maximum is not a single noisy voxel.
  public var minimumVolume = TissueVolume.millilitres(0.5)
  public var physiological = PhysiologicalUptake()
  /// Places where uptake is known not to be tumour.
  public var exclusions: [ExclusionZone] = []
  /// `nil` leaves touching lesions joined.
  public var splitting: Splitting?

  public init(rule: OutlineRule) { self.rule = rule }
}

/// An organ, or a lesion that someone outlined, on the grid of the emission image.
public struct NamedRegion: Sendable, Hashable {
  /// Lower case, as the rest of the report names it: `liver`, `left kidney`.
  public let name: String
  public let outline: Outline

  public init(name: String, outline: Outline) {
    self.name = name
    self.outline = outline
  }
  public init(name: String, mask: Mask) {
    self.init(name: name, outline: Outline(mask))
  }
}

/// A place whose uptake the user knows not to be tumour, with the reason.
public struct ExclusionZone: Sendable, Hashable, Codable {
  public enum Shape: Sendable, Hashable, Codable {
    case sphere(centre: PatientPoint, radius: Length)
    /// Along the patient axes, between two opposite corners.
    case box(PatientPoint, PatientPoint)
  }
  public let shape: Shape
  /// Printed with every candidate it excludes: "injection site, left arm".
  public let reason: String

  public init(_ shape: Shape, reason: String) {
    self.shape = shape
    self.reason = reason
  }

  public func contains(_ p: PatientPoint) -> Bool {
    switch shape {
    case .sphere(let centre, let radius):
      return p.distance(to: centre) <= radius.millimetres
    case .box(let a, let b):
      let lower = pointwiseMin(a.millimetres, b.millimetres)
      let upper = pointwiseMax(a.millimetres, b.millimetres)
      return p.millimetres.clamped(lowerBound: lower, upperBound: upper) == p.millimetres
    }
  }
}

/// When one region with several maxima counts as several lesions.
public struct Splitting: Sendable, Hashable, Codable {
  /// Two maxima are apart when the path between them falls below the lower one by at least this
  /// fraction of it. 0.25 stands clear of voxel noise of some 10 %.
  public var minimumDepth: Double

  public init(minimumDepth: Double = 0.25) { self.minimumDepth = minimumDepth }
}
