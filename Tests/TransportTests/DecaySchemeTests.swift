import Quantities
import Testing
import Transport

@Suite struct DecaySchemeTests {
  /// Energy per decay in MeV by ICRP Publication 107, recomputed from its lines: alpha with
  /// recoil, all electrons, photons. The allowances are the differences between evaluations:
  /// ENSDF gives Lu-177 10.41 % at 208 keV where ICRP 107 gives 11.0 %.
  @Test(
    arguments: [
      ("Lu-177", 0, 0.14792, 0.03510, 0.002, 0.05), ("Y-90", 0, 0.93311, 0, 0.002, 0),
      ("I-131", 0, 0.19185, 0.38276, 0.003, 0.005), ("Tb-161", 0, 0.20249, 0.03652, 0.005, 0.03),
      ("Cu-67", 0, 0.15039, 0.11535, 0.01, 0.005), ("Re-186", 0, 0.33624, 0.02080, 0.005, 0.01),
      ("Re-188", 0, 0.77934, 0.06125, 0.002, 0.025),
      ("Sm-153", 0, 0.26988, 0.06426, 0.005, 0.06), ("Ho-166", 0, 0.69634, 0.03007, 0.003, 0.03),
      ("Ac-225", 5.8920, 0.02476, 0.01709, 0.25, 0.22),
      ("Fr-221", 6.4199, 0.00891, 0.02941, 0.01, 0.02),
      ("Bi-213", 0.1245, 0.44405, 0.12774, 0.005, 0.02),
      ("Ra-223", 5.7702, 0.0781, 0.14126, 0.04, 0.08),
      ("Bi-212", 2.2163, 0.50456, 0.10376, 0.002, 0.002),
      ("F-18", 0, 0.24161, 0.98858, 0.001, 0.001),
      ("Ga-68", 0, 0.73794, 0.94869, 0.001, 0.001), ("Zr-89", 0, 0.10194, 1.15808, 0.002, 0.001),
      ("Cu-64", 0, 0.12475, 0.18548, 0.006, 0.006), ("I-124", 0, 0.19429, 1.11325, 0.007, 0.003),
      ("In-111", 0, 0.03482, 0.40611, 0.025, 0.001),
    ] as [(String, Double, Double, Double, Double, Double)])
  func energyPerDecayAgreesWithICRP107(
    symbol: String, alpha: Double, electrons: Double, photons: Double, electronAllowance: Double,
    photonAllowance: Double
  ) throws {
    let energies = try DecayScheme(symbol: symbol).energies
    // Bi-213 decays by alpha in 2.14 % (ENSDF) or 2.09 % (ICRP 107) of cases.
    let alphaAllowance = symbol == "Bi-213" ? 0.03 : 0.001
    #expect(abs(energies.alphaMeV + energies.recoilMeV - alpha) <= alphaAllowance * alpha)
    #expect(abs(energies.electronMeV / electrons - 1) < electronAllowance)
    if photons > 0 { #expect(abs(energies.photonMeV / photons - 1) < photonAllowance) }
  }

  /// Principal gamma line in keV and per decay, positrons per decay: NuDat 3, NNDC.
  @Test(arguments: [
    ("Tl-201", 167.43, 0.100, 0.0), ("I-125", 35.49, 0.0668, 0), ("Xe-133", 81.0, 0.369, 0),
    ("Pb-203", 279.2, 0.809, 0), ("Co-55", 931.1, 0.75, 0.76), ("Br-76", 559.1, 0.74, 0.55),
    ("Sc-43", 372.9, 0.225, 0.881), ("Ag-111", 342.1, 0.0668, 0),
  ])
  func imagingNuclidesHaveTheirLines(
    symbol: String, keV: Double, perDecay: Double, positrons: Double
  ) throws {
    let scheme = try DecayScheme(symbol: symbol)
    let line = try #require(
      scheme.photons.first { $0.origin == .gamma && abs($0.energyMeV * 1000 - keV) < 0.2 })
    #expect(abs(line.perDecay / perDecay - 1) < 0.01)
    let found = scheme.betas.filter(\.isPositron).reduce(0) { $0 + $1.perDecay }
    #expect(abs(found - positrons) < 0.015)
  }

  /// Every capture or converted transition leaves a vacancy in the K shell or above, whose binding
  /// energy comes out as X-rays and Auger electrons: I-125 has two per decay, of 31.8 keV at most.
  @Test func iodine125SpendsItsEnergyInXRaysAndAugerElectrons() throws {
    let energies = try DecayScheme(symbol: "I-125").energies
    // 35.5 keV of the level, and what the captures leave behind of the binding energy.
    let emitted = energies.photonMeV + energies.electronMeV
    #expect(emitted > 0.0355 + 0.020 && emitted < 0.0355 + 0.0318)
  }

