public import Foundation
import Geometry
public import Quantities
public import Volumes

/// Where the Bq/mL per stored count of a SPECT image comes from.
public enum SPECTCalibration: Sendable, Hashable, Codable {
  /// Real World Value Mapping Sequence (0040,9096) in Bq/mL, or Units (0054,1001) BQML.
  case fromHeader
  /// Bq/mL per rescaled count, as the site measured it for this camera, nuclide and protocol.
  case factor(becquerelsPerMillilitrePerCount: Double)
}

/// A reconstructed SPECT: one multi-frame Nuclear Medicine image.
public struct SPECTSeries: Sendable {
  public let facts: SeriesFacts
  /// Time the detectors spent on it, from Rotation Information; `nil` when the header lacks it.
  public let duration: Duration?
  /// Patient, dose and energy windows.
  public let scan: NuclearMedicineFacts
  /// When its activities belong to, as the header says.
  public let decay: SPECTDecay
  /// The nuclide as the header spells it.
  public var radionuclide: String? { scan.radionuclide }
  /// Counts after Rescale Slope and Intercept.
  public let counts: Volume<RescaledValue>
  /// What turns stored values into Bq/mL; `nil` when the header has no calibration.
  let headerCalibration: Rescale?
  private let rescale: Rescale
  private let file: String

  /// Reads one file.
  ///
  /// - Parameter phases: Which frames of a gated or multi-window reconstruction to take, by Time Slot
  ///   Vector (0054,0070), Energy Window Vector (0054,0010) and the like.
  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func load(
    file url: URL, phases: [SeriesPhase] = []
  ) throws(DICOMReadError) -> SPECTSeries {
    let file = try DICOMFile(contentsOf: url)
    let header = file.header
    try header.require(
      sopClass: SOPClass.nuclearMedicine,
      remedy: "Give the reconstructed SPECT as a Nuclear Medicine image.")
    try checkReconstructed(header)
    let layout = try PixelLayout(file)
    let chosen = try NuclearMedicineFrames.select(
      header, frameCount: layout.frames, phases: phases)
    let frames = try FrameStack(header, frames: chosen, of: layout.frames)
    let scan = try NuclearMedicineFacts(header)
    let rescale = try Rescale(header)
    let sources = frames.order.map {
      SampleReader.Source(file: file, frame: $0, rescale: rescale)
    }
    let samples = try SampleReader.read(sources, layout: layout)
    return SPECTSeries(
      facts: SeriesFacts(
        header, frame: header.code(.frameOfReference).map { FrameOfReference(uid: $0) },
        warnings: frames.warnings + scan.warnings),
      duration: try scanDuration(header), scan: scan,
      decay: SPECTDecay(header, injection: scan.injection),
      counts: try .reading(grid: frames.grid, samples: samples, file: header.file),
      headerCalibration: try calibration(header, rescale), rescale: rescale, file: header.file)
  }

  /// The decay reference to go by: what a person says, else the header, else `nil`.
  ///
  /// - Throws: ``DICOMReadError`` for a header that contradicts itself, unless a person says it.
  public func decayReference(
    _ given: SPECTDecayReference? = nil
  ) throws(DICOMReadError) -> SPECTDecayReference? {
    if let given { return given }
    guard let contradiction = decay.contradiction else { return decay.stated }
    throw .unusable(
      .decayCorrection, file: file, reason: contradiction,
      remedy: "Find out what the camera did, and write spect.decayReference: start, administration "
        + "or none in the course file.")
  }

  /// Bq/mL as stored, or by the factor.
  ///
  /// - Throws: ``DICOMReadError/missing(_:file:remedy:)`` for (0040,9096) when the image holds
  ///   counts and no factor is given.
  public func concentrationVolume(
    calibration: SPECTCalibration = .fromHeader
  ) throws(DICOMReadError) -> Volume<ActivityConcentration> {
    switch calibration {
    case .factor(let perCount):
      return counts.scaled(by: perCount, as: ActivityConcentration.self)
    case .fromHeader:
      guard let line = headerCalibration else {
        throw .missing(
          .realWorldValueMapping, file: file,
          remedy: "The image holds counts: export it with its calibration in Bq/ml, or give the "
            + "camera's factor in Bq/mL per count.")
      }
      // The line maps stored values; undo the rescale first: s = (c − intercept) / slope.
      let slope = line.slope / rescale.slope
      let intercept = line.intercept - rescale.intercept * slope
      let samples = counts.samples.map { Float(Double($0) * slope + intercept) }
      return try .reading(grid: counts.grid, samples: samples, file: file)
    }
  }
}

extension SPECTSeries {
  private static func checkReconstructed(_ header: DICOMHeader) throws(DICOMReadError) {
    let type = header.texts(.imageType)
    guard type.contains("RECON TOMO") || type.contains("RECON GATED TOMO") else {
      throw .unsupported(
        .imageType, file: header.file, what: "a planar or projection image",
        remedy: "Give the reconstructed slices (Image Type RECON TOMO).")
    }
  }

