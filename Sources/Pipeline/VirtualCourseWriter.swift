import DICOMIO
public import Foundation
import Geometry
public import Phantoms
import Quantities
import Volumes

/// Writes a virtual course as a hospital would deliver it: DICOM per time point, and beside it
/// the truth that a hospital never has.
///
///     FOLDER/dicom/<time point>/{ct, pet or spect, rtstruct}/NNNN.dcm
///     FOLDER/truth.json
///     FOLDER/README.txt
public struct VirtualCourseWriter {
  private let course: VirtualCourse
  private let folder: URL
  private let uids: UIDSource

  /// What one step of the writing is about.
  public struct Progress: Sendable, Hashable {
    public let timePoint: String
    public let index: Int
    public let count: Int
  }

  /// Where everything went.
  public struct Written: Sendable, Hashable {
    public let dicom: URL
    public let truth: URL
    public let timePoints: [String: URL]
  }

  public init(_ course: VirtualCourse, into folder: URL) {
    self.course = course
    self.folder = folder
    uids = UIDSource(seed: "theratrack virtual course \(course.options.seed)")
  }

  /// Writes the course, one time point in memory at a time.
  public func write(progress: (Progress) -> Void = { _ in }) throws -> Written {
    let dicom = folder.appending(path: "dicom")
    var places: [String: URL] = [:]
    for (index, visit) in course.visits.enumerated() {
      try Task.checkCancellation()
      progress(Progress(timePoint: visit.id, index: index, count: course.visits.count))
      let place = dicom.appending(path: visit.id)
      try write(try course.timePoint(visit), into: place)
      places[visit.id] = place
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    let truth = folder.appending(path: "truth.json")
    try encoder.encode(course.truth()).write(to: truth, options: .atomic)
    try Data(readme.utf8).write(to: folder.appending(path: "README.txt"), options: .atomic)
    return Written(dicom: dicom, truth: truth, timePoints: places)
  }

  private func write(_ timePoint: VirtualTimePoint, into place: URL) throws {
    let visit = timePoint.visit
    // CT comes first, a few minutes before the emission scan.
    let ctStart = visit.scanStart.addingTimeInterval(-180)
    let ct = try CTSeriesWriter.write(
      timePoint.ct, header: header(timePoint, 2, "CT", start: ctStart),
      into: place.appending(path: "ct"), fileNumbers: shuffled(timePoint.ct.grid, "ct \(visit.id)"))
    try writeEmission(timePoint, into: place)
    var structures = StructureSetWriter(
      header: header(timePoint, 4, "Organs", start: ctStart), drawnOn: ct, label: "Organs")
    for organ in Organ.allCases {
      try structures.add(timePoint.structure(organ), named: organ.rawValue)
    }
    try structures.write(to: place.appending(path: "rtstruct/0001.dcm"))
  }

  private func writeEmission(_ timePoint: VirtualTimePoint, into place: URL) throws {
    let visit = timePoint.visit
    let injected = Radiopharmaceutical(
      name: "DOTATATE", nuclide: visit.tracer, activity: visit.injectedActivity,
      injection: visit.injection)
    if visit.isDiagnostic {
      let grid = timePoint.emission.grid
      // About 130 mm per bed position.
      let slices = Int((130 / grid.spacing.z).rounded())
      _ = try PETSeriesWriter.write(
        timePoint.emission, header: header(timePoint, 3, "PET", start: visit.scanStart),
        tracer: injected, beds: .init(slices: slices, duration: .seconds(150)),
        into: place.appending(path: "pet"), fileNumbers: shuffled(grid, "pet \(visit.id)"))
    } else {
      _ = try SPECTWriter.write(
        timePoint.emission, header: header(timePoint, 3, "SPECT", start: visit.scanStart),
        agent: injected, window: course.options.nuclide.window, duration: .seconds(1200),
        to: place.appending(path: "spect/0001.dcm"))
    }
  }

  private func header(
    _ timePoint: VirtualTimePoint, _ number: Int, _ kind: String, start: Date
  ) -> SeriesHeader {
    let visit = timePoint.visit
    let seed = course.options.seed
    return SeriesHeader(
      patientName: "Virtual^Patient \(seed)", patientID: "VIRTUAL-\(seed)",
      sex: VirtualCourse.patientSex, weight: visit.patientWeight,
      height: VirtualCourse.patientHeight, studyUID: uids.uid("study \(visit.id)"),
      studyID: visit.id, studyStart: visit.scanStart.addingTimeInterval(-600),
      studyDescription:
        "\(visit.tracer.symbol) DOTATATE \(visit.isDiagnostic ? "PET" : "SPECT")/CT",
      seriesUID: uids.uid("series \(visit.id) \(kind)"), seriesNumber: number,
      seriesDescription: kind, start: start, frame: timePoint.frame, uids: uids)
  }

  /// File numbers that do not follow the slices, as archives deliver them: order is a matter of
  /// Image Position (Patient), not of names.
  private func shuffled(_ grid: VoxelGrid, _ name: String) -> [Int] {
    var random = SeededGenerator(seed: course.options.seed, stream: "file names \(name)")
    return Array(1...grid.size.z).shuffled(using: &random)
  }

  private var readme: String {
    let nuclide = course.options.nuclide.rawValue
    return """
      A virtual course of \(nuclide) DOTATATE therapy, made by Theratrack. No real patient is in it.

      dicom/<time point>/ct        CT, one file per slice, in no order of names
      dicom/<time point>/pet       Ga-68 DOTATATE PET in Bq/mL, decay-corrected to series start
      dicom/<time point>/spect     \(nuclide) SPECT in Bq/mL, one multi-frame NM image
      dicom/<time point>/rtstruct  outlines of organs, not of lesions
      truth.json                   motion, landmarks, lesions, organs, time-integrated activity;
                                   its conventions are in it, and its keys end in their units

      """
  }
}

extension TherapyNuclide {
  fileprivate var window: SPECTWriter.EnergyWindow {
    switch self {
    case .lutetium177: .lutetium208
    case .actinium225: .bismuth440
    }
  }
}
