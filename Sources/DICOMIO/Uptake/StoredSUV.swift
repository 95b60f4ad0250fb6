import Quantities

extension PETHeader {
  /// By what the stored SUVs are normalised, PS3.3 C.8.9.1 (Units and SUV Type).
  func storedType(units: String) throws(DICOMReadError) -> SUVType {
    let isArea = units == "CM2ML"
    // Absent, the stored SUV is that by body weight (PS3.3 C.8.9.1.1.5).
    guard let suvType else { return isArea ? .bodySurfaceArea : .bodyWeight }
    guard let type = SUVType(dicomTerm: suvType) else {
      throw .unusable(
        .suvType, file: file, reason: "is \(suvType), which is not known here",
        remedy: "Export the series in BQML or as SUV by body weight.")
    }
    guard (type == .bodySurfaceArea) == isArea else {
      throw .unusable(
        .suvType, file: file, reason: "is \(suvType), which contradicts Units \(units) (0054,1001)",
        remedy: "Export the series in BQML or as SUV by body weight.")
    }
    return type
  }

  /// What stored SUVs of one type are multiplied by to become those of another: SUV scales with
  /// the body size in its numerator, so no dose and no time is needed, and for the same type no
  /// body fact either.
  func ratio(
    _ wanted: SUVType, to stored: SUVType
  ) throws(DICOMReadError) -> (ratio: Double, warnings: [String]) {
    guard wanted != stored else { return (1, []) }
    let (target, source) = (try bodySize(wanted), try bodySize(stored))
    let warnings = source.warnings + target.warnings.filter { !source.warnings.contains($0) }
    return (
      target.value / source.value,
      ["stored by \(stored.words); turned into SUV by \(wanted.words)"] + warnings
    )
  }
}
