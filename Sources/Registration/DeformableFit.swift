import Foundation
import Geometry
import Kernels

/// Fits the spline at one level by Gauss-Newton steps.
struct DeformableFit {
  let fixed: ContrastLevel
  let moving: ContrastLevel
  let level: DeformableSettings.Level
  let settings: DeformableSettings

  /// A step that gains less than this share of the energy is the last.
  private static let leastGain = 0.002

  func run(from start: DisplacementField) -> DisplacementField {
    let problem = Problem(self, start)
    var lattice = start.lattice
    var state = problem.state(lattice)
    for _ in 0..<level.steps {
      let step = FieldStep(state.sums.nodes, size: lattice.size, smoothness: problem.smoothness)
        .solved(from: lattice, iterations: settings.solverIterations, tolerance: 0.03)
      guard let next = better(than: state, lattice, step, problem) else { break }
      let gain = (state.energy - next.state.energy) / state.energy
      (lattice, state) = next
      if gain < Self.leastGain { break }
    }
    return DisplacementField(
      rigid: start.rigid, nodes: start.nodes, coefficients: lattice.coefficients)
  }

  /// The step, shortened until it lowers the energy; `nil` when it never does.
  private func better(
    than state: State, _ lattice: CubicBSpline.Lattice, _ step: [SIMD4<Float>], _ problem: Problem
  ) -> (lattice: CubicBSpline.Lattice, state: State)? {
    var factor: Float = 1
    for _ in 0..<4 {
      let trial = CubicBSpline.Lattice(
        coefficients: zip(lattice.coefficients, step).map { $0 + $1 * factor },
        size: lattice.size)
      let next = problem.state(trial)
      if next.energy < state.energy { return (trial, next) }
      factor /= 2
    }
    return nil
  }

  struct State {
    let sums: DeformableIntensityFit.Sums
    let energy: Double
  }

  /// What stays the same during the steps of a level.
  private struct Problem {
    let fixed: DeformableIntensityFit.Fixed
    let moving: RigidIntensityFit.Image
    let mapping: DeformableIntensityFit.Mapping
    let placement: DeformableIntensityFit.Placement
    let smoothness: FieldStep.Smoothness
    let cutoff: Float

    init(_ fit: DeformableFit, _ field: DisplacementField) {
      let (f, m) = (fit.fixed.grid, fit.moving.grid)
      fixed = .init(samples: fit.fixed.samples, mask: fit.fixed.mask, size: f.size)
      moving = .init(samples: fit.moving.samples, size: m.size)
      mapping = .init(from: f, to: m, through: field.rigid)
      placement = .init(of: f, on: field.nodes)
      // Per node: the energy density times the voxels of a full brick.
      let h = field.nodes.spacing.x
      let voxels = h * h * h / (f.voxelMillilitres * 1000)
      smoothness = .init(
        bending: Float(fit.level.bending * voxels / (h * h * h * h)),
        stretching: Float(fit.level.stretching * voxels / (h * h)))
      cutoff = Float(fit.settings.cutoff)
    }

    func state(_ lattice: CubicBSpline.Lattice) -> State {
      let sums = DeformableIntensityFit.sums(
        fixed, moving: moving, mapping: mapping, placement: placement, lattice: lattice,
        cutoff: cutoff)
      return State(sums: sums, energy: sums.loss + FieldStep.energy(lattice, smoothness))
    }
  }
}

extension DeformableIntensityFit.Mapping {
  init(from fixed: VoxelGrid, to moving: VoxelGrid, through rigid: RigidTransform) {
    func voxel(_ p: SIMD3<Double>) -> SIMD3<Double> {
      moving.gridPoint(at: rigid(PatientPoint(millimetres: p))).ijk
    }
    let origin = fixed.origin.millimetres
    let start = voxel(origin)
    self.init(
      start: start,
      steps: (0..<3).map { voxel(origin + fixed.direction($0) * fixed.spacing[$0]) - start },
      perMillimetre: [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map { voxel(origin + $0) - start },
      fixedGradient: (0..<3).map { fixed.direction($0) / (2 * fixed.spacing[$0]) })
  }
}

extension DeformableIntensityFit.Placement {
  init(of grid: VoxelGrid, on nodes: VoxelGrid) {
    let start = nodes.gridPoint(at: grid.origin).ijk
    let axes = (0..<3).map {
      CubicBSpline.Axis(
        count: grid.size[$0], start: start[$0], step: grid.spacing[$0] / nodes.spacing[$0],
        nodes: nodes.size[$0])
    }
    self.init(i: axes[0], j: axes[1], k: axes[2])
  }
}

extension DisplacementField {
  /// No displacement, on nodes that leave at least one free layer around `image`.
  static func zero(
    rigid: RigidTransform, nodes spacing: Double, covering image: ContrastLevel
  ) throws -> DisplacementField {
    let extent = (0..<3).map { Double(image.grid.size[$0] - 1) * image.grid.spacing[$0] }
    let size = SIMD3<Int>(extent.map { Int(($0 / spacing).rounded(.up)) + 4 })
    let slack = SIMD3<Double>(
      (0..<3).map { (Double(size[$0] - 1) * spacing - extent[$0]) / 2 / image.grid.spacing[$0] })
    let nodes = try VoxelGrid(
      size: size, spacing: SIMD3(repeating: spacing), axes: image.grid.axes,
      origin: image.grid.patientPoint(at: GridPoint(ijk: -slack)))
    return DisplacementField(
      rigid: rigid, nodes: nodes,
      coefficients: [SIMD4<Float>](repeating: .zero, count: nodes.voxelCount))
  }

  /// The same field on nodes of half the distance, or as it is when `spacing` is the present one.
  func refined(to spacing: Double, covering image: ContrastLevel) throws -> DisplacementField {
    var field = self
    while field.nodes.spacing.x > spacing * 1.01 {
      let half = field.nodes.spacing.x / 2
      let low = field.nodes.gridPoint(at: image.grid.origin).ijk * 2
      let last = SIMD3<Double>((0..<3).map { Double(image.grid.size[$0] - 1) })
      let high =
        field.nodes.gridPoint(at: image.grid.patientPoint(at: GridPoint(ijk: last))).ijk * 2
      let offset = SIMD3<Int>((0..<3).map { Int(low[$0].rounded(.down)) - 2 })
      let end = SIMD3<Int>((0..<3).map { Int(high[$0].rounded(.up)) + 2 })
      let origin = SIMD3<Double>((0..<3).map { Double(offset[$0]) / 2 })
      let nodes = try VoxelGrid(
        size: end &- offset &+ 1, spacing: SIMD3(repeating: half), axes: field.nodes.axes,
        origin: field.nodes.patientPoint(at: GridPoint(ijk: origin)))
      let lattice = field.lattice.refined(offset: offset, size: nodes.size)
      field = DisplacementField(rigid: rigid, nodes: nodes, coefficients: lattice.coefficients)
    }
    return field
  }
}
