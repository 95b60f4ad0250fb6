import Foundation
import Quantities

/// The administered activity and when it was given, after the checks that a header needs.
struct Injection: Sendable, Hashable {
  /// In becquerel at the time of injection.
  let dose: Double
  /// In seconds.
  let halfLife: Double
  let instant: Date
  let warnings: [String]

  /// - Parameter scan: The reference time of the series.
  init(_ header: PETHeader, scan: Date) throws(DICOMReadError) {
    let halfLife = try Self.halfLife(header)
    let (dose, doseWarnings) = try Self.dose(header)
    let time = try InjectionTime(header, scan: scan, halfLife: halfLife)
    self.dose = dose
    self.halfLife = halfLife
    instant = time.instant
    warnings = doseWarnings + Self.nuclideWarnings(header, halfLife) + time.warnings
  }

  /// What is left of the dose at an instant, A·2^(−t/T½).
  func dose(at instant: Date) -> Double {
    dose * exp2(-instant.timeIntervalSince(self.instant) / halfLife)
  }
}

extension Injection {
  /// A dose below this many Bq cannot be imaged in a patient.
  static let smallestDose = 1e6
  /// No patient is given more than this many Bq of an imaged nuclide.
  static let largestDose = 1e12
  /// A number in this range is a possible dose in MBq and none in Bq: a common mistake, and the
  /// one the IBSI SUV reference object 3_0 is made of.
  static let megabecquerels = 1.0...1e4
  /// Becquerel a PET dose usually has; outside it is used and said. Own choice, wide enough for
  /// Zr-89 and for radioembolisation with Y-90.
  static let usualDose = 5e6...1e10

  static func halfLife(_ header: PETHeader) throws(DICOMReadError) -> Double {
    try header.settle([.halfLife, .radiopharmaceuticalInformation])
    guard let halfLife = header.halfLife, halfLife > 0 else {
      throw .missing(
        .halfLife, file: header.file,
        remedy: "Restore it in Radiopharmaceutical Information Sequence (0054,0016), in seconds.")
    }
    return halfLife
  }

  static func dose(
    _ header: PETHeader
  ) throws(DICOMReadError) -> (dose: Double, warnings: [String]) {
    try header.settle([.injectedDose, .radiopharmaceuticalInformation])
    guard header.injectionCount < 2 else {
      throw .unusable(
        .radiopharmaceuticalInformation, file: header.file,
        reason: "lists \(header.injectionCount) injections, and which one was imaged is not said",
        remedy: "Keep the item of the injection that was imaged.")
    }
    guard let stored = header.dose, stored != 0 else {
      throw .missing(
        .injectedDose, file: header.file,
        remedy: "Restore it in Radiopharmaceutical Information Sequence (0054,0016), in Bq.")
    }
    if megabecquerels.contains(stored) {
      return (
        stored * 1e6,
        [
          "Radionuclide Total Dose (0018,1074) is below 0.1 MBq if read as Bq, as DICOM demands; "
            + "it was taken as MBq"
        ]
      )
    }
    guard (smallestDose...largestDose).contains(stored) else {
      throw .unusable(
        .injectedDose, file: header.file, reason: "is no possible dose in Bq or MBq",
        remedy: "Enter the administered activity in Bq.")
    }
    let isUsual = usualDose.contains(stored)
    return (
      stored,
      isUsual
        ? []
        : ["Radionuclide Total Dose (0018,1074) is outside 5 MBq to 10 GBq; check it and its unit"]
    )
  }

  /// The half-life belongs to the nuclide that the header names.
  private static func nuclideWarnings(_ header: PETHeader, _ halfLife: Double) -> [String] {
    guard let name = header.radionuclide, let nuclide = Radionuclide(symbol: name),
      abs(halfLife / nuclide.halfLife.inSeconds - 1) > halfLifeTolerance
    else { return [] }
    return [
      "Radionuclide Half Life (0018,1075) is not that of the nuclide in Radionuclide Code "
        + "Sequence (0054,0300), \(nuclide.symbol); the half-life as stored was used"
    ]
  }

  /// Published half-lives of one PET nuclide, and their rounding by vendors, lie closer than this.
  private static let halfLifeTolerance = 0.02
}
