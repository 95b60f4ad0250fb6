import DICOMIO
import Foundation
import Geometry
import Quantities
import Volumes

/// A CT and a PET of clinical size, the same on every machine: a body with noise in air.
struct SyntheticScans {
  let folder: URL

  var ct: URL { folder.appending(path: "ct") }
  var pet: URL { folder.appending(path: "pet") }

  func write() throws {
    let ctGrid = try grid(columns: 512, slices: 250, spacing: 0.977, sliceSpacing: 3)
    let hounsfield: Volume<Hounsfield> = try volume(ctGrid, inside: 40, outside: -1000, noise: 20)
    _ = try CTSeriesWriter.write(hounsfield, header: header("CT", number: 2), into: ct)
    let petGrid = try grid(columns: 200, slices: 190, spacing: 4.07, sliceSpacing: 4)
    let activity: Volume<ActivityConcentration> = try volume(
      petGrid, inside: 4000, outside: 20, noise: 20)
    let tracer = Radiopharmaceutical(
      name: "DOTATATE", nuclide: .gallium68, activity: .megabecquerels(150),
      injection: start.addingTimeInterval(-3600))
    _ = try PETSeriesWriter.write(
      activity, header: header("PET", number: 3), tracer: tracer,
      beds: .init(slices: 40, duration: .seconds(120)), into: pet)
  }

  private let start = Date(timeIntervalSince1970: 1_735_732_800)

  init(folder: URL) { self.folder = folder }

  private func grid(
    columns: Int, slices: Int, spacing: Double, sliceSpacing: Double
  ) throws -> VoxelGrid {
    try VoxelGrid(
      size: [columns, columns, slices], spacing: [spacing, spacing, sliceSpacing],
      axes: .init(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1]),
      origin: PatientPoint(x: -250, y: -250, z: 0))
  }

  /// An elliptic cylinder; the noise comes from a hash of the voxel's index.
  private func volume<Value>(
    _ grid: VoxelGrid, inside: Float, outside: Float, noise: Float
  ) throws -> Volume<Value> {
    let (nx, ny) = (grid.size.x, grid.size.y)
    var samples = [Float](repeating: outside, count: grid.voxelCount)
    for n in samples.indices {
      let x = Float(n % nx) / Float(nx) - 0.5
      let y = Float(n / nx % ny) / Float(ny) - 0.5
      var hash = UInt32(truncatingIfNeeded: n) &* 2_654_435_761
      hash = (hash ^ (hash >> 15)) &* 2_246_822_519
      let wobble = (Float(hash >> 16) / 65_536 - 0.5) * noise
      if x * x / 0.16 + y * y / 0.06 < 1 { samples[n] = inside + wobble }
    }
    return try Volume(grid: grid, samples: samples)
  }

  private func header(_ description: String, number: Int) -> SeriesHeader {
    let uids = UIDSource(seed: "load benchmark")
    return SeriesHeader(
      patientName: "Load^Benchmark", patientID: "LOAD", sex: .female, weight: .kilograms(70),
      height: .metres(1.7), studyUID: uids.uid("study"), studyID: "1", studyStart: start,
      studyDescription: "Load benchmark", seriesUID: uids.uid(description),
      seriesNumber: number, seriesDescription: description, start: start,
      frame: FrameOfReference(uid: uids.uid("frame")), uids: uids)
  }
}
