/// The holes that conversion and electron capture leave in the shells, and what fills them emits.
struct VacancyCascade {
  private(set) var conversionElectrons: [DecayScheme.Line] = []
  private(set) var xRays: [DecayScheme.PhotonLine] = []
  private(set) var augerMeV = 0.0

  init(_ decay: EvaluatedDecay) {
    for transition in decay.transitions {
      guard let shells = AtomicShells.of(transition.daughter) else { continue }
      var holes = Holes()
      for gamma in decay.gammas where gamma.daughter == transition.daughter {
        convert(gamma, in: shells, leaving: &holes)
      }
      if transition.mode == .capture {
        let scale = decay.normalisation(.capture, to: transition.daughter)
        let z = ChemicalElement.atomicNumber(of: transition.daughter) ?? 0
        for capture in decay.captures where capture.daughter == transition.daughter {
          let k = Self.kCaptureShare(z: z, shells: shells, availableMeV: capture.availableMeV)
          holes.k += capture.perDecay * scale * k
          holes.l += capture.perDecay * scale * (1 - k)
        }
      }
      fill(holes, in: shells)
    }
  }

  private struct Holes {
    var k = 0.0
    var l = 0.0
    var outer = 0.0
  }

  /// Binding of the M shell and above, as a share of the L edge; outer-shell energies are small.
  private static let outerShare = 0.22

  private mutating func convert(
    _ gamma: EvaluatedDecay.Gamma, in shells: AtomicShells, leaving holes: inout Holes
  ) {
    let outerICC = max(gamma.conversion.total - gamma.conversion.k - gamma.conversion.l, 0)
    let parts = [
      (gamma.conversion.k, shells.kEdge, \Holes.k), (gamma.conversion.l, shells.lEdge, \Holes.l),
      (outerICC, shells.lEdge * Self.outerShare, \Holes.outer),
    ]
    for (icc, edge, shell) in parts where icc > 0 {
      let perDecay = gamma.perDecay * icc
      let energyMeV = gamma.energyMeV - edge / 1000
      guard energyMeV > 0 else { continue }
      conversionElectrons.append(.init(energyMeV: energyMeV, perDecay: perDecay))
      holes[keyPath: shell] += perDecay
    }
  }

  private mutating func fill(_ holes: Holes, in shells: AtomicShells) {
    let released =
      holes.k * shells.kEdge + (holes.l + holes.outer * Self.outerShare) * shells.lEdge
    let kXRays = holes.k * shells.kYield
    let lXRays = (holes.l + holes.k * shells.lVacanciesPerK) * shells.lYield
    let radiated = kXRays * shells.kXRay + lXRays * shells.lXRay
    augerMeV += (released - radiated) / 1000
    for (origin, count, energy) in [
      (DecayScheme.PhotonLine.Origin.kXRay, kXRays, shells.kXRay), (.lXRay, lXRays, shells.lXRay),
    ] where count > 0 {
      xRays.append(.init(origin: origin, energyMeV: energy / 1000, perDecay: count))
    }
  }

  /// Share of allowed captures from the K shell: P_L/P_K = (g_L/g_K)² ((Q − B_L)/(Q − B_K))², with
  /// the ratio of the electron densities rising from 0.09 at Z = 20 to 0.18 at Z = 90, and a factor
  /// of 1.15 to 1.35 for the outer shells (Bambynek 1977, Rev Mod Phys 49:77, rounded).
  private static func kCaptureShare(z: Int, shells: AtomicShells, availableMeV: Double) -> Double {
    let q = availableMeV * 1000
    guard q > shells.kEdge else { return 0 }
    let rise = (Double(z) - 20) / 70
    let density = max(0.09 + 0.09 * rise, 0.05)
    let outer = 1.15 + 0.2 * max(rise, 0)
    let phaseSpace = (q - shells.lEdge) / (q - shells.kEdge)
    return 1 / (1 + density * phaseSpace * phaseSpace * outer)
  }
}
