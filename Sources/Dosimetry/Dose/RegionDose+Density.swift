extension RegionDose {
  /// Mass density of a region.
  public struct Density: Sendable, Hashable, Codable {
    public let gramsPerMillilitre: Double
    /// u(ρ)/ρ; `nil` takes ``DoseUncertainty/Inputs/density``.
    public let relativeUncertainty: Double?
    /// For the report: measured on CT, or a table.
    public let source: String

    /// On the CT of the patient, instead of taken from a table.
    public var isMeasured: Bool { relativeUncertainty != nil }

    private enum CodingKeys: String, CodingKey {
      case gramsPerMillilitre = "density_g_per_mL"
      case relativeUncertainty = "density_relative"
      case source
    }

    public init(gramsPerMillilitre: Double, relativeUncertainty: Double? = nil, source: String) {
      self.gramsPerMillilitre = gramsPerMillilitre
      self.relativeUncertainty = relativeUncertainty
      self.source = source
    }

    /// As the CTs of a cycle show the region, where that can be the tissue; `nil` where it cannot,
    /// see ``doubt(about:of:kind:)``.
    public init?(_ measured: CTDensity, of name: String, kind: RegionKind) {
      guard Self.doubt(about: measured, of: name, kind: kind) == nil else { return nil }
      self.init(
        gramsPerMillilitre: measured.gramsPerMillilitre,
        relativeUncertainty: measured.standardUncertainty / measured.gramsPerMillilitre,
        source: "CT inside its outline (Schneider 2000)")
    }

    /// Soft organs read over the table: within 3 %, twice their spread in ICRU 46, or contrast agent
    /// or metal is in them (80 HU of agent add about 3 %). Fat makes a liver up to 6 % lighter; below
    /// that gas or lung is in the outline.
    private static let softOrgan = 0.9...1.03
    /// Adipose tissue of ICRU 44 has 0.95 g/mL: a lesion that reads lighter has lung in it, where
    /// breathing put it elsewhere on CT than on the emission image.
    private static let lightestLesion = 0.93

    /// Why what CT shows is not taken for a region's density; `nil` when it is.
    public static func doubt(
      about measured: CTDensity, of name: String, kind: RegionKind
    ) -> String? {
      let value = measured.gramsPerMillilitre
      let text = "\((value * 100).rounded() / 100) g/mL on CT"
      if kind == .lesion, value < lightestLesion {
        return "\(text) is lung, which lies there on CT by another breath"
      }
      guard let known = TissueDensity.gramsPerMillilitre(organ: name), known > 1,
        !softOrgan.contains(value / known)
      else { return nil }
      return "\(text) is not that of the organ (\(known)): contrast agent, metal or gas"
    }

    /// The tabulated density of an organ, or that of average soft tissue.
    public init(organ name: String) {
      if let known = TissueDensity.gramsPerMillilitre(organ: name) {
        self.init(gramsPerMillilitre: known, source: "ICRU 46")
      } else {
        self.init(
          gramsPerMillilitre: TissueDensity.softTissue, source: "average soft tissue, ICRU 44")
      }
    }
  }
}
