import Geometry
import Quantities

/// The patient at one time point: where every tissue lies, and how much activity it holds.
struct PatientState: Sendable {
  let anatomy: Anatomy
  let motion: PatientMotion
  let lesions: [LesionState]
  /// The lesions as the loops over voxels need them.
  let balls: [LesionBall]
  /// Bq/mL by region.
  let concentrations: [Float]
  let position: PatientPosition

  init(anatomy: Anatomy, motion: PatientMotion, visit: Visit, progress: Double) {
    self.anatomy = anatomy
    self.motion = motion
    position = PatientPosition(motion)
    concentrations = Region.allCases.map { Float(Self.concentration(of: $0, at: visit)) }
    lesions = VirtualLesion.all.compactMap { lesion in
      let radius = lesion.radius(progress: progress)
      guard radius > 0 else { return nil }
      return LesionState(
        lesion: lesion, radius: radius,
        concentration: Float(Self.concentration(of: lesion, at: visit, progress: progress)))
    }
    balls = lesions.map(\.ball)
  }

  /// Lesions that a row of voxels may come close to, breathing included.
  ///
  /// - Parameters:
  ///   - start: Of the row, with the rigid motion undone.
  ///   - step: From one voxel to the next.
  func balls(
    nearRowFrom start: SIMD3<Double>, step: SIMD3<Double>, count: Int, within margin: Double
  ) -> [LesionBall] {
    let end = start + step * Double(count - 1)
    let margin = margin + abs(motion.breathing.amplitude)
    return balls.filter { ball in
      let along = (ball.centre.x - start.x) / (end.x - start.x)
      let d = start + (end - start) * min(max(along, 0), 1) - ball.centre
      return d.length < ball.radius * VirtualLesion.shape.x + margin
    }
  }

  /// Activity concentration of a normal tissue at the start of a visit's scan, in Bq/mL.
  ///
  /// Diagnostic: SUV × activity at scan start / weight, the definition of SUVbw for images
  /// decay-corrected to scan start. Therapy: the tissue's kinetics times its density.
  static func concentration(of region: Region, at visit: Visit) -> Double {
    guard visit.isDiagnostic else {
      let kinetics = TherapyKinetics.of(region).labelled(with: visit.tracer)
      let share = kinetics.fractionPerGram(at: visit.sinceInjection)
      return visit.injectedActivity.inBaseUnit * share * region.density
    }
    return region.diagnosticSUV * visit.becquerelsPerMillilitrePerSUV
  }

  /// The same for a lesion.
  static func concentration(
    of lesion: VirtualLesion, at visit: Visit, progress: Double
  ) -> Double {
    guard visit.isDiagnostic else {
      let kinetics = TherapyKinetics.of(lesion, progress: progress)
        .labelled(with: visit.tracer)
      let share = kinetics.fractionPerGram(at: visit.sinceInjection)
      return visit.injectedActivity.inBaseUnit * share * lesion.density
    }
    return lesion.suv(progress: progress) * visit.becquerelsPerMillilitrePerSUV
  }
}

extension Visit {
  /// Bq/mL of an image decay-corrected to scan start for each unit of SUVbw (g/mL).
  public var becquerelsPerMillilitrePerSUV: Double {
    let atStart = injectedActivity.decayed(over: sinceInjection, halfLife: tracer.halfLife)
    return atStart.inBaseUnit / patientWeight.grams
  }
}

/// Where baseline tissue lies at a time point, held flat because every voxel goes through it.
struct PatientPosition: Sendable {
  /// Columns and shift of the transform that undoes the rigid motion.
  private let undoX, undoY, undoZ, undoShift: SIMD3<Double>
  let breathing: Breathing

  init(_ motion: PatientMotion) {
    let undo = motion.rigid.inverse
    (undoX, undoY, undoZ) = (undo.columns[0], undo.columns[1], undo.columns[2])
    undoShift = undo.translation
    breathing = motion.breathing
  }

  /// The baseline position of the tissue at a point of the time point's frame.
  @inline(__always)
  func baseline(_ p: SIMD3<Double>) -> SIMD3<Double> { breathing.baseline(of: undone(p)) }

  /// A point of the time point's frame with the rigid motion undone, but not the breathing.
  @inline(__always)
  func undone(_ p: SIMD3<Double>) -> SIMD3<Double> { undoneStep(p) + undoShift }

  /// The same for a step from one point to another.
  @inline(__always)
  func undoneStep(_ step: SIMD3<Double>) -> SIMD3<Double> {
    undoX * step.x + undoY * step.y + undoZ * step.z
  }
}