  /// Frame duration times the frames of a rotation, summed over the rotations.
  private static func scanDuration(_ header: DICOMHeader) throws(DICOMReadError) -> Duration? {
    var milliseconds = 0.0
    for rotation in header.items(.rotationInformation) {
      guard let one = try rotation.number(.frameDuration),
        let count = try rotation.number(.framesInRotation)
      else { return nil }
      milliseconds += one * count
    }
    return milliseconds > 0 ? .seconds(milliseconds / 1000) : nil
  }

  /// The line from stored values to Bq/mL: Real World Value Mapping (PS3.3 C.7.6.16.2.11) in UCUM
  /// `Bq/ml`, else the rescale where Units (0054,1001) says BQML, as some cameras write.
  private static func calibration(
    _ header: DICOMHeader, _ rescale: Rescale
  ) throws(DICOMReadError) -> Rescale? {
    for mapping in header.items(.realWorldValueMapping) {
      let unit = mapping.items(.measurementUnits).first?.code(.codeValue)?.lowercased()
      let scale = ["bq/ml": 1.0, "kbq/ml": 1e3, "mbq/ml": 1e6][unit ?? ""]
      guard let scale, let slope = try mapping.number(.realWorldSlope), slope > 0 else { continue }
      let intercept = try mapping.number(.realWorldIntercept) ?? 0
      return Rescale(slope: slope * scale, intercept: intercept * scale)
    }
    return header.code(.units) == "BQML" ? rescale : nil
  }
}

/// Where the frames of a reconstructed Nuclear Medicine image lie.
private struct FrameStack {
  let grid: VoxelGrid
  /// Frame indices from the first slice of the grid to the last.
  let order: [Int]
  let warnings: [String]

  /// Frames are numbered by Slice Vector. Spacing Between Slices counts from the first slice
  /// along the normal of the image plane, and against it when negative (PS3.3 C.8.4.15).
  init(_ header: DICOMHeader, frames: [Int], of total: Int) throws(DICOMReadError) {
    let frameCount = frames.count
    let spacing = try Self.sliceSpacing(header)
    var warnings: [String] = []
    let plane = try Self.plane(header, &warnings)
    let slices = try Self.sliceNumbers(header, frames, of: total)
    let byPosition = frames.indices.sorted { slices[$0] < slices[$1] }.map { frames[$0] }
    order = spacing > 0 ? byPosition : byPosition.reversed()
    let lowest = spacing > 0 ? 0 : spacing * Double(frameCount - 1)
    self.warnings = warnings
    let origin = plane.position.millimetres + plane.plane.axes.k * lowest
    do {
      grid = try VoxelGrid(
        size: [
          header.requiredInteger(.columns), header.requiredInteger(.rows), frameCount,
        ],
        spacing: [plane.plane.columnSpacing, plane.plane.rowSpacing, abs(spacing)],
        axes: plane.plane.axes, origin: PatientPoint(millimetres: origin))
    } catch let error as DICOMReadError {
      throw error
    } catch {
      throw .unusable(
        .orientation, file: header.file, reason: "gives no voxel grid: \(error)",
        remedy: "Export the image again.")
    }
  }

  private static func sliceSpacing(_ header: DICOMHeader) throws(DICOMReadError) -> Double {
    // Slice Thickness stands in where slices touch; NM images commonly write only one of the two.
    let thickness = try header.number(.sliceThickness)
    let spacing = try header.number(.spacingBetweenSlices) ?? thickness
    guard let spacing, spacing != 0 else { throw header.missing(.spacingBetweenSlices) }
    return spacing
  }

  private static func plane(
    _ header: DICOMHeader, _ warnings: inout [String]
  ) throws(DICOMReadError) -> (plane: ImagePlane, position: PatientPoint) {
    let detector = header.items(.detectorInformation).first ?? header
    let orientation = try (detector.numbers(.orientation), header.numbers(.orientation))
    let position = try (detector.numbers(.position), header.numbers(.position))
    let spacing = try header.requiredNumbers(.pixelSpacing, count: 2)
    let cosines = orientation.0.count == 6 ? orientation.0 : orientation.1
    let corner = position.0.count == 3 ? position.0 : position.1
    guard cosines.count == 6, corner.count == 3 else {
      warnings.append(
        "the image has no position or orientation in the patient; it can be looked at and measured "
          + "but not joined to a CT")
      let plane = try ImagePlane(
        orientation: [1, 0, 0, 0, 1, 0], spacing: spacing, file: header.file)
      return (plane, PatientPoint(x: 0, y: 0, z: 0))
    }
    let plane = try ImagePlane(orientation: cosines, spacing: spacing, file: header.file)
    return (plane, PatientPoint(x: corner[0], y: corner[1], z: corner[2]))
  }

  private static func sliceNumbers(
    _ header: DICOMHeader, _ frames: [Int], of total: Int
  ) throws(DICOMReadError) -> [Double] {
    guard let vector = try NuclearMedicineFrames.vector(.sliceVector, header, total) else {
      return frames.map(Double.init)
    }
    let numbers = frames.map { vector[$0] }
    guard Set(numbers).count == frames.count else {
      throw .unusable(
        .sliceVector, file: header.file, reason: "does not number each frame once",
        remedy: "Split a gated or dynamic image by its time slots and give one of them.")
    }
    return numbers
  }
}