  /// ICRP 107 chain totals per parent decay in MeV: alpha, recoil, electrons, photons.
  @Test(arguments: [
    ("Ac-225", 27.483, 0.513, 0.690, 0.219), ("Ra-223", 26.377, 0.496, 1.043, 0.314),
    ("Pb-212", 7.802, 0.150, 0.901, 1.457), ("Ra-224", 26.542, 0.498, 0.903, 1.468),
    ("At-211", 6.784, 0.131, 0.0060, 0.0414), ("Bi-213", 8.324, 0.159, 0.656, 0.173),
  ])
  func chainTotalsAgreeWithICRP107(
    parent: String, alpha: Double, recoil: Double, electrons: Double, photons: Double
  ) throws {
    let energies = try DecayChain(parent: parent).energiesInPlace
    #expect(abs(energies.alphaMeV / alpha - 1) < 0.001)
    #expect(abs(energies.recoilMeV / recoil - 1) < 0.005)
    let local = alpha + recoil + electrons
    #expect(abs(energies.nonPenetratingMeV / local - 1) < 0.002)
    #expect(abs(energies.nonPenetratingMeV + energies.photonMeV - local - photons) < 0.01 * local)
  }

  /// A transition's energy is spent once: beta mean plus gammas plus converted transitions.
  @Test(arguments: ["Lu-177", "Tb-161", "Sm-153", "Ho-166"])
  func vacanciesKeepTheEnergyOfConvertedTransitions(symbol: String) throws {
    let scheme = try DecayScheme(symbol: symbol)
    let energies = scheme.energies
    let gammas = scheme.photons.filter { $0.origin == .gamma }
      .reduce(0) { $0 + $1.energyMeV * $1.perDecay }
    let xRays = energies.photonMeV - gammas
    // Known sums of yield · energy · conversion coefficient of ENSDF, in MeV.
    let converted = [
      "Lu-177": 0.0174259, "Tb-161": 0.0589434, "Sm-153": 0.0696507, "Ho-166": 0.0358937,
    ]
    let spent = energies.conversionMeV + energies.augerMeV + xRays
    let expected = try #require(converted[symbol])
    #expect(abs(spent / expected - 1) < 0.005)
  }

  @Test func anUnknownNuclideIsRefusedByName() {
    #expect(throws: TransportError.noDecayData(radionuclide: "Xx-99")) {
      try DecayScheme(symbol: "Xx-99")
    }
  }

  /// At-211: K X-rays of polonium in about 40 % of decays (79.6 keV 19.4 %, 77.1 keV 11.7 % and
  /// the K-betas near 90 keV).
  @Test func captureOfAstatineGivesItsKXRays() throws {
    let scheme = try DecayScheme(symbol: "At-211")
    let xRays = scheme.photons.filter { $0.origin == .kXRay && $0.energyMeV > 0.05 }
    #expect(abs(xRays.reduce(0) { $0 + $1.perDecay } - 0.405) < 0.045)
  }
}

@Suite struct BetaSpectrumTests {
  /// Endpoint, daughter Z and A, shape, and ENSDF's mean in MeV.
  @Test(arguments: [
    (2.2785, 40, 90, BetaSpectrum.Shape.firstForbiddenUnique, 0.9324),
    (0.4968, 72, 177, .allowed, 0.14884), (0.38385, 72, 177, .allowed, 0.1112),
    (0.60631, 54, 131, .allowed, 0.19158), (1.71066, 16, 32, .allowed, 0.69503),
    (1.5009, 39, 89, .firstForbiddenUnique, 0.5871), (2.12042, 76, 188, .allowed, 0.79541),
    (1.8547, 68, 166, .allowed, 0.69396), (1.422, 84, 213, .allowed, 0.4918),
  ])
  func meanIsThatOfENSDF(
    endpoint: Double, z: Int, a: Int, shape: BetaSpectrum.Shape, mean: Double
  ) {
    let spectrum = BetaSpectrum(
      endpointMeV: endpoint, charge: .electron, atomicNumber: z, massNumber: a, shape: shape)
    #expect(abs(spectrum.meanMeV / mean - 1) < 0.007)
    #expect(abs(spectrum.binProbability.reduce(0, +) - 1) < 1e-12)
  }

  @Test(arguments: [(0.6335, 8, 18, 0.2498), (0.9604, 5, 11, 0.3857), (0.90185, 39, 89, 0.3955)])
  func positronMeansAreThoseOfENSDF(endpoint: Double, z: Int, a: Int, mean: Double) {
    let spectrum = BetaSpectrum(
      endpointMeV: endpoint, charge: .positron, atomicNumber: z, massNumber: a, shape: .allowed)
    #expect(abs(spectrum.meanMeV / mean - 1) < 0.007)
  }

  /// Yttrium-90 without its unique shape would be half a per cent too soft.
  @Test func theUniqueShapeHardensYttrium() {
    let unique = BetaSpectrum(
      endpointMeV: 2.2785, charge: .electron, atomicNumber: 40, massNumber: 90,
      shape: .firstForbiddenUnique)
    let allowed = BetaSpectrum(
      endpointMeV: 2.2785, charge: .electron, atomicNumber: 40, massNumber: 90, shape: .allowed)
    #expect(abs(unique.meanMeV / allowed.meanMeV - 1.006) < 0.002)
  }
}
