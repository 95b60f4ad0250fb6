/// Draws the particles of a decay, or of a chain whose members decay in fixed proportions.
///
/// Electrons and photons are drawn as two families, each with its mean number per decay; that the
/// gammas of one decay come together does not matter to dose.
struct EmissionSampler: Sendable {
  /// Electrons and positrons per decay, and photons per decay, that are followed.
  private(set) var electronsPerDecay = 0.0
  private(set) var photonsPerDecay = 0.0
  /// Left where the decay is: Auger electrons and what lies below the cuts, in MeV.
  private(set) var localElectronMeV = 0.0
  private(set) var localPhotonMeV = 0.0
  /// Alphas and recoils, left where the decay is, in MeV.
  private(set) var alphaMeV = 0.0

  private var electronTable: [ElectronEmission] = []
  private var electronCumulative: [Double] = []
  private var photonEnergies: [Double] = []
  private var photonCumulative: [Double] = []

  private enum ElectronEmission: Sendable {
    case line(Double)
    case spectrum(cumulative: [Double], binWidth: Double, isPositron: Bool)
  }

  /// - Parameter decays: Each nuclide with its decays per decay of the parent.
  init(_ decays: [(scheme: DecayScheme, weight: Double)], options: TransportOptions) {
    for (scheme, weight) in decays {
      add(scheme, weight: weight, options: options)
    }
  }

  private mutating func add(_ scheme: DecayScheme, weight: Double, options: TransportOptions) {
    alphaMeV += scheme.alphas.reduce(0) {
      $0 + weight * $1.perDecay * ($1.energyMeV + $1.recoilMeV)
    }
    localElectronMeV += weight * scheme.augerMeV
    for line in scheme.conversionElectrons {
      if line.energyMeV > options.electronCutMeV {
        addElectron(.line(line.energyMeV), weight * line.perDecay)
      } else {
        localElectronMeV += weight * line.perDecay * line.energyMeV
      }
    }
    for beta in scheme.betas {
      var sum = 0.0
      let cumulative = beta.spectrum.binProbability.map { probability in
        sum += probability
        return sum
      }
      let width =
        beta.spectrum.endpointMeV / Double(BetaSpectrum.binCount) * beta.energyScale
      addElectron(
        .spectrum(cumulative: cumulative, binWidth: width, isPositron: beta.isPositron),
        weight * beta.perDecay)
    }
    // A followed positron makes its annihilation photons where it ends.
    for photon in scheme.photons where photon.origin != .annihilation {
      if photon.energyMeV > options.photonCutMeV {
        photonsPerDecay += weight * photon.perDecay
        photonEnergies.append(photon.energyMeV)
        photonCumulative.append(photonsPerDecay)
      } else {
        localPhotonMeV += weight * photon.perDecay * photon.energyMeV
      }
    }
  }

  private mutating func addElectron(_ emission: ElectronEmission, _ perDecay: Double) {
    electronsPerDecay += perDecay
    electronTable.append(emission)
    electronCumulative.append(electronsPerDecay)
  }

  /// Energy of the electron or positron at `share`, from 0 to 1, of all of the decay, in MeV.
  ///
  /// Evenly spread shares give every line and every part of a spectrum its due.
  func electron(share: Double) -> (energy: Double, isPositron: Bool) {
    let target = share * electronsPerDecay
    let choice = Self.search(electronCumulative, target)
    switch electronTable[choice] {
    case .line(let energy): return (energy, false)
    case .spectrum(let cumulative, let binWidth, let isPositron):
      let below = choice > 0 ? electronCumulative[choice - 1] : 0
      let within = (target - below) / (electronCumulative[choice] - below) * (cumulative.last ?? 1)
      let bin = Self.search(cumulative, within)
      let start = bin > 0 ? cumulative[bin - 1] : 0
      let part = min(max((within - start) / max(cumulative[bin] - start, 1e-300), 0), 1)
      return ((Double(bin) + part) * binWidth, isPositron)
    }
  }

  /// Energy of the photon at `share` of all photons of the decay, in MeV.
  func photonEnergy(share: Double) -> Double {
    photonEnergies[Self.search(photonCumulative, share * photonsPerDecay)]
  }

  /// Index of the first entry above `value`.
  private static func search(_ cumulative: [Double], _ value: Double) -> Int {
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Draws one family over a run of decays: its number and its energies stay even all along, which
/// takes their scatter out of the dose. Every single draw is still uniform.
struct EvenDraw {
  private let perDecay: Double
  private var owed: Double
  private var share: Double

  init(perDecay: Double, _ random: inout RandomStream) {
    self.perDecay = perDecay
    owed = random.uniform()
    share = random.uniform()
  }

  /// Particles of the next decay.
  mutating func count() -> Int {
    owed += perDecay
    let whole = owed.rounded(.down)
    owed -= whole
    return Int(whole)
  }

  /// Weyl's sequence of the golden ratio: every stretch of it is evenly spread over 0 to 1.
  mutating func nextShare() -> Double {
    share += 0.6180339887498949
    if share >= 1 { share -= 1 }
    return share
  }
}
