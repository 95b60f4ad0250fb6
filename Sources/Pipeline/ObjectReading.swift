public import DICOMIO
public import Foundation
import Geometry
import Quantities
import Reporting
import Volumes

/// What one DICOM file says: the answer of `theratrack show`.
///
/// Regions, segments, measurements, value maps and registrations come from
/// ``DICOMIO/ObjectSummary``; images and doses are read to their last voxel.
public struct ObjectReading: Sendable {
  private enum Content {
    case object(ObjectSummary)
    case image(ImageReading)
  }

  private let content: Content

  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public init(file: URL) throws(DICOMReadError) {
    do throws(DICOMReadError) {
      content = .image(try ImageReading(file: file))
    } catch {
      guard error.isOtherKindOfObject else { throw error }
      content = .object(try ObjectSummary.load(file: file))
    }
  }

  public func json() throws -> String {
    let data =
      switch content {
      case .object(let summary): try JSONWriter.data(summary)
      case .image(let image): try JSONWriter.data(image)
      }
    return String(bytes: data.dropLast(), encoding: .utf8) ?? ""
  }

  public func text() -> String {
    switch content {
    case .object(let summary): summary.text
    case .image(let image): image.text
    }
  }
}

/// The voxels of one file and where they lie.
private struct ImageReading: Encodable {
  let file: String
  let kind: String
  let unit: String
  let frameOfReference: FrameOfReference?
  let size: [Int]
  let spacing_mm: [Double]
  /// Centre of the first voxel, LPS.
  let origin_mm: [Double]
  /// Unit vectors of columns, rows and slices, LPS.
  let axes: [[Double]]
  let minimum, maximum, mean: Double
  let warnings: [String]

  /// - Throws: An error about the SOP class when the file is no image.
  init(file: URL) throws(DICOMReadError) {
    switch try SeriesCatalogue.kind(of: file) {
    case .ct:
      let ct = try CTSeries.load(files: [file])
      self.init(file, "CT", "HU", ct.volume, ct.facts)
    case .pet:
      let pet = try PETSeries.load(files: [file])
      self.init(file, "PET", pet.header.units ?? "unknown", pet.rescaled, pet.facts)
    case .spect:
      let spect = try SPECTSeries.load(file: file)
      self.init(file, "SPECT", "as stored", spect.counts, spect.facts)
    case .dose:
      let dose = try DoseImage.load(file: file)
      self.init(file, "RT Dose, \(dose.kind.rawValue)", dose.unit.rawValue, dose.dose, dose.facts)
    case .planar:
      throw .unsupported(
        DICOMTag(0x0008, 0x0016), file: file.lastPathComponent,
        what: "a planar nuclear medicine image",
        remedy: "Give a tomographic image; planar views are read by the library only.")
    case .other:
      throw .unsupported(
        DICOMTag(0x0008, 0x0016), file: file.lastPathComponent, what: "no image",
        remedy: "Give an image.")
    }
  }

  private init<Value: Quantity>(
    _ url: URL, _ kind: String, _ unit: String, _ volume: Volume<Value>, _ facts: SeriesFacts
  ) {
    file = url.lastPathComponent
    (self.kind, self.unit) = (kind, unit)
    frameOfReference = facts.frameOfReference
    let (grid, o) = (volume.grid, volume.grid.origin.millimetres)
    size = [grid.size.x, grid.size.y, grid.size.z]
    spacing_mm = [grid.spacing.x, grid.spacing.y, grid.spacing.z]
    origin_mm = [o.x, o.y, o.z]
    axes = [grid.axes.i, grid.axes.j, grid.axes.k].map { [$0.x, $0.y, $0.z] }
    minimum = Double(volume.samples.min() ?? 0)
    maximum = Double(volume.samples.max() ?? 0)
    mean =
      volume.samples.reduce(0.0) { $0 + Double($1) } / Double(max(volume.samples.count, 1))
    warnings = facts.warnings
  }

  var text: String {
    func list(_ values: [Double]) -> String {
      values.map { Digits.text($0, 3) }.joined(separator: ", ")
    }
    return
      ([
        "\(file): \(kind)", frameOfReference.map { "frame of reference \($0)" },
        "voxels".column(14) + size.map(String.init).joined(separator: " × "),
        "spacing".column(14) + list(spacing_mm) + " mm",
        "origin".column(14) + list(origin_mm) + " mm",
        "values".column(14) + "\(Digits.text(minimum, 4)) to \(Digits.text(maximum, 4)), "
          + "mean \(Digits.text(mean, 4)) (\(unit))",
      ].compactMap { $0 } + warnings.map { "warning: " + $0 })
      .joined(separator: "\n")
  }
}
