import Foundation
import Geometry
import Kernels
import Quantities

extension VirtualCourse {
  /// What is known of the course. Needs no images.
  public func truth() throws -> CourseTruth {
    CourseTruth(
      options: options, conventions: CourseTruth.statedConventions(options.nuclide),
      timePoints: try visits.map(timePointTruth),
      cycles: (0..<options.cycles).compactMap { cycleTruth($0 + 1) },
      landmarks: landmarkTruth())
  }

  private func timePointTruth(_ visit: Visit) throws -> CourseTruth.TimePointTruth {
    let motion = motion(at: visit)
    return CourseTruth.TimePointTruth(
      id: visit.id, role: visit.role, cycle: visit.cycle,
      frameOfReference: frame(of: visit).uid, injection: visit.injection,
      scanStart: visit.scanStart, injectedActivity: visit.injectedActivity.megabecquerels,
      patientWeight: visit.patientWeight.kilograms, tracer: visit.tracer.symbol,
      concentrationPerSUV: visit.isDiagnostic ? visit.becquerelsPerMillilitrePerSUV : nil,
      motion: CourseTruth.MotionTruth(
        rotationVector: motion.rotationVector,
        rotationAngle: motion.rigid.rotationAngle * 180 / Double.pi,
        centre: motion.centre.millimetres, translation: motion.translation,
        breathingAmplitude: motion.breathing.amplitude,
        breathingSlides: motion.breathing.slides),
      lesions: try lesionTruth(visit), organs: organTruth(visit))
  }

  private func lesionTruth(_ visit: Visit) throws -> [CourseTruth.LesionTruth] {
    let state = state(at: visit)
    let grid = try grids(at: visit).emission
    return VirtualLesion.all.map { lesion in
      let present = state.lesions.first { $0.lesion.name == lesion.name }
      let touching = present.map { one in state.lesions.filter { one.touches($0) } } ?? []
      let centre = state.motion(lesion.centre)
      let volume = present?.millilitres ?? 0
      let concentration = Double(present?.concentration ?? 0)
      return CourseTruth.LesionTruth(
        name: lesion.name, site: lesion.site, fate: lesion.fate, isPresent: present != nil,
        centre: centre.millimetres, volume: volume,
        suv: visit.isDiagnostic ? lesion.suv(progress: progress(at: visit)) : nil,
        concentration: concentration, activity: concentration * volume / 1e6,
        isInField: present.map { grid.shows(centre, reach: $0.reach) } ?? false,
        connectedWith: touching.map(\.lesion.name),
        connectedVolume: touching.reduce(volume) {
          $0 + $1.millilitres - (present?.overlap($1) ?? 0)
        })
    }
  }

  private func organTruth(_ visit: Visit) -> [CourseTruth.OrganTruth] {
    let volumes = anatomy.volumes(at: motion(at: visit).breathing)
    let lesions = state(at: visit).lesions
    return Organ.allCases.map { organ in
      let regions = Region.allCases.filter(organ.contains)
      let outline = regions.reduce(0) { $0 + (volumes[$1] ?? 0) }
      let inside = lesions.filter { organ == .body || $0.lesion.organ == organ }
      let single = regions.count == 1 ? regions.first : nil
      return CourseTruth.OrganTruth(
        name: organ.rawValue, outlineVolume: outline,
        tissueVolume: outline - inside.reduce(0) { $0 + $1.millilitres },
        suv: visit.isDiagnostic ? single?.diagnosticSUV : nil,
        concentration: single.map { PatientState.concentration(of: $0, at: visit) })
    }
  }

  private func cycleTruth(_ number: Int) -> CourseTruth.CycleTruth? {
    guard let visit = visits.first(where: { $0.cycle == number }) else { return nil }
    let progress = progress(at: visit)
    let organs: [CourseTruth.DoseTruth] = organTruth(visit).compactMap { truth in
      guard let organ = Organ(rawValue: truth.name),
        let region = Region.allCases.first(where: organ.contains), organ != .body
      else { return nil }
      return doseTruth(
        truth.name, volume: truth.tissueVolume, density: region.density,
        kinetics: .of(region), visit)
    }
    let lesions = state(at: visit).lesions.map {
      doseTruth(
        $0.lesion.name, volume: $0.millilitres, density: $0.lesion.density,
        kinetics: .of($0.lesion, progress: progress), visit)
    }
    return CourseTruth.CycleTruth(
      number: number, injection: visit.injection,
      injectedActivity: visit.injectedActivity.megabecquerels, regions: organs + lesions)
  }

