public import Foundation
import Geometry
public import Quantities
public import Volumes

/// A dose after Dose Grid Scaling, in whatever unit Dose Units (3004,0002) names.
public struct ScaledDose: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "as in Dose Units (3004,0002)"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }
}

/// An RT Dose object (PS3.3 A.18): a dose grid and what kind of dose it is.
public struct DoseImage: Sendable {
  /// Dose Units (3004,0002).
  public enum Unit: String, Sendable, Hashable, Codable {
    case gray = "GY"
    /// In parts of a value that the object does not state.
    case relative = "RELATIVE"
  }

  /// Dose Type (3004,0004).
  public enum Kind: String, Sendable, Hashable, Codable {
    case physical = "PHYSICAL"
    /// Corrected for biological effect, such as a biologically effective dose.
    case effective = "EFFECTIVE"
    /// A difference or an uncertainty of doses.
    case error = "ERROR"
  }

  public let facts: SeriesFacts
  public let unit: Unit
  public let kind: Kind
  /// Dose Summation Type (3004,000A): `PLAN`, `BEAM`, `FRACTION` …
  public let summation: String?
  /// Dose Comment (3004,0006).
  public let comment: String?
  public let dose: Volume<ScaledDose>
  /// DVH Sequence (3004,0050), where the object has one.
  public let histograms: [DoseVolumeHistogram]
  private let file: String

  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func load(file url: URL) throws(DICOMReadError) -> DoseImage {
    let file = try DICOMFile(contentsOf: url)
    let header = file.header
    try header.require(sopClass: SOPClass.dose, remedy: "Give an RT Dose object.")
    let unit = try choice(.doseUnits, in: header, as: Unit.self)
    let kind = try choice(.doseType, in: header, as: Kind.self)
    guard let scaling = try header.number(.doseGridScaling) else {
      throw header.missing(.doseGridScaling)
    }
    guard scaling > 0 else {
      throw .unusable(
        .doseGridScaling, file: header.file, reason: "is not positive",
        remedy: "Export the dose again from the planning system.")
    }
    let layout = try PixelLayout(file)
    let planes = try DosePlanes(header, frameCount: layout.frames)
    let rescale = Rescale(slope: scaling, intercept: 0)
    let samples = try SampleReader.read(
      planes.order.map { .init(file: file, frame: $0, rescale: rescale) }, layout: layout)
    return DoseImage(
      facts: SeriesFacts(
        header, frame: header.code(.frameOfReference).map { .init(uid: $0) },
        warnings: planes.warnings),
      unit: unit, kind: kind, summation: header.code(.doseSummation),
      comment: header.text(.doseComment),
      dose: try .reading(grid: planes.grid, samples: samples, file: header.file),
      histograms: try header.items(.dvhSequence).map { item throws(DICOMReadError) in
        try DoseVolumeHistogram(item)
      }, file: header.file)
  }

  /// Absorbed dose.
  ///
  /// - Throws: ``DICOMReadError`` when the object holds relative, biologically weighted or
  ///   difference values, which are no absorbed dose.
  public func absorbedDose() throws(DICOMReadError) -> Volume<AbsorbedDose> {
    guard unit == .gray else {
      throw .unusable(
        .doseUnits, file: file, reason: "is RELATIVE: parts of a value that is not stated",
        remedy: "Export the dose in gray.")
    }
    guard kind == .physical else {
      throw .unusable(
        .doseType, file: file, reason: "is \(kind.rawValue), which is no absorbed dose",
        remedy: "Export the physical dose.")
    }
    return dose.scaled(by: 1, as: AbsorbedDose.self)
  }

  private static func choice<Choice: RawRepresentable>(
    _ tag: DICOMTag, in header: DICOMHeader, as _: Choice.Type
  ) throws(DICOMReadError) -> Choice where Choice.RawValue == String {
    let text = try header.required(tag)
    guard let choice = Choice(rawValue: text) else {
      throw .unusable(
        tag, file: header.file, reason: "has a value that DICOM does not define",
        remedy: "Export the dose again from the planning system.")
    }
    return choice
  }
}
