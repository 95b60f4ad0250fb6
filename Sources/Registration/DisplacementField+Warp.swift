public import Geometry
import Kernels
import Quantities
public import Volumes

extension Volume {
  /// This volume of the moving frame, seen on a grid of the fixed frame, trilinear.
  ///
  /// What a sample means decides what the map does to it (``Quantities/SampleMeaning``):
  /// concentrations, uptake values, Hounsfield units and doses are carried as they are; activity
  /// in voxels is multiplied by the Jacobian determinant and the ratio of voxel volumes, so that
  /// its total stays.
  ///
  /// - Parameter outside: Value for points this volume does not cover.
  public func warped(
    onto target: VoxelGrid, through field: DisplacementField, outside: Value
  ) throws -> Volume {
    switch Value.sample {
    case .valueAtPoint:
      return try sampled(on: target, through: field, outside: outside)
    case .amountInVoxel:
      return try spread(onto: target, outside: outside) { density, grid, outer in
        try density.sampled(on: grid, through: field, outside: outer).timesJacobian(of: field)
      }
    }
  }

  private func sampled(
    on target: VoxelGrid, through field: DisplacementField, outside: Value
  ) throws -> Volume {
    let isAlongNodes = (0..<3).allSatisfy {
      let lean = target.direction($0) - field.nodes.direction($0)
      return lean.length < Self.parallel
    }
    return try Volume(
      grid: target,
      samples: isAlongNodes
        ? alongNodes(target, field, outside: outside)
        : anyDirection(target, field, outside: outside))
  }

  /// Directions that differ by less than this part by 0.005 mm across 500 mm.
  private static var parallel: Double { 1e-5 }

  /// Where a point of the moving frame lies, in voxels of the nominal spacing.
  private func nominalVoxel(_ p: PatientPoint) -> SIMD3<Double> {
    grid.alongAxes(p) / grid.spacing
  }

  private func alongNodes(
    _ target: VoxelGrid, _ field: DisplacementField, outside: Value
  ) -> [Float] {
    func voxel(_ p: PatientPoint) -> SIMD3<Double> { nominalVoxel(field.rigid(p)) }
    let starts = (0..<target.size.z).map { voxel(target.patientPoint(i: 0, j: 0, k: $0)) }
    let origin = target.origin.millimetres
    func step(_ v: SIMD3<Double>) -> SIMD3<Double> {
      voxel(PatientPoint(millimetres: origin + v)) - starts[0]
    }
    let between = (0..<3).map { axis in
      (0..<target.size[axis]).map { n in
        var ijk = SIMD3<Double>.zero
        ijk[axis] = Double(n)
        return field.nodes.gridPoint(at: target.patientPoint(at: GridPoint(ijk: ijk))).ijk[axis]
      }
    }
    return SplineWarp.run(
      interpolationSource,
      onto: .init(
        sliceStarts: starts, stepI: step(target.axes.i * target.spacing.x),
        stepJ: step(target.axes.j * target.spacing.y),
        perMillimetre: [step([1, 0, 0]), step([0, 1, 0]), step([0, 0, 1])], between: between),
      through: field.lattice, outside: Float(outside.inBaseUnit))
  }

  /// A target that is turned against the lattice: every point is asked for.
  private func anyDirection(
    _ target: VoxelGrid, _ field: DisplacementField, outside: Value
  ) -> [Float] {
    let grid = grid
    return TrilinearResample.run(
      interpolationSource, onto: target.size, outside: Float(outside.inBaseUnit)
    ) { i, j, k in
      grid.alongAxes(field(target.patientPoint(i: i, j: j, k: k))) / grid.spacing
    }
  }

  /// Every sample times the determinant of the map's derivative at its voxel.
  private func timesJacobian(of field: DisplacementField) throws -> Volume {
    let (grid, samples) = (grid, samples)
    let perSlice = grid.size.x * grid.size.y
    let slabs = Slabs.map(of: samples.count) { range in
      range.map { n -> Float in
        // Most of an image is empty, and nothing times anything stays nothing.
        guard samples[n] != 0 else { return 0 }
        let p = grid.patientPoint(
          i: n % grid.size.x, j: n / grid.size.x % grid.size.y, k: n / perSlice)
        return samples[n] * Float(field.jacobian(at: p))
      }
    }
    return try Volume(grid: grid, samples: slabs.flatMap { $0 })
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
    return Mask(mostCovered: soft)
  }

  /// The voxels covered most, as many as the sum of all coverages.
  init(mostCovered soft: Volume<Coverage>) {
    let covered = soft.samples.filter { $0 > 0 }.sorted(by: >)
    let count = Int(covered.reduce(0) { $0 + Double($1) }.rounded())
    guard count > 0 else {
      self.init(grid: soft.grid)
      return
    }
    let threshold = covered[count - 1]
    self.init(grid: soft.grid) { soft.samples[$0] >= threshold }
  }
}
