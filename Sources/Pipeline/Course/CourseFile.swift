public import Foundation
import Quantities
import Response
import Yams

/// The course file as it is written: texts with units, before they are checked.
struct CourseFile: Codable {
  var theratrack: Int
  var id: String?
  var agent: Agent?
  var patient: Patient?
  var cycles: [Cycle]?
  var timePoints: [TimePoint]
  var reference: String?
  var limits: String?
  var lesions: Lesions?
  var pet: PETImaging?
  var spect: SPECTImaging?
  var dosimetry: Dosimetry?
  var repeatability: Repeatability?
  var allowGaps: Bool?
  var dose: Dose?
  var criteria: [Criterion]?
  var lesionFacts: [String: LesionFacts]?
  var pictures: Pictures?

  struct Agent: Codable {
    var radionuclide: String
    var ligand: String
  }
  struct Patient: Codable {
    var weight: String?
    var height: String?
    var sex: String?
  }
  struct Cycle: Codable {
    var number: Int
    var activity: String
    var at: String
    var planar: String?
  }
  struct TimePoint: Codable {
    var id: String
    var role: String
    var cycle: Int?
    var pet: String?
    var spect: String?
    var ct: String?
    var structures: String?
    var tracer: String?
    var calibration: Double?
    var totalActivity: String?
    var deadTimeFactor: Double?
    var countRate: String?
    var standard: String?
    var filter: String?
    var clinical: [String: ClinicalFact]?
    var lesionStates: [String: String]?
  }
  struct Lesions: Codable {
    var rule: String?
    var seed: String?
    var minimumVolume: String?
    var exclude: [Exclusion]?
    var split: String?
    var edits: String?
  }
  struct Exclusion: Codable {
    var centre: [Double]
    var radius: String
    var reason: String
  }
  struct PETImaging: Codable {
    var resolution: String?
    var recovery: Recovery?
  }
  struct SPECTImaging: Codable {
    var resolution: String?
    var recovery: Recovery?
    var sensitivity: String?
    var deadTime: String?
    var decayReference: String?
  }
  struct Dosimetry: Codable {
    var rbe: Double?
    var crossDose: String?
    var crossDoseSource: String?
    var halfLifePriors: [String: String]?
    var betweenCycles: String?
    var calibrationUncertainty: String?
    var recoveryUncertainty: String?
  }
  struct Dose: Codable {
    var voxel: String
    var timeActivity: String?
    var decays: Int?
    var seed: UInt64?
  }
  struct Repeatability: Codable {
    var withinSubjectVariation: String
    var acrossScanners: String?
    var variationOfVolume: String?
    var source: String
  }
}

extension Course {
  /// The format version this program reads and writes.
  public static let formatVersion = 1

  /// Reads and checks a course file.
  ///
  /// - Throws: ``CourseError`` naming the entry that is wrong and what to write instead.
  public init(file: URL) throws(CourseError) {
    let path = file.path
    let written: CourseFile
    do {
      let text = try String(contentsOf: file, encoding: .utf8)
      written = try YAMLDecoder().decode(CourseFile.self, from: text)
    } catch let error as DecodingError {
      throw .notYAML(path: path, reason: Self.explain(error))
    } catch let error as YamlError {
      throw .notYAML(path: path, reason: String(describing: error))
    } catch {
      throw .cannotRead(path: path, reason: "the file does not exist or cannot be opened")
    }
    do {
      try self.init(written, folder: file.deletingLastPathComponent())
    } catch let problem {
      throw .invalid(path: path, entry: problem.entry, reason: problem.reason)
    }
  }

  /// What is wrong with one entry.
  struct Problem: Error {
    let entry: String
    let reason: String

    init(entry: String, reason: String) { (self.entry, self.reason) = (entry, reason) }

    /// An entry that names a table.
    init(entry: String, _ error: TableError) {
      self.init(
        entry: entry, reason: error.description + (error.remedy.map { ". \($0)" } ?? ""))
    }
  }

  init(_ file: CourseFile, folder: URL) throws(Problem) {
    guard file.theratrack == Self.formatVersion else {
      throw Problem(
        entry: "theratrack",
        reason: "format \(file.theratrack) is not known; this program reads format "
          + "\(Self.formatVersion)")
    }
    self.folder = folder
    id = file.id ?? "course"
    agent = try Self.agent(file.agent)
    patient = try Self.patient(file.patient)
    cycles = try Self.cycles(file.cycles ?? [], folder: folder)
    timePoints = try Self.timePoints(file.timePoints, cycles: cycles, folder: folder)
    try Self.checkPlanar(cycles, timePoints)
    (reference, referenceIsMean) = try Self.reference(file.reference, among: timePoints)
    limits = file.limits.map { Self.resolve($0, in: folder) }
    lesions = try Self.lesions(file.lesions, folder: folder)
    resolution = ImageResolution(
      pet: try file.pet?.resolution.map { text throws(Problem) in
        try Self.quantity(text, "pet.resolution")
      },
      spect: try file.spect?.resolution.map { text throws(Problem) in
        try Self.quantity(text, "spect.resolution")
      }, recovery: try Self.recovery(file.pet?.recovery, "pet.recovery", folder: folder))
    dosimetry = try Self.dosimetry(file.dosimetry, spect: file.spect, folder: folder)
    try Self.checkCounting(timePoints, dosimetry)
    repeatability = try Self.repeatability(file.repeatability)
    allowsGaps = file.allowGaps ?? false
    voxelDose = try Self.voxelDose(file.dose)
    criteria = try Self.criteria(file.criteria)
    lesionFacts = file.lesionFacts ?? [:]
    pictures = try Self.pictures(file.pictures)
  }

  static func resolve(_ path: String, in folder: URL) -> URL {
    path.hasPrefix("/") ? URL(filePath: path) : folder.appending(path: path).standardizedFileURL
  }

  static func quantity<Value: TextQuantity>(
    _ text: String, _ entry: String
  ) throws(Problem) -> Value {
    do {
      return try Value(text: text)
    } catch {
      throw Problem(entry: entry, reason: error.description)
    }
  }

  static func explain(_ error: DecodingError) -> String {
    func at(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "'\(at(context.codingPath + [key]))' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      return "'\(at(context.codingPath))': \(context.debugDescription)"
    @unknown default:
      return "the entries do not fit"
    }
  }
}
