import Geometry

/// Grids and resolution of the scanners of a virtual course.
struct Scanner {
  let ct: (size: SIMD3<Int>, spacing: SIMD3<Double>)
  let emission: (size: SIMD3<Int>, spacing: SIMD3<Double>)
  /// Centre of the field of view along z in the baseline frame, in millimetres.
  let centreZ: Double
  /// Full width at half maximum of the point spread function, before voxels average it.
  let resolution: Double
  /// Standard deviation of CT noise in HU at the centre of the body.
  let ctNoise: Double
  /// Emission noise: relative standard deviation in tissue of the reference concentration; it
  /// scales with the square root of the concentration, as Poisson counts do.
  let emissionNoise: Double
  /// Extra CT samples per voxel along x, y and z.
  let ctSubsamples: SIMD3<Int>

  static func of(_ visit: Visit, size: VirtualCourseOptions.Size) -> Scanner {
    switch (visit.isDiagnostic, size) {
    case (true, .clinical):
      Scanner(
        ct: ([512, 512, 250], [0.9765625, 0.9765625, 3]),
        emission: ([200, 200, 190], [4.07283, 4.07283, 4]), centreZ: 0, resolution: 6,
        ctNoise: 14, emissionNoise: 0.12, ctSubsamples: [1, 1, 2])
    case (true, .small):
      Scanner(
        ct: ([128, 128, 150], [3.9, 3.9, 5]), emission: ([112, 112, 150], [4.5, 4.5, 5]),
        centreZ: 0, resolution: 6, ctNoise: 10, emissionNoise: 0.12, ctSubsamples: [2, 2, 2])
    case (false, .clinical):
      Scanner(
        ct: ([512, 512, 134], [0.9765625, 0.9765625, 3]),
        emission: ([128, 128, 84], [4.8, 4.8, 4.8]), centreZ: 5, resolution: 11, ctNoise: 20,
        emissionNoise: 0.14, ctSubsamples: [1, 1, 2])
    case (false, .small):
      Scanner(
        ct: ([128, 128, 80], [3.9, 3.9, 5]), emission: ([104, 104, 84], [4.8, 4.8, 4.8]),
        centreZ: 5, resolution: 11, ctNoise: 14, emissionNoise: 0.14, ctSubsamples: [2, 2, 2])
    }
  }

  /// The CT and emission grids of a visit. Their centres differ by fractions of a voxel and from
  /// visit to visit, as on a real scanner.
  func grids(seed: UInt64, visit: String) throws(GridError) -> (ct: VoxelGrid, emission: VoxelGrid)
  {
    var random = SeededGenerator(seed: seed, stream: "field of view \(visit)")
    func jitter() -> SIMD3<Double> {
      [random.uniform(-3...3), random.uniform(-3...3), random.uniform(-3...3)]
    }
    let isocentre = SIMD3<Double>(0, 10, centreZ) + jitter()
    let first = try Self.grid(size: ct.size, spacing: ct.spacing, centre: isocentre)
    let second = try Self.grid(
      size: emission.size, spacing: emission.spacing, centre: isocentre + jitter() / 4)
    return (first, second)
  }

  private static func grid(
    size: SIMD3<Int>, spacing: SIMD3<Double>, centre: SIMD3<Double>
  ) throws(GridError) -> VoxelGrid {
    let half = SIMD3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1)) * spacing / 2
    // A hundredth of a millimetre: what a header's decimal string carries without loss.
    let origin = ((centre - half) * 100).rounded(.toNearestOrEven) / 100
    return try VoxelGrid(
      size: size, spacing: spacing, origin: PatientPoint(millimetres: origin))
  }
}
