public import Quantities

/// Body facts as uptake formulas need them, after plausibility checks.
extension PETHeader {
  /// Kilograms a scanner's patient may have; what lies outside is a wrong unit or a slip.
  static let plausibleWeight = 0.5...500.0
  /// Metres likewise.
  static let plausibleHeight = 0.3...2.6

  /// - Throws: ``DICOMReadError`` when weight is absent, zero or not in kilograms.
  public func bodyWeight() throws(DICOMReadError) -> Mass {
    try settle([.patientWeight])
    guard let weight, weight != 0 else {
      throw .missing(
        .patientWeight, file: file,
        remedy: "Enter the weight in kg at the scanner and export again; SUV needs it.")
    }
    guard Self.plausibleWeight.contains(weight) else {
      throw .unusable(
        .patientWeight, file: file, reason: "is not a weight in kilograms",
        remedy: "Enter the weight in kg.")
    }
    return .kilograms(weight)
  }

  public func bodyHeight() throws(DICOMReadError) -> Length {
    try settle([.patientSize])
    guard let height, height != 0 else {
      throw .missing(
        .patientSize, file: file, remedy: "Enter the height in m; this normalisation needs it.")
    }
    guard Self.plausibleHeight.contains(height) else {
      throw .unusable(
        .patientSize, file: file, reason: "is not a height in metres",
        remedy: "Enter the height in m.")
    }
    return .metres(height)
  }

  public func bodySex() throws(DICOMReadError) -> Sex {
    try settle([.patientSex])
    if let sex { return sex }
    guard !unreadable.contains(.patientSex) else {
      throw .unusable(
        .patientSex, file: file, reason: "is none of M, F and O", remedy: "Enter M, F or O.")
    }
    throw .missing(
      .patientSex, file: file, remedy: "Enter M, F or O; this normalisation needs it.")
  }

  /// Lean body mass by Janmahasatian, for SUL.
  public func leanBodyMass() throws(DICOMReadError) -> Mass {
    .grams(try bodySize(.leanBodyMassJanmahasatian).value)
  }
}
