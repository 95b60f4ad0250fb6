public import Geometry
import Kernels
import Quantities
public import Volumes

extension Volume {
  /// This volume of the moving frame, seen on a grid of the fixed frame, trilinear.
  ///
  /// Concentrations and intensities are carried as they are: they are not multiplied by the
  /// Jacobian.
  ///
  /// - Parameter outside: Value for points this volume does not cover.
  /// - Throws: ``GridError`` when unevenly spaced slices cannot be made even.
  public func warped(
    onto target: VoxelGrid, through field: DisplacementField, outside: Value
  ) throws -> Volume {
    var source = self
    if grid.sliceOffsets != nil {
      let even = try VoxelGrid(
        size: grid.size, spacing: grid.spacing, axes: grid.axes, origin: grid.origin)
      source = resampled(onto: even, outside: outside)
    }
    func voxel(_ p: PatientPoint) -> SIMD3<Double> { source.grid.gridPoint(at: field.rigid(p)).ijk }
    let starts = (0..<target.size.z).map { voxel(target.patientPoint(i: 0, j: 0, k: $0)) }
    let origin = target.origin.millimetres
    func step(_ v: SIMD3<Double>) -> SIMD3<Double> {
      voxel(PatientPoint(millimetres: origin + v)) - starts[0]
    }
    let samples = SplineWarp.run(
      .init(samples: source.samples, size: source.grid.size),
      onto: .init(
        size: target.size, sliceStarts: starts, stepI: step(target.axes.i * target.spacing.x),
        stepJ: step(target.axes.j * target.spacing.y),
        perMillimetre: [step([1, 0, 0]), step([0, 1, 0]), step([0, 0, 1])],
        placement: .init(of: target, on: field.nodes)),
      through: field.lattice, outside: Float(outside.inBaseUnit))
    return try Volume(grid: target, samples: samples)
  }
}

extension Mask {
  /// This mask of the moving frame on a grid of the fixed frame.
  ///
  /// The voxels covered most are inside, as many as the sum of all coverages: a fixed threshold of
  /// one half would cut the corners of small lesions, 5 % of the volume at a radius of 3 voxels.
  public func warped(onto target: VoxelGrid, through field: DisplacementField) throws -> Mask {
    let soft = try Volume<Coverage>(grid: grid, samples: inside.map(Float.init))
      .warped(onto: target, through: field, outside: .zero)
    let covered = soft.samples.filter { $0 > 0 }.sorted(by: >)
    let count = Int(covered.reduce(0) { $0 + Double($1) }.rounded())
    guard count > 0 else { return Mask(grid: target) }
    let threshold = covered[count - 1]
    return Mask(grid: target) { soft.samples[$0] >= threshold }
  }
}
