public import Volumes

/// By what body size an uptake value is normalised: PS3.3 C.8.9.1.1.5, SUV Type (0054,1006).
public enum SUVType: String, Sendable, Hashable, Codable, CaseIterable {
  /// Body weight, g/mL.
  case bodyWeight = "bw"
  /// Lean body mass, Janmahasatian 2005, g/mL: the one that PERCIST-like SUL uses here.
  case leanBodyMassJanmahasatian = "lbm-janma"
  /// Lean body mass, James with the factor 128 for men, g/mL.
  case leanBodyMassJames = "lbm-james"
  /// Lean body mass with the factor 120 for men, g/mL: what DICOM's plain `LBM` stands for.
  case leanBodyMass120 = "lbm-120"
  /// Ideal body weight, Sugawara 1999, g/mL.
  case idealBodyWeight = "ibw"
  /// Body surface area, Du Bois 1916, cm²/mL.
  case bodySurfaceArea = "bsa"

  /// The defined term of SUV Type (0054,1006).
  public var dicomTerm: String {
    switch self {
    case .bodyWeight: "BW"
    case .leanBodyMassJanmahasatian: "LBMJANMA"
    case .leanBodyMassJames: "LBMJAMES128"
    case .leanBodyMass120: "LBM"
    case .idealBodyWeight: "IBW"
    case .bodySurfaceArea: "BSA"
    }
  }

  public init?(dicomTerm: String) {
    guard let type = Self.allCases.first(where: { $0.dicomTerm == dicomTerm }) else { return nil }
    self = type
  }

  /// UCUM unit of the uptake value.
  public var unit: String { self == .bodySurfaceArea ? "cm2/mL" : "g/mL" }

  /// In words, for messages.
  public var words: String {
    switch self {
    case .bodyWeight: "body weight"
    case .leanBodyMassJanmahasatian: "lean body mass (Janmahasatian)"
    case .leanBodyMassJames: "lean body mass (James, factor 128 for men)"
    case .leanBodyMass120: "lean body mass (factor 120 for men, as DICOM defines LBM)"
    case .idealBodyWeight: "ideal body weight (Sugawara)"
    case .bodySurfaceArea: "body surface area (Du Bois)"
    }
  }
}

extension PETSeries {
  /// How the rescaled values become SUV of one type, and which rule that followed.
  public func suvConversion(as type: SUVType) throws(DICOMReadError) -> SUVConversion {
    try SUVConversion(header, as: type)
  }

  /// The samples after a conversion, in the unit of its type.
  public func uptake(
    _ conversion: SUVConversion
  ) throws(DICOMReadError) -> Volume<RescaledValue> {
    try scaled(by: conversion.scales)
  }
}
