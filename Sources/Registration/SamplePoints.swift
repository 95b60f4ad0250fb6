import Geometry
import Kernels

/// Samples of a fixed image, in blocks, with the point their coordinates count from.
struct SamplePoints: Sendable {
  let points: RigidIntensityFit.Points
  let reference: PatientPoint
  /// Fixed-frame centre of each block's samples.
  let blockCentres: [PatientPoint]

  var count: Int { points.samples.count }

  /// - Parameters:
  ///   - window: Intensities are held to it.
  ///   - mask: Where samples may lie.
  ///   - most: At most about this many samples, evenly thinned.
  ///   - blockSize: Edge of a block in millimetres.
  ///   - reference: Where coordinates count from; the centre of the body unless given.
  init(
    _ image: LevelImage, window: RigidSettings.Window, mask: [UInt8], most: Int,
    blockSize: Double, reference: PatientPoint? = nil
  ) {
    let (grid, reference) = (image.grid, reference ?? image.bodyCentre)
    let total = MaskIndices.count(mask)
    let keep = total <= most ? UInt64.max : UInt64(Double(most) / Double(total) * 0x1p64)
    let tile = SIMD3<Int>((0..<3).map { max(1, Int((blockSize / grid.spacing[$0]).rounded())) })
    let (size, last) = (grid.size, grid.size &- 2)
    var blocks: [Int: [SIMD4<Float>]] = [:]
    for (n, bits) in MaskIndices.scattered(mask, most: keep) {
      let (i, j, k) = (n % size.x, n / size.x % size.y, n / (size.x * size.y))
      guard i <= last.x, j <= last.y, k <= last.z else { continue }
      let sample = Self.sample(
        image, window, SIMD3(i, j, k), MaskIndices.scramble(bits), reference)
      blocks[(i / tile.x) + 1024 * ((j / tile.y) + 1024 * (k / tile.z)), default: []]
        .append(sample)
    }
    let ordered = blocks.sorted { $0.key < $1.key }.map(\.value)
    let starts = ordered.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    points = .init(samples: Array(ordered.joined()), blockStarts: starts)
    blockCentres = ordered.map { samples in
      let sum = samples.reduce(SIMD4<Float>.zero, +) / Float(samples.count)
      return PatientPoint(
        millimetres: reference.millimetres + SIMD3(Double(sum.x), Double(sum.y), Double(sum.z)))
    }
    self.reference = reference
  }

  /// Samples lie off the voxel centres, each by its own fixed amount: both images are then
  /// blurred alike by interpolation, and no shift is preferred because voxels meet.
  private static func sample(
    _ image: LevelImage, _ window: RigidSettings.Window, _ voxel: SIMD3<Int>, _ bits: UInt64,
    _ reference: PatientPoint
  ) -> SIMD4<Float> {
    let grid = image.grid
    let unit = 1 / Double(1 << 20)
    let f = SIMD3(
      Double(bits & 0xFFFFF) * unit, Double((bits >> 20) & 0xFFFFF) * unit,
      Double((bits >> 40) & 0xFFFFF) * unit)
    let base = grid.index(i: voxel.x, j: voxel.y, k: voxel.z)
    let (nx, nxy) = (grid.size.x, grid.size.x * grid.size.y)
    func held(_ n: Int) -> Double { min(max(Double(image.samples[n]), window.low), window.high) }
    func along(_ n: Int) -> Double { held(n) * (1 - f.x) + held(n + 1) * f.x }
    let near = along(base) * (1 - f.y) + along(base + nx) * f.y
    let far = along(base + nxy) * (1 - f.y) + along(base + nxy + nx) * f.y
    let position = SIMD3(Double(voxel.x), Double(voxel.y), Double(voxel.z)) + f
    let p = grid.patientPoint(at: GridPoint(ijk: position)).millimetres - reference.millimetres
    return SIMD4(Float(p.x), Float(p.y), Float(p.z), Float(near * (1 - f.z) + far * f.z))
  }
}
