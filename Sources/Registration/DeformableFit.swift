import Foundation
import Geometry
import Kernels

/// Fits the spline at one level by Gauss-Newton steps.
struct DeformableFit {
  let fixed: ContrastLevel
  let moving: ContrastLevel
  let level: DeformableSettings.Level
  let settings: DeformableSettings
  /// Weight of squared second derivatives, in mm²; starts as the level's.
  var bending: Double

  init(
    fixed: ContrastLevel, moving: ContrastLevel, level: DeformableSettings.Level,
    settings: DeformableSettings
  ) {
    (self.fixed, self.moving, self.level, self.settings) = (fixed, moving, level, settings)
    bending = level.bending
  }

  /// How often a level that folds is tried again, each time four times as stiff.
  private static let stiffenings = 3

  /// The fit without folding: stiffened where needed; `start` itself when nothing else helps.
  func runWithoutFolding(from start: DisplacementField) -> DisplacementField {
    var fit = self
    for _ in 0...Self.stiffenings {
      let field = fit.run(from: start)
      if field.leastJacobian() >= settings.leastJacobian { return field }
      fit.bending *= 4
    }
    return start
  }

  /// A step that gains less than this share of the energy is the last.
  private static let leastGain = 0.002

  func run(from start: DisplacementField) -> DisplacementField {
    let problem = Problem(self, start)
    var lattice = start.lattice
    var state = problem.state(lattice)
    for _ in 0..<level.steps {
      let step = FieldStep(state.sums.nodes, size: lattice.size, bending: problem.bending)
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
    let bending: FieldStep.Bending
    let cutoff: Float
    let thinning: Int

    init(_ fit: DeformableFit, _ field: DisplacementField) {
      let (f, m) = (fit.fixed.grid, fit.moving.grid)
      fixed = .init(samples: fit.fixed.samples, mask: fit.fixed.mask, size: f.size)
      moving = .init(samples: fit.moving.samples, size: m.size)
      mapping = .init(from: f, to: m, through: field.rigid)
      placement = .init(of: f, on: field.nodes)
      // Per node: the energy density times the voxels of a full brick.
      let h = field.nodes.spacing.x
      let voxels = h * h * h / (f.voxelMillilitres * 1000) / Double(fit.level.thinning)
      bending = .init(
        weight: Float(fit.bending * voxels / (h * h * h * h)), kink: Float(fit.level.kink))
      cutoff = Float(fit.settings.cutoff)
      thinning = fit.level.thinning
    }

    func state(_ lattice: CubicBSpline.Lattice) -> State {
      let sums = DeformableIntensityFit.sums(
        fixed, moving: moving, mapping: mapping, placement: placement, lattice: lattice,
        cutoff: cutoff, thinning: thinning)
      return State(sums: sums, energy: sums.loss + FieldStep.energy(lattice, bending: bending))
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
    let axes = (0..<3).map { axis in
      let positions = (0..<grid.size[axis]).map { n in
        var ijk = SIMD3<Double>.zero
        ijk[axis] = Double(n)
        return nodes.gridPoint(at: grid.patientPoint(at: GridPoint(ijk: ijk))).ijk[axis]
      }
      return CubicBSpline.Axis(positions: positions, nodes: nodes.size[axis])
    }
    self.init(i: axes[0], j: axes[1], k: axes[2])
  }
}