  /// D = Ã · Δ / m with Δ the energy per decay that stays in place (MIRD 21, J Nucl Med 2009;50:477).
  private func doseTruth(
    _ name: String, volume: Double, density: Double, kinetics: TherapyKinetics, _ visit: Visit
  ) -> CourseTruth.DoseTruth {
    let grams = volume * density
    let kinetics = kinetics.labelled(with: visit.tracer)
    let decays = visit.injectedActivity.inBaseUnit * kinetics.secondsPerGram * grams
    let joules =
      decays * options.nuclide.localEnergyPerDecay * CourseTruth.joulesPerMegaelectronvolt
    return CourseTruth.DoseTruth(
      name: name, volume: volume, density: density, mass: grams,
      fractionPerGram: kinetics.fractionPerGram,
      effectiveHalfLife: kinetics.effectiveHalfLife.inHours,
      uptakeHalfTime: kinetics.uptakeHalfTime.inHours,
      timeIntegratedActivity: TimeIntegratedActivity.becquerelSeconds(decays).megabecquerelHours,
      localElectronDose: joules / (grams / 1000))
  }

  /// Anatomical points and, for soft tissue, points drawn at random inside the trunk.
  private func landmarkTruth() -> [CourseTruth.LandmarkTruth] {
    let motions = visits.map { ($0.id, motion(at: $0)) }
    var random = SeededGenerator(seed: options.seed, stream: "landmarks")
    var points = anatomy.landmarks.filter { abs($0.point.millimetres.z) < 350 }
    var inside = 0
    while inside < 60 {
      let p = SIMD3(
        random.uniform(-140...140), random.uniform(-80...70), random.uniform((-200)...200))
      guard let region = anatomy.region(p), region.isSoft else { continue }
      points.append((.soft, PatientPoint(millimetres: p)))
      inside += 1
    }
    return points.enumerated().map { index, landmark in
      CourseTruth.LandmarkTruth(
        id: index + 1, kind: landmark.kind,
        positions: Dictionary(
          uniqueKeysWithValues: motions.map { ($0.0, $0.1(landmark.point).millimetres) }))
    }
  }
}

extension Region {
  /// Whether the tissue gives way to breathing.
  fileprivate var isSoft: Bool {
    switch self {
    case .air, .spine, .bone: false
    default: true
    }
  }
}

extension LesionState {
  /// Both are the same ellipsoid at different sizes, so scaled axes make spheres of them.
  private func scaledDistance(_ other: LesionState) -> Double {
    let d = other.lesion.centre.millimetres - lesion.centre.millimetres
    return (d / VirtualLesion.shape).length
  }

  func touches(_ other: LesionState) -> Bool {
    lesion.name != other.lesion.name && scaledDistance(other) < radius + other.radius
  }

  /// The volume two lesions share, in millilitres: the lens of two spheres,
  /// V = π (R + r − d)² (d² + 2d(R + r) − 3(R − r)²) / 12 d.
  func overlap(_ other: LesionState) -> Double {
    let (d, sum, difference) = (
      scaledDistance(other), radius + other.radius, radius - other.radius
    )
    guard d < sum, d > abs(difference) else { return 0 }
    let lens =
      Double.pi * (sum - d) * (sum - d) * (d * d + 2 * d * sum - 3 * difference * difference)
      / (12 * d)
    let shape = VirtualLesion.shape
    return lens * shape.x * shape.y * shape.z / 1000
  }
}

extension VoxelGrid {
  /// Whether a ball lies inside the grid.
  func shows(_ centre: PatientPoint, reach: Double) -> Bool {
    [axes.i, axes.j, axes.k].allSatisfy { axis in
      contains(PatientPoint(millimetres: centre.millimetres + axis * reach))
        && contains(PatientPoint(millimetres: centre.millimetres - axis * reach))
    }
  }
}

extension Anatomy {
  /// Volume of each region in millilitres at a breathing state, lesions included: the patient's
  /// own space is sampled as finely as it is painted.
  func volumes(at breathing: Breathing) -> [Region: Double] {
    let frame = frame
    let counts = Slabs.map(of: size.z) { slab in
      let voxels = voxels.span
      var counts = [Int](repeating: 0, count: Region.allCases.count)
      for k in slab {
        for j in 0..<size.y {
          for i in 0..<size.x {
            let q = origin + SIMD3(Double(i), Double(j), Double(k)) * spacing
            counts[Int(frame.region(breathing.baseline(of: q), in: voxels))] += 1
          }
        }
      }
      return counts
    }
    let millilitres = spacing * spacing * spacing / 1000
    return Dictionary(
      uniqueKeysWithValues: Region.allCases.map { region in
        let count = counts.reduce(0) { $0 + $1[Int(region.rawValue)] }
        return (region, Double(count) * millilitres)
      })
  }
}
