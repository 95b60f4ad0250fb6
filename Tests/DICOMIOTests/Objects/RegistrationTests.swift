import Foundation
import Geometry
import Quantities
import TestSupport
import Testing

@testable import DICOMIO

@Suite struct RegistrationObjectTests {
  private static let fixed = FrameOfReference(uid: "2.25.1")
  private static let moving = FrameOfReference(uid: "2.25.2")

  static func header(frame: FrameOfReference = fixed) -> SeriesHeader {
    let uids = UIDSource(seed: "registration tests")
    return SeriesHeader(
      patientName: "Nobody^Known", patientID: "P1", sex: .female, weight: .kilograms(70),
      height: .metres(1.7), studyUID: uids.uid("study"), studyID: "1",
      studyStart: Date(timeIntervalSince1970: 1_700_000_000), studyDescription: "Test",
      seriesUID: uids.uid("series"), seriesNumber: 1, seriesDescription: "Registration",
      start: Date(timeIntervalSince1970: 1_700_000_000), frame: frame, uids: uids)
  }

  private let rigid = RigidTransform(
    from: moving, to: fixed, rotationVector: [0.31, -0.22, 0.13],
    about: PatientPoint(x: 12.5, y: -230.75, z: 1043.125), translation: [3.7, -41.19, 8.003])

