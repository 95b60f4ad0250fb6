import Quantities

/// The numerator of an uptake value.
struct BodySize: Sendable, Hashable {
  /// In grams, or in cm² for body surface area, so that size / dose is the SUV per Bq/mL.
  let value: Double
  let warnings: [String]
}

extension PETHeader {
  /// Body mass index, in kg/m², above which the James formula falls with rising weight: the zero
  /// of its derivative a − 2 b W / H², so a / (2 b) with H in cm.
  static func jamesTurningPoint(_ sex: Sex) -> Double {
    let men = 1.10 / (2 * 128) * 1e4
    let women = 1.07 / (2 * 148) * 1e4
    return sex == .male ? men : women
  }

  /// - Throws: ``DICOMReadError`` naming the body fact that is missing or cannot be.
  func bodySize(_ type: SUVType) throws(DICOMReadError) -> BodySize {
    switch type {
    case .bodyWeight: BodySize(value: try bodyWeight().grams, warnings: [])
    case .bodySurfaceArea:
      BodySize(
        value: LeanBodyMass.surfaceInSquareMetres(
          weight: try bodyWeight(), height: try bodyHeight()) * 1e4, warnings: [])
    case .idealBodyWeight:
      try size(LeanBodyMass.idealWeight(height: try bodyHeight(), sex: try bodySex()), of: type)
    case .leanBodyMassJanmahasatian:
      try size(
        LeanBodyMass.janmahasatian(
          weight: try bodyWeight(), height: try bodyHeight(), sex: try bodySex()), of: type)
    case .leanBodyMassJames: try james(type, maleFactor: 128)
    case .leanBodyMass120: try james(type, maleFactor: 120)
    }
  }

  private func james(_ type: SUVType, maleFactor: Double) throws(DICOMReadError) -> BodySize {
    let (weight, height, sex) = (try bodyWeight(), try bodyHeight(), try bodySex())
    let mass = LeanBodyMass.james(
      weight: weight, height: height, sex: sex, maleFactor: maleFactor)
    let bodyMassIndex = weight.kilograms / (height.metres * height.metres)
    let isBeyond = bodyMassIndex > Self.jamesTurningPoint(sex)
    return try size(
      mass, of: type,
      warnings: isBeyond
        ? [
          "the James lean body mass falls with weight at this body mass index; "
            + "prefer lean body mass by Janmahasatian"
        ] : [])
  }

  private func size(
    _ mass: Mass, of type: SUVType, warnings: [String] = []
  ) throws(DICOMReadError) -> BodySize {
    guard mass > .zero else {
      throw .unusable(
        .patientSize, file: file, reason: "lies outside what \(type.words) is defined for",
        remedy: "Ask for SUV by body weight, or correct height and weight.")
    }
    let isOther = try bodySex() == .other
    return BodySize(
      value: mass.grams,
      warnings: warnings
        + (isOther
          ? [
            "Patient's Sex (0010,0040) is O; the mean of the formulas for men and women was used"
          ] : []))
  }
}
