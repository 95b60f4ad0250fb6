import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

@testable import DICOMIO

/// What we read against what pydicom and highdicom read. `make check-long` sets them up.
@Suite(.enabled(if: Interoperability.python != nil, Comment(rawValue: Interoperability.absent)))
struct InteroperabilityTests {
  private func real(_ path: String) -> URL? {
    RealData.scans?.appending(path: path)
  }

  @Test(
    .enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)),
    arguments: ["odd-dicom/liver_expb_1frame.dcm", "sr-example/seg.dcm"])
  func sampleSegmentationsAgree(path: String) throws {
    try compareSegments(try #require(real(path)))
  }

  /// Binary, fractional plain and by run length, and label map, on tilted slices.
  @Test func segmentationsOfHighdicomAgree() throws {
    try withTemporaryFolder { folder in
      _ = try Interoperability.run("write_objects.py", [folder.path])
      let names = ["binary.dcm", "fractional.dcm", "rle.dcm", "labelmap.dcm"]
      for name in names { try compareSegments(folder.appending(path: name)) }
      let binary = try SegmentationObject.load(file: folder.appending(path: "binary.dcm"))
      #expect(binary.overlappingSegments.map { [$0.0.number, $0.1.number] } == [[1, 2]])
      #expect(binary.segments[2].trackingIdentifier == "lesion 3")
    }
  }

  private func compareSegments(_ file: URL) throws {
    struct Answer: Decodable {
      struct Segment: Decodable {
        let label: String
        let type: String
        let voxels: Double
        let centre: [Double]?
      }
      let segments: [String: Segment]
    }
    // Background (125040, DCM) of a label map is a segment for highdicom and no region for us.
    let theirs = try Interoperability.read(file, as: Answer.self).segments
      .filter { $0.value.type != "125040" }
    let object = try SegmentationObject.load(file: file)
    #expect(object.segments.count == theirs.count)
    for segment in object.segments {
      let known = try #require(theirs["\(segment.number)"])
      #expect(segment.label == known.label)
      #expect(segment.type?.value == known.type)
      let samples = try #require(try object.coverage(of: segment)).samples
      var (sum, centre) = (0.0, SIMD3<Double>.zero)
      for (n, value) in samples.enumerated() where value > 0 {
        let voxel = object.grid.ijk(at: n)
        sum += Double(value)
        centre +=
          Double(value)
          * object.grid.patientPoint(i: voxel.x, j: voxel.y, k: voxel.z).millimetres
      }
      #expect(abs(sum - known.voxels) < 1e-4 * max(1, known.voxels), "\(file.lastPathComponent)")
      if let place = known.centre {
        #expect((centre / sum - SIMD3(place[0], place[1], place[2])).length < 1e-3)
      }
    }
  }

  @Test(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
  func theSampleStructureSetAgrees() throws {
    struct Answer: Decodable {
      struct Region: Decodable {
        let number: Int
        let name: String
        let contours: [[Double]]
      }
      let regions: [Region]
    }
    let file = try #require(real("odd-dicom/rtstruct.dcm"))
    let theirs = try Interoperability.read(file, as: Answer.self).regions
    let ours = try StructureSet.load(file: file).regions
    #expect(ours.map(\.number) == theirs.map(\.number))
    #expect(ours.map(\.name) == theirs.map(\.name))
    for (a, b) in zip(ours, theirs) {
      let flat = a.contours.map {
        $0.flatMap { [$0.millimetres.x, $0.millimetres.y, $0.millimetres.z] }
      }
      #expect(flat == b.contours)
    }
  }

  @Test(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
  func theSampleValueMapAgrees() throws {
    struct Answer: Decodable {
      struct Map: Decodable {
        let unit: String
        let slope: Double
        let intercept: Double
        let images: Int
      }
      let maps: [Map]
    }
    let file = try #require(real("sr-example/rwvm.dcm"))
    let theirs = try #require(try Interoperability.read(file, as: Answer.self).maps.first)
    let ours = try #require(try RealWorldValueMapping.load(file: file).maps.first)
    #expect(ours.unit.value == theirs.unit)
    #expect(ours.instances.count == theirs.images)
    guard case .linear(let slope, let intercept) = ours.rule else {
      Issue.record("not a straight line")
      return
    }
    #expect(abs(slope / theirs.slope - 1) < 1e-12 && intercept == theirs.intercept)
  }

  @Test(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
  func theSampleReportAgrees() throws {
    struct Number: Decodable {
      let quantity: String
      let value: Double
      let unit: String
      let derivation: String?
    }
    struct Group: Decodable {
      let trackingUID: String?
      let measurements: [Number]
    }
    struct Answer: Decodable {
      let groups: [Group]
      let highdicom: [Group]
    }
    let file = try #require(real("sr-example/sr.dcm"))
    let theirs = try Interoperability.read(file, as: Answer.self)
    let ours = try MeasurementReport.load(file: file).groups
    for answer in [theirs.groups, theirs.highdicom] {
      #expect(ours.map(\.trackingUID) == answer.map(\.trackingUID))
      for (a, b) in zip(ours, answer) {
        #expect(a.measurements.map(\.quantity.value) == b.measurements.map(\.quantity))
        #expect(a.measurements.map(\.value) == b.measurements.map(\.value))
        #expect(a.measurements.map { $0.unit?.value } == b.measurements.map(\.unit))
      }
    }
    #expect(
      ours[0].measurements.map { $0.derivation?.value }
        == theirs.groups[0].measurements.map(\.derivation))
  }

  /// Registrations that we write, read by pydicom.
  @Test func writtenRegistrationsAgree() throws {
    struct Answer: Decodable {
      struct Matrix: Decodable {
        let frame: String
        let rows: [[Double]]
      }
      let matrices: [Matrix]
    }
    struct DeformableAnswer: Decodable {
      struct Deformation: Decodable {
        let frame: String
        let size: [Int]
        let spacing: [Double]
        let origin: [Double]
        let vectors: [Double]
      }
      let deformations: [Deformation]
    }
    let (fixed, moving) = (FrameOfReference(uid: "2.25.1"), FrameOfReference(uid: "2.25.2"))
    let rigid = RegistrationMatrix(
      RigidTransform(
        from: moving, to: fixed, rotationVector: [0.1, -0.2, 0.3], translation: [5, -60, 700.125]))
    let grid = try VoxelGrid(
      size: [4, 3, 2], spacing: [3, 4, 5], origin: PatientPoint(x: 1, y: 2, z: 3))
    let vectors = (0..<72).map { Float($0) * 0.25 }
    let map = DeformationGrid(
      pre: .identity(from: fixed, to: fixed), grid: grid, displacements: vectors,
      post: .identity(from: fixed, to: moving))
    try withTemporaryFolder { folder in
      let (a, b) = (folder.appending(path: "a.dcm"), folder.appending(path: "b.dcm"))
      let header = RegistrationObjectTests.header(frame: fixed)
      try RegistrationWriter.write([rigid], header: header, label: "LINK", to: a)
      try RegistrationWriter.write([map], header: header, label: "LINK", to: b)
      let matrix = try #require(try Interoperability.read(a, as: Answer.self).matrices.last)
      #expect(matrix.frame == moving.uid)
      #expect(zip(matrix.rows[0], rigid.rows).allSatisfy { abs($0 - $1) < 1e-9 })
      let deformation = try #require(
        try Interoperability.read(b, as: DeformableAnswer.self).deformations.first)
      #expect(deformation.frame == moving.uid && deformation.size == [4, 3, 2])
      #expect(deformation.spacing == [3, 4, 5] && deformation.origin == [1, 2, 3])
      #expect(deformation.vectors == vectors.map(Double.init))
    }
  }
}

/// Runs the scripts of Tests/Interoperability.
enum Interoperability {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let absent = "set THERATRACK_LONG=1 and THERATRACK_PYTHON; `make check-long` does"

  /// Python with pydicom and highdicom, in a long run that has it.
  static let python: ExternalTool? = {
    let environment = ProcessInfo.processInfo.environment
    guard environment["THERATRACK_LONG"] != nil else { return nil }
    return environment["THERATRACK_PYTHON"].flatMap(ExternalTool.init(path:))
  }()

  static func run(_ script: String, _ arguments: [String]) throws -> String {
    let python = try #require(python)
    let path = root.appending(path: "Interoperability/\(script)").path
    return try python.output([path] + arguments)
  }

  static func read<Answer: Decodable>(_ file: URL, as _: Answer.Type) throws -> Answer {
    let text = try run("read_objects.py", [file.path])
    let answers = try JSONDecoder().decode([String: Answer].self, from: Data(text.utf8))
    return try #require(answers[file.path])
  }
}
