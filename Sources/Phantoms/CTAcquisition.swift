import Geometry
import Kernels
import Quantities
import Volumes

/// Images the patient on CT: anatomy, lesions, the table, noise.
struct CTAcquisition {
  let state: PatientState
  let grid: VoxelGrid
  let subsamples: SIMD3<Int>
  /// Standard deviation in HU at the centre of the body; 0 for none.
  let noise: Double
  let seed: UInt64
  let visit: String

  func volume() throws(VolumeError) -> Volume<Hounsfield> {
    let table = ScannerTable(seed: seed, visit: visit)
    let samples = SliceFill.run(
      length: grid.size.x * grid.size.y, count: grid.size.z, initial: Float(-1000)
    ) { k, slice in
      paint(slice: k, into: &slice, table: table)
      if noise > 0 { addNoise(slice: k, to: &slice) }
      for n in slice.indices {
        slice[n] = min(max(slice[n].rounded(.toNearestOrEven), -1024), 3071)
      }
    }
    return try Volume(grid: grid, samples: samples)
  }

  /// The region at each voxel centre.
  func regions() -> [UInt8] {
    let stepI = state.undoneStep(grid.axes.i * grid.spacing.x)
    return SliceFill.run(
      length: grid.size.x * grid.size.y, count: grid.size.z, initial: UInt8(0)
    ) { k, slice in
      for j in 0..<grid.size.y {
        let start = state.undone(grid.patientPoint(i: 0, j: j, k: k).millimetres)
        for i in 0..<grid.size.x {
          let q = start + stepI * Double(i)
          slice[i + grid.size.x * j] = state.anatomy.region(state.motion.breathing.baseline(of: q))
        }
      }
    }
  }

  private func paint(slice k: Int, into slice: inout MutableSpan<Float>, table: ScannerTable) {
    let stepI = state.undoneStep(grid.axes.i * grid.spacing.x)
    let offsets = subsampleOffsets()
    let scale = 1 / Float(offsets.count)
    for j in 0..<grid.size.y {
      let start = state.undone(grid.patientPoint(i: 0, j: j, k: k).millimetres)
      let y = grid.patientPoint(i: 0, j: j, k: k).millimetres.y
      let near = lesions(nearRowFrom: start, step: stepI)
      for i in 0..<grid.size.x {
        let q = start + stepI * Double(i)
        var sum: Float = 0
        for offset in offsets {
          let p = state.motion.breathing.baseline(of: q + offset)
          var value = state.anatomy.hounsfield(p)
          for lesion in near { value = blend(lesion, at: p, over: value) }
          sum += value
        }
        let x = grid.origin.millimetres.x + Double(i) * grid.spacing.x
        slice[i + grid.size.x * j] = table.over(sum * scale, x: x, y: y)
      }
    }
  }

  /// Where a voxel is sampled, relative to its centre, in the patient's own axes.
  private func subsampleOffsets() -> [SIMD3<Double>] {
    func parts(_ count: Int) -> [Double] {
      (0..<count).map { (Double($0) + 0.5) / Double(count) - 0.5 }
    }
    var offsets: [SIMD3<Double>] = []
    for c in parts(subsamples.z) {
      for b in parts(subsamples.y) {
        for a in parts(subsamples.x) {
          let along = SIMD3(a, b, c) * grid.spacing
          offsets.append(
            state.undoneStep(
              grid.axes.i * along.x + grid.axes.j * along.y + grid.axes.k * along.z))
        }
      }
    }
    return offsets
  }

  /// Lesions that a row of voxels may touch, breathing included.
  private func lesions(
    nearRowFrom start: SIMD3<Double>, step: SIMD3<Double>
  ) -> [LesionState] {
    let end = start + step * Double(grid.size.x - 1)
    let margin = grid.spacing.max() + abs(state.motion.breathing.amplitude) + 4
    return state.lesions.filter { lesion in
      let centre = lesion.lesion.centre.millimetres
      let along = (centre.x - start.x) / (end.x - start.x)
      let d = start + (end - start) * min(max(along, 0), 1) - centre
      return d.length < lesion.reach + margin
    }
  }

  private func blend(_ state: LesionState, at p: SIMD3<Double>, over value: Float) -> Float {
    let cover = Float(min(max(0.5 - state.distance(p) / 2, 0), 1))
    return value + (state.lesion.hounsfield - value) * cover
  }

  /// Correlated over neighbouring pixels of a slice, as a soft-tissue kernel leaves it.
  private func addNoise(slice k: Int, to slice: inout MutableSpan<Float>) {
    let (nx, ny) = (grid.size.x, grid.size.y)
    var random = SeededGenerator(seed: seed, stream: "ct noise \(visit)", index: k)
    var rows = [Float](repeating: 0, count: nx * ny)
    for n in rows.indices { rows[n] = random.imageNoise() }
    // Binomial weights 1 2 1 along i and j keep (6/16)² of the variance.
    let scale = Float(noise) / (16 * 0.375)
    for j in 0..<ny {
      let (up, down) = (max(j - 1, 0) * nx, min(j + 1, ny - 1) * nx)
      func column(_ i: Int) -> Float { rows[up + i] + 2 * rows[j * nx + i] + rows[down + i] }
      var (left, middle) = (column(0), column(0))
      for i in 0..<nx {
        let right = column(min(i + 1, nx - 1))
        slice[i + nx * j] += (left + 2 * middle + right) * scale
        (left, middle) = (middle, right)
      }
    }
  }
}

/// The couch: it moves on its own from visit to visit.
struct ScannerTable: Sendable {
  private let x: Double
  private let y: Double

  init(seed: UInt64, visit: String) {
    var random = SeededGenerator(seed: seed, stream: "table \(visit)")
    x = random.uniform(-6...6)
    y = random.uniform(133...143)
  }

  /// The HU of the table where there is air: a carbon shell around foam, curved to hold a back.
  func over(_ value: Float, x px: Double, y py: Double) -> Float {
    guard value < -700 else { return value }
    let dx = px - x
    let depth = py - y + 0.00045 * dx * dx
    guard abs(dx) < 215, depth > -2, depth < 29 else { return value }
    let shell = min(abs(depth), abs(depth - 27))
    let wall = Float(min(max(1.5 - shell, 0), 1))
    let foam: Float = depth > 0 && depth < 27 ? -930 : -1000
    return max(value, foam + (-150 - foam) * wall)
  }
}
