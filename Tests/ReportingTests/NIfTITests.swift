import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Reporting

@Suite struct NIfTITests {
  /// A sagittal-like stack: no axis points where NIfTI's do.
  private func grid() throws -> VoxelGrid {
    try VoxelGrid(
      size: [3, 4, 2], spacing: [2, 3, 5],
      axes: .init(i: [0, 1, 0], j: [0, 0, -1], k: [-1, 0, 0]),
      origin: PatientPoint(x: 11, y: -22, z: 33))
  }

  private func number<T>(_ data: Data, _ offset: Int, as _: T.Type) -> T where T: BitwiseCopyable {
    unsafe data.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
  }

  /// Byte offsets of nifti1.h: dim 40, datatype 70, vox_offset 108, qform_code 252, srow_x 280.
  @Test func theAffineTakesEveryVoxelToItsRASPoint() throws {
    let grid = try grid()
    let volume = try Volume<SUVbw>(grid: grid, samples: (0..<24).map { Float($0) })
    let data = try NIfTIFile.data(of: volume, description: "SUVbw g/mL", isCompressed: false)
    #expect(data.count == 352 + 24 * 4)
    #expect(number(data, 0, as: Int32.self) == 348)
    #expect((0..<4).map { number(data, 40 + 2 * $0, as: Int16.self) } == [3, 3, 4, 2])
    #expect(number(data, 70, as: Int16.self) == 16)
    #expect(number(data, 108, as: Float.self) == 352)
    #expect(number(data, 252, as: Int16.self) == 1 && number(data, 254, as: Int16.self) == 1)
    #expect(data.count > 347 && Array(data[344..<347]) == Array("n+1".utf8))
    for (i, j, k) in [(0, 0, 0), (2, 1, 0), (1, 3, 1)] {
      let p = grid.patientPoint(i: i, j: j, k: k).millimetres
      let ijk = [Float(i), Float(j), Float(k), 1]
      for (row, expected) in [-p.x, -p.y, p.z].enumerated() {
        let affine = (0..<4).map { number(data, 280 + 16 * row + 4 * $0, as: Float.self) }
        let found = zip(affine, ijk).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        #expect(abs(Double(found) - expected) < 1e-4)
      }
    }
    #expect(number(data, 352 + 4 * 23, as: Float.self) == 23)
  }

  @Test func sameVolumeGivesTheSameCompressedBytes() throws {
    let grid = try grid()
    let labels = (0..<24).map { UInt16($0 % 3) }
    let one = try NIfTIFile.data(ofLabels: labels, on: grid, description: "", isCompressed: true)
    let two = try NIfTIFile.data(ofLabels: labels, on: grid, description: "", isCompressed: true)
    #expect(one == two)
    #expect(Array(one.prefix(2)) == [0x1F, 0x8B])
  }

  /// The format knows one distance between slices only.
  @Test func unevenSlicesAreRefused() throws {
    let grid = try VoxelGrid(
      columns: 2, rows: 2, columnSpacing: 1, rowSpacing: 1, sliceOffsets: [0, 3, 6.5],
      axes: .identity, origin: PatientPoint(x: 0, y: 0, z: 0))
    let volume = Volume<SUVbw>(grid: grid, filledWith: .gramsPerMillilitre(1))
    #expect(throws: ReportingError.self) {
      try NIfTIFile.data(of: volume, description: "", isCompressed: false)
    }
  }
}
