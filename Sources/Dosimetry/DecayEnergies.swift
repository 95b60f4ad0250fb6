public import Quantities

/// What one decay of a radionuclide emits, as far as self-dose needs it.
///
/// Betas, gammas and conversion coefficients: ENSDF as of September 2023 (NNDC, Brookhaven).
/// K fluorescence yields and mean K X-ray energies: xraylib 4 (Schoonjans 2011, Spectrochim Acta
/// B 66:776). No Auger or L-shell table is needed: a converted transition hands its whole energy
/// to the atom, and all of it but the K X-rays stops within a fraction of a millimetre. So the
/// local energy is Σβ + Σ(converted transition energy) − Σ(K X-ray energy), and energy balances.
public struct DecayEnergies: Sendable, Hashable {
  /// A photon line: energy in MeV and photons per decay.
  public struct PhotonLine: Sendable, Hashable {
    public let energyMeV: Double
    public let perDecay: Double
  }

  public let radionuclide: Radionuclide
  /// Mean energy of betas, conversion electrons, Auger electrons and L X-rays per decay, in MeV:
  /// what stops where it starts.
  public let electronMeV: Double
  /// Gammas of more than 0.1 % and the K X-rays as one line.
  public let photons: [PhotonLine]
  /// For the report.
  public let source: String

  /// Total photon energy per decay in MeV.
  public var photonMeV: Double { photons.reduce(0) { $0 + $1.energyMeV * $1.perDecay } }

  /// - Throws: ``DosimetryError/noDecayData(radionuclide:known:)``.
  public init(_ radionuclide: Radionuclide) throws(DosimetryError) {
    guard let decay = Self.evaluated.first(where: { $0.radionuclide == radionuclide }) else {
      throw .noDecayData(
        radionuclide: radionuclide.symbol, known: Self.evaluated.map(\.radionuclide.symbol))
    }
    self.radionuclide = radionuclide
    electronMeV = decay.betaMeV + decay.convertedMeV - decay.kXRay.energyMeV * decay.kXRay.perDecay
    photons = decay.gammas + (decay.kXRay.perDecay > 0 ? [decay.kXRay] : [])
    source = "ENSDF (NNDC, September 2023); K X-rays from xraylib 4"
  }

  private struct Evaluated: Sendable {
    let radionuclide: Radionuclide
    let betaMeV: Double
    /// Σ yield · energy · conversion coefficient.
    let convertedMeV: Double
    let kXRay: PhotonLine
    let gammas: [PhotonLine]
  }

  private static let evaluated = [lutetium177, yttrium90, iodine131, terbium161]

  /// 0.0575 K vacancies per decay from conversion, hafnium ω_K 0.9505.
  private static let lutetium177 = Evaluated(
    radionuclide: .lutetium177, betaMeV: 0.133644, convertedMeV: 0.0174259,
    kXRay: PhotonLine(energyMeV: 0.0570, perDecay: 0.0575 * 0.9505),
    gammas: lines([
      (0.0716418, 0.00164478), (0.1129498, 0.0622518), (0.2083662, 0.1041),
      (0.2496742, 0.00199664), (0.3213159, 0.0021861),
    ]))

  /// A pure beta emitter; bremsstrahlung photons are not counted.
  private static let yttrium90 = Evaluated(
    radionuclide: .yttrium90, betaMeV: 0.932314, convertedMeV: 0,
    kXRay: PhotonLine(energyMeV: 0, perDecay: 0), gammas: [])

  /// Without the 163.9 keV transition of Xe-131m (11.9 d), which lives apart from its parent.
  /// 0.0537 K vacancies per decay, xenon ω_K 0.8883.
  private static let iodine131 = Evaluated(
    radionuclide: .iodine131, betaMeV: 0.18185, convertedMeV: 0.0113414,
    kXRay: PhotonLine(energyMeV: 0.0304, perDecay: 0.0537 * 0.8883),
    gammas: lines([
      (0.080185, 0.0261615), (0.177214, 0.0026895), (0.284305, 0.0612065), (0.325789, 0.00273025),
      (0.364489, 0.815), (0.503004, 0.00359415), (0.636989, 0.071557), (0.642719, 0.0021679),
      (0.722911, 0.0176855),
    ]))

  /// Betas sum to 1.0088 per decay in ENSDF and are renormalised to 1.
  /// 0.2353 K vacancies per decay, dysprosium ω_K 0.9376.
  private static let terbium161 = Evaluated(
    radionuclide: .terbium161, betaMeV: 0.155695 / 1.0088, convertedMeV: 0.0589434,
    kXRay: PhotonLine(energyMeV: 0.0470, perDecay: 0.2353 * 0.9376),
    gammas: lines([
      (0.02565135, 0.23154), (0.04891533, 0.17034), (0.0571917, 0.01785), (0.07456669, 0.102),
      (0.087941, 0.0018258), (0.103065, 0.0010098),
    ]))

  private static func lines(_ pairs: [(Double, Double)]) -> [PhotonLine] {
    pairs.map { PhotonLine(energyMeV: $0.0, perDecay: $0.1) }
  }
}
