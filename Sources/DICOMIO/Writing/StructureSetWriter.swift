public import Foundation
import Geometry
public import Volumes

/// Writes masks as an RT Structure Set (PS3.3 A.19) drawn on a written image series.
public struct StructureSetWriter {
  static let sopClass = "1.2.840.10008.5.1.4.1.1.481.3"
  /// An attribute with an explicit 16-bit length holds at most 65534 bytes.
  private static let longestText = 65_534

  private let images: WrittenSeries
  private let header: SeriesHeader
  private let label: String
  private var structures: [(name: String, contours: [WrittenAttribute])] = []

  /// - Parameters:
  ///   - header: Of the structure set: same study and frame as the images, its own series.
  ///   - images: The series the outlines lie on, one image per slice of the masks' grid.
  public init(header: SeriesHeader, drawnOn images: WrittenSeries, label: String) {
    self.header = header
    self.images = images
    self.label = label
  }

  /// Outlines a mask under a name. An empty mask is left out. One mask at a time, so that a
  /// caller need not hold them all.
  ///
  /// - Throws: ``DICOMWriteError`` when the mask has not one slice per image, or an outline is too
  ///   long for DICOM.
  public mutating func add(_ mask: Mask, named name: String) throws(DICOMWriteError) {
    guard mask.grid.size.z == images.instanceUIDs.count else {
      throw .gridsDiffer(structure: name)
    }
    let contours = ContourTracer.contours(of: mask)
    guard !contours.isEmpty else { return }
    var items: [[WrittenAttribute]] = []
    for contour in contours {
      let text = Self.text(contour, on: mask.grid)
      guard text.utf8.count <= Self.longestText else { throw .contourTooLong(structure: name) }
      items.append([
        .init(0x3006, 0x0016, items: [reference(slice: contour.slice)]),
        .init(0x3006, 0x0042, "CLOSED_PLANAR"),
        .init(0x3006, 0x0046, String(contour.vertices.count)), .init(0x3006, 0x0050, text),
      ])
    }
    let colour = Self.colours[structures.count % Self.colours.count]
    structures.append(
      (
        name,
        [
          .init(0x3006, 0x002A, colour), .init(0x3006, 0x0040, items: items),
          .init(0x3006, 0x0084, String(structures.count + 1)),
        ]
      ))
  }

  /// Saves the structure set.
  public func write(to file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let time = DICOMTime(header.start)
    let attributes =
      header.attributes(
        modality: "RTSTRUCT", sopClass: Self.sopClass,
        instanceUID: header.uids.uid("\(header.seriesUID) structures"), acquired: header.start
      ).filter { !Self.imageOnly.contains($0.tag) }
      + [
        .init(0x0008, 0x1070, ""), .init(0x0020, 0x0013, "1"), .init(0x3006, 0x0002, label),
        .init(0x3006, 0x0008, time.date), .init(0x3006, 0x0009, time.time),
        .init(0x3006, 0x0010, items: [frameReference]),
        .init(0x3006, 0x0020, items: structures.enumerated().map(definition)),
        .init(0x3006, 0x0039, items: structures.map(\.contours)),
        .init(0x3006, 0x0080, items: structures.enumerated().map(observation)),
        .init(0x300E, 0x0002, "UNAPPROVED"),
      ]
    try DICOMObjectWriter.write(attributes, to: file.path)
  }

  /// Attributes of images that a structure set does not have: acquisition and content date and
  /// time.
  private static let imageOnly: Set<WrittenTag> = [
    WrittenTag(0x0008, 0x0022), WrittenTag(0x0008, 0x0023), WrittenTag(0x0008, 0x0032),
    WrittenTag(0x0008, 0x0033),
  ]

  private static let colours = [
    "255\\160\\122", "64\\164\\223", "205\\92\\92", "178\\112\\60", "72\\201\\120",
    "240\\220\\90", "150\\110\\220", "230\\230\\210", "90\\210\\210", "230\\130\\200",
  ]

  private func reference(slice k: Int) -> [WrittenAttribute] {
    [
      .init(0x0008, 0x1150, images.sopClass), .init(0x0008, 0x1155, images.instanceUIDs[k]),
    ]
  }

  private var frameReference: [WrittenAttribute] {
    let series: [WrittenAttribute] = [
      .init(0x0020, 0x000E, images.header.seriesUID),
      .init(0x3006, 0x0016, items: images.instanceUIDs.indices.map(reference)),
    ]
    let study: [WrittenAttribute] = [
      // Detached Study Management, retired, is what this attribute still asks for.
      .init(0x0008, 0x1150, "1.2.840.10008.3.1.2.3.1"),
      .init(0x0008, 0x1155, images.header.studyUID), .init(0x3006, 0x0014, items: [series]),
    ]
    return [
      .init(0x0020, 0x0052, images.header.frame.uid), .init(0x3006, 0x0012, items: [study]),
    ]
  }

  private func definition(
    _ index: Int, _ structure: (name: String, contours: [WrittenAttribute])
  ) -> [WrittenAttribute] {
    [
      .init(0x3006, 0x0022, String(index + 1)),
      .init(0x3006, 0x0024, images.header.frame.uid), .init(0x3006, 0x0026, structure.name),
      .init(0x3006, 0x0036, "AUTOMATIC"),
    ]
  }

  private func observation(
    _ index: Int, _ structure: (name: String, contours: [WrittenAttribute])
  ) -> [WrittenAttribute] {
    [
      .init(0x3006, 0x0082, String(index + 1)), .init(0x3006, 0x0084, String(index + 1)),
      .init(0x3006, 0x00A4, structure.name == "body" ? "EXTERNAL" : "ORGAN"),
      .init(0x3006, 0x00A6, ""),
    ]
  }

  /// Contour Data: x\y\z of every vertex in the patient, to a hundredth of a millimetre.
  private static func text(_ contour: ContourTracer.Contour, on grid: VoxelGrid) -> String {
    var text = ""
    for vertex in contour.vertices {
      let p = grid.patientPoint(
        at: GridPoint(ijk: [vertex.x, vertex.y, Double(contour.slice)])
      ).millimetres
      for value in [p.x, p.y, p.z] {
        if !text.isEmpty { text += "\\" }
        text += hundredths(value)
      }
    }
    return text
  }

  /// Faster by far than a general formatter, and there are a million numbers.
  private static func hundredths(_ value: Double) -> String {
    let whole = Int((value * 100).rounded())
    let (units, rest) = abs(whole).quotientAndRemainder(dividingBy: 100)
    let sign = whole < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(units)" }
    return rest % 10 == 0
      ? "\(sign)\(units).\(rest / 10)" : "\(sign)\(units).\(rest < 10 ? "0" : "")\(rest)"
  }
}