  /// Bars: 1e-6 for the rotation and 1e-4 mm for the translation.
  @Test func aRigidRegistrationComesBack() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "reg.dcm")
      try RegistrationWriter.write(
        [RegistrationMatrix(rigid)], header: Self.header(), label: "LINK", to: file)
      let read = try SpatialRegistration.load(file: file)
      #expect(read.frameOfReference == Self.fixed)
      #expect(read.matrices.count == 2)
      let matrix = try #require(read.matrix(from: Self.moving))
      let back = try matrix.rigid()
      for (a, b) in zip(back.columns, rigid.columns) { #expect((a - b).length < 1e-6) }
      #expect((back.translation - rigid.translation).length < 1e-4)
      #expect(read.warnings.isEmpty)
      try check(file)
    }
  }

  @Test func aDeformationComesBack() throws {
    let grid = try VoxelGrid(
      size: [5, 4, 3], spacing: [3, 4, 5],
      axes: .init(i: [0.8, 0.6, 0], j: [-0.6, 0.8, 0], k: [0, 0, 1]),
      origin: PatientPoint(x: -10, y: 20, z: -30))
    var vectors = (0..<(3 * grid.voxelCount)).map { Float($0 % 17) * 0.37 - 2.5 }
    for axis in 0..<3 { vectors[vectors.count - 3 + axis] = .nan }
    let pre = RegistrationMatrix(
      RigidTransform(from: Self.fixed, to: Self.fixed, translation: [1, 2, 3]))
    let post = RegistrationMatrix(rigid.inverse)
    let map = DeformationGrid(pre: pre, grid: grid, displacements: vectors, post: post)
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "deformable.dcm")
      try RegistrationWriter.write([map], header: Self.header(), label: "BREATH", to: file)
      let read = try #require(
        try DeformableSpatialRegistration.load(file: file).deformation(to: Self.moving))
      let back = try #require(read.grid)
      #expect(back.size == grid.size)
      #expect(
        back.patientPoint(i: 4, j: 3, k: 2).distance(
          to: grid.patientPoint(i: 4, j: 3, k: 2)) < 1e-3)
      #expect(zip(read.displacements, vectors).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
      let p = grid.patientPoint(at: GridPoint(ijk: [1.3, 2.1, 0.4]))
      let (there, known) = (try #require(read(p)), try #require(map(p)))
      #expect(there.distance(to: known) < 1e-3)
      #expect(read(grid.patientPoint(i: 4, j: 3, k: 2)) == nil)
      #expect(read(PatientPoint(x: 900, y: 0, z: 0)) == nil)
      try check(file)
    }
  }

  /// On a grid point: post · (pre · x + Δ), by hand.
  @Test func theOrderIsPreThenVectorThenPost() throws {
    let grid = try VoxelGrid(size: [2, 1, 1], spacing: [10, 10, 10])
    let turn = RigidTransform(
      from: Self.fixed, to: Self.moving, rotationVector: [0, 0, .pi / 2], translation: [0, 0, 7])
    let map = DeformationGrid(
      pre: RegistrationMatrix(
        RigidTransform(from: Self.fixed, to: Self.fixed, translation: [100, 0, 0])),
      grid: grid, displacements: [1, 2, 3, 3, 2, 1], post: RegistrationMatrix(turn))
    // (10, 0, 0) → (110, 0, 0) → (113, 2, 1) → turned by 90° about z: (−2, 113, 1) → z + 7.
    let there = try #require(map(PatientPoint(x: 10, y: 0, z: 0)))
    #expect(there.distance(to: PatientPoint(x: -2, y: 113, z: 8)) < 1e-12)
    // Half-way between the two vectors.
    let middle = try #require(map(PatientPoint(x: 5, y: 0, z: 0)))
    #expect(middle.distance(to: PatientPoint(x: -2, y: 107, z: 9)) < 1e-12)
  }

  /// No error and no warning of the independent checker.
  private func check(_ file: URL) throws {
    guard let dciodvfy = ExternalTool.dciodvfy else { return }
    let report = try dciodvfy.output([file.path])
    #expect(!report.contains("Error"), "\(report)")
  }

  // MARK: Matrices of other programs

  private func registration(_ matrices: [[Double]]) throws -> SpatialRegistration {
    let items = matrices.map { rows in
      var d = TinyDICOM()
      d.set(0x3006_00C6, "DS", rows.map { "\($0)" }.joined(separator: "\\"))
      d.set(0x0070_030C, "CS", "AFFINE")
      return d
    }
    var registration = TinyDICOM()
    registration.set(0x0070_030A, items: items)
    var entry = TinyDICOM()
    entry.set(0x0020_0052, "UI", Self.moving.uid)
    entry.set(0x0070_0309, items: [registration])
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.1")
    d.set(0x0020_0052, "UI", Self.fixed.uid)
    d.set(0x0070_0308, items: [entry])
    return try withTemporaryFolder { folder in
      let url = folder.appending(path: "reg.dcm")
      try d.write(to: url)
      return try SpatialRegistration.load(file: url)
    }
  }

  private let quarterTurn: [Double] = [0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
  private let shift: [Double] = [1, 0, 0, 10, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]

  /// The matrix takes the item's frame to the registered one.
  @Test func aMatrixMapsFromTheItemsFrame() throws {
    let matrix = try #require(try registration([quarterTurn]).matrix(from: Self.moving))
    #expect(matrix.to == Self.fixed)
    let there = try matrix.rigid()(PatientPoint(x: 1, y: 0, z: 5))
    #expect(there.distance(to: PatientPoint(x: 0, y: 1, z: 5)) < 1e-12)
  }

  /// Turn · shift: shifted first. The other order would give (10, 1, 0).
  @Test func severalMatricesAreMultipliedInTheirOrder() throws {
    let read = try registration([quarterTurn, shift])
    let matrix = try #require(read.matrix(from: Self.moving))
    let there = matrix(PatientPoint(x: 1, y: 0, z: 0))
    #expect(there.distance(to: PatientPoint(x: 0, y: 11, z: 0)) < 1e-12)
    #expect(read.warnings.count == 1)
    #expect(try registration([shift, shift]).warnings.isEmpty)
  }

  @Test(arguments: [
    ([1.02, 0, 0, 0, 0, 1.02, 0, 0, 0, 0, 1.02, 0, 0, 0, 0, 1], "RIGID_SCALE"),
    ([1, 0.1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], "AFFINE"),
    ([-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], "RIGID_SCALE"),
  ])
  func whatIsNotRigidSaysSo(rows: [Double], kind: String) throws {
    let matrix = try #require(try registration([rows]).matrix(from: Self.moving))
    #expect(matrix.kind == kind)
    #expect(throws: NotRigid.self) { try matrix.rigid() }
  }

  @Test(arguments: [
    [1.0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2],
    [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [1, 0, 0],
  ])
  func aBrokenMatrixIsRefused(rows: [Double]) throws {
    let error = #expect(throws: DICOMReadError.self) { try registration([rows]) }
    #expect(error?.tag == DICOMTag(0x3006, 0x00C6))
  }

  /// Rotations of all angles come back from their matrices, half turns too.
  @Test(arguments: [1e-9, 0.3, 1.7, 3.1, Double.pi])
  func rotationsOfAllAnglesComeBack(angle: Double) throws {
    for axis in [
      SIMD3<Double>(1, 0, 0), [0, 1, 0], [0, 0, 1], [0.6, 0, -0.8], [-0.48, 0.6, 0.64],
    ] {
      let turn = RigidTransform(
        from: Self.moving, to: Self.fixed, rotationVector: axis * angle, translation: [1, 2, 3])
      let back = try RegistrationMatrix(turn).rigid()
      for (a, b) in zip(back.columns, turn.columns) { #expect((a - b).length < 1e-12) }
    }
  }

  @Test func aFalseGridSizeTakesNoMemory() throws {
    var grid = TinyDICOM()
    grid.set(0x0020_0032, "DS", "0\\0\\0")
    grid.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
    grid.set(0x0064_0007, "UL", bytes: [400, 400, 400].flatMap { littleEndian(UInt32($0)) })
    grid.set(
      0x0064_0008, "FD", bytes: [1.0, 1, 1].flatMap { littleEndian($0.bitPattern) })
    grid.set(0x0064_0009, "OW", bytes: [0, 0, 0, 0])
    var entry = TinyDICOM()
    entry.set(0x0064_0003, "UI", Self.moving.uid)
    entry.set(0x0064_0005, items: [grid])
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.3")
    d.set(0x0020_0052, "UI", Self.fixed.uid)
    d.set(0x0064_0002, items: [entry])
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "deformable.dcm")
      try d.write(to: url)
      let error = #expect(throws: DICOMReadError.self) {
        try DeformableSpatialRegistration.load(file: url)
      }
      #expect(error?.tag == DICOMTag(0x0064, 0x0009))
    }
  }
}
