import Quantities

extension PETHeader {
  /// Body weight over the body size that stored SUVs were normalised by, PS3.3 C.8.9.1 (SUV Type).
  ///
  /// SUV scales with the body size in its numerator, so SUVbw = stored · weight / size.
  func bodyWeightPerStoredBodySize(
    units: String
  ) throws(DICOMReadError) -> (ratio: Double, warnings: [String]) {
    guard units == "GML" else {
      let area = LeanBodyMass.surfaceInSquareMetres(
        weight: try bodyWeight(), height: try bodyHeight())
      // Stored in cm²/mL; SUVbw in g/mL.
      return (try bodyWeight().grams / (area * 1e4), ["stored by body surface area (Du Bois)"])
    }
    switch suvType {
    case nil, "BW": return (1, [])
    case "LBMJANMA": return (try ratio(LeanBodyMass.janmahasatian), [note("lean body mass")])
    case "LBMJAMES128":
      return (
        try ratio { LeanBodyMass.james(weight: $0, height: $1, sex: $2) }, [note("lean body mass")]
      )
    case "LBM":
      return (
        try ratio { LeanBodyMass.james(weight: $0, height: $1, sex: $2, maleFactor: 120) },
        ["stored by lean body mass, James with the factor 120 for men as DICOM defines LBM"]
      )
    case "IBW":
      return (
        try ratio { LeanBodyMass.idealWeight(height: $1, sex: $2) },
        ["stored by ideal body weight; the formula of Sugawara 1999 was assumed"]
      )
    case let other?:
      throw .unusable(
        .suvType, file: file, reason: "is \(other), which is not known here",
        remedy: "Export the series in BQML or as SUV by body weight.")
    }
  }

  private func ratio(_ size: (Mass, Length, Sex) -> Mass) throws(DICOMReadError) -> Double {
    let weight = try bodyWeight()
    return weight / size(weight, try bodyHeight(), try bodySex())
  }

  private func note(_ size: String) -> String {
    "stored by \(size); turned into SUV by body weight"
  }
}
