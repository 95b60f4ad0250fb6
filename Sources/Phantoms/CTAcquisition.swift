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
    let (position, frame) = (state.position, state.anatomy.frame)
    let stepI = position.undoneStep(grid.axes.i * grid.spacing.x)
    return SliceFill.run(
      length: grid.size.x * grid.size.y, count: grid.size.z, initial: UInt8(0)
    ) { k, slice in
      let voxels = state.anatomy.voxels.span
      for j in 0..<grid.size.y {
        let start = position.undone(grid.patientPoint(i: 0, j: j, k: k).millimetres)
        for i in 0..<grid.size.x {
          let p = position.breathing.baseline(of: start + stepI * Double(i))
          slice[i + grid.size.x * j] = frame.region(p, in: voxels)
        }
      }
    }
  }

  private func paint(slice k: Int, into slice: inout MutableSpan<Float>, table: ScannerTable) {
    let (position, frame) = (state.position, state.anatomy.frame)
    let stepI = position.undoneStep(grid.axes.i * grid.spacing.x)
    let offsets = subsampleOffsets()
    let (samples, voxels) = (offsets.span, state.anatomy.voxels.span)
    let scale = 1 / Float(offsets.count)
    for j in 0..<grid.size.y {
      let first = grid.patientPoint(i: 0, j: j, k: k).millimetres
      let start = position.undone(first)
      let near = state.balls(
        nearRowFrom: start, step: stepI, count: grid.size.x, within: grid.spacing.max() + 4)
      for i in 0..<grid.size.x {
        let q = start + stepI * Double(i)
        var sum: Float = 0
        for n in samples.indices {
          let p = position.breathing.baseline(of: q + samples[n])
          let value = frame.hounsfield(p, in: voxels)
          sum += near.isEmpty ? value : blend(near.span, at: p, over: value)
        }
        slice[i + grid.size.x * j] = table.over(
          sum * scale, x: first.x + Double(i) * grid.spacing.x, y: first.y)
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
            state.position.undoneStep(
              grid.axes.i * along.x + grid.axes.j * along.y + grid.axes.k * along.z))
        }
      }
    }
    return offsets
  }

  private func blend(
    _ balls: Span<LesionBall>, at p: SIMD3<Double>, over value: Float
  ) -> Float {
    var value = value
    for n in balls.indices {
      let cover = Float(min(max(0.5 - balls[n].distance(p) / 2, 0), 1))
      value += (balls[n].hounsfield - value) * cover
    }
    return value
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
