public import Foundation
import Geometry
public import Quantities

/// A planar scintigram: one multi-frame Nuclear Medicine image of a whole-body or static scan, seen
/// from one or more sides through one or more energy windows. It has no depth and is no volume.
public struct PlanarImage: Sendable {
  /// The side from which a detector looks at the patient.
  public enum Side: String, Sendable, Hashable, Codable {
    case anterior, posterior, leftLateral, rightLateral
    /// The header does not say, or names an oblique view.
    case other
  }

  /// The image of one detector in one energy window.
  public struct View: Sendable, Hashable {
    public let side: Side
    /// The detector and the window by their numbers in the header, from 1.
    public let detector: Int
    public let windowNumber: Int
    public let window: EnergyWindow?
    /// Counts per pixel: columns fastest, the first row on top.
    public let counts: [Float]
  }

  public let facts: SeriesFacts
  public let scan: NuclearMedicineFacts
  public let columns: Int
  public let rows: Int
  /// Millimetres between columns and between rows; `nil` when the header lacks Pixel Spacing.
  public let columnSpacing: Double?
  public let rowSpacing: Double?
  public let views: [View]
  /// Actual Frame Duration (0018,1242): the time that each point was in view in a whole-body scan.
  public let duration: Duration?
  /// Scan Velocity (0018,1300) in mm/s and Scan Length (0018,1302) in mm of a whole-body scan.
  public let scanVelocity: Double?
  public let scanLength: Length?

  /// The views from one side, one per energy window.
  public func views(from side: Side) -> [View] { views.filter { $0.side == side } }

  /// - Parameter phases: Which frames of a dynamic or gated image to take, by Phase Vector
  ///   (0054,0030), Time Slot Vector (0054,0070) and the like.
  /// - Throws: ``DICOMReadError`` naming the attribute, and ``DICOMReadError/severalPhases(file:by:values:)``
  ///   for a dynamic or gated image of which no phase was chosen.
  public static func load(
    file url: URL, phases: [SeriesPhase] = []
  ) throws(DICOMReadError) -> PlanarImage {
    let file = try DICOMFile(contentsOf: url)
    let header = file.header
    try header.require(
      sopClass: SOPClass.nuclearMedicine, remedy: "Give a planar Nuclear Medicine image.")
    guard !header.texts(.imageType).contains(where: { $0.contains("TOMO") }) else {
      throw .unsupported(
        .imageType, file: header.file, what: "a tomographic image in place of a planar one",
        remedy: "Give the reconstructed slices as a SPECT.")
    }
    let layout = try PixelLayout(file)
    let frames = try NuclearMedicineFrames.select(
      header, frameCount: layout.frames, phases: phases,
      open: [.detectorVector, .energyWindowVector])
    let scan = try NuclearMedicineFacts(header)
    let rescale = try Rescale(header)
    let samples = try SampleReader.read(
      frames.map { .init(file: file, frame: $0, rescale: rescale) }, layout: layout)
    let spacing = try header.numbers(.pixelSpacing)
    return PlanarImage(
      facts: SeriesFacts(
        header, frame: header.code(.frameOfReference).map { .init(uid: $0) },
        warnings: scan.warnings),
      scan: scan, columns: layout.columns, rows: layout.rows,
      columnSpacing: spacing.count == 2 ? spacing[1] : nil,
      rowSpacing: spacing.count == 2 ? spacing[0] : nil,
      views: try Self.views(header, layout, frames, scan.energyWindows, samples),
      duration: try header.number(.frameDuration).map { .seconds($0 / 1000) },
      scanVelocity: try header.number(.scanVelocity),
      scanLength: try header.number(.scanLength).map { .millimetres($0) })
  }

  private static func views(
    _ header: DICOMHeader, _ layout: PixelLayout, _ frames: [Int], _ windows: [EnergyWindow],
    _ samples: [Float]
  ) throws(DICOMReadError) -> [View] {
    let detectors = try NuclearMedicineFrames.vector(.detectorVector, header, layout.frames)
    let windowNumbers = try NuclearMedicineFrames.vector(.energyWindowVector, header, layout.frames)
    let detectorItems = header.items(.detectorInformation)
    var views: [View] = []
    for (n, frame) in frames.enumerated() {
      let detector = detectors.flatMap { Int(exactly: $0[frame]) } ?? 1
      let window = windowNumbers.flatMap { Int(exactly: $0[frame]) } ?? 1
      let item = detectorItems.indices.contains(detector - 1) ? detectorItems[detector - 1] : nil
      let size = layout.frameSamples
      views.append(
        View(
          side: try item.map(side) ?? .other, detector: detector, windowNumber: window,
          window: windows.indices.contains(window - 1) ? windows[window - 1] : nil,
          counts: Array(samples[(n * size)..<((n + 1) * size)])))
    }
    return views
  }

  /// From View Code Sequence (0054,0220; PS3.16 CID 26), else from Image Orientation (Patient): the
  /// normal of the image points away from the detector.
  private static func side(_ detector: DICOMHeader) throws(DICOMReadError) -> Side {
    if let meaning = detector.items(.viewCode).first?.text(.codeMeaning)?.lowercased() {
      return sides[meaning] ?? .other
    }
    let c = try detector.numbers(.orientation)
    guard c.count == 6 else { return .other }
    let normal = SIMD3(c[0], c[1], c[2]).cross(SIMD3(c[3], c[4], c[5]))
    if abs(normal.y) > nearlyAlong { return normal.y > 0 ? .anterior : .posterior }
    if abs(normal.x) > nearlyAlong { return normal.x > 0 ? .rightLateral : .leftLateral }
    return .other
  }

  private static let sides: [String: Side] = [
    "anterior": .anterior, "posterior": .posterior, "left lateral": .leftLateral,
    "right lateral": .rightLateral,
  ]
  private static let nearlyAlong = 0.95
}
