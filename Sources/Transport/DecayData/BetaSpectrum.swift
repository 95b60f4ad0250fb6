import Foundation

/// The energy spectrum of one beta branch, computed from its endpoint.
///
/// N(T) ∝ F(±Z, W) p W (W₀ − W)² C(W): F the point-nucleus Fermi function with the finite-radius
/// factor L₀ (Konopinski and Rose, in Siegbahn, Alpha-, Beta- and Gamma-Ray Spectroscopy, 1965),
/// C = 1 for allowed and non-unique first-forbidden transitions and q² + λ₂p² for unique
/// first-forbidden ones. Screening of the nucleus by the electrons follows Rose (1936) for β⁻.
public struct BetaSpectrum: Sendable, Hashable, Codable {
  public enum Shape: String, Sendable, Hashable, Codable { case allowed, firstForbiddenUnique }
  public enum Charge: Sendable, Hashable { case electron, positron }

  public let endpointMeV: Double
  /// Probability of each of the equal bins between 0 and the endpoint; they sum to 1.
  public let binProbability: [Double]

  public static let binCount = 200

  /// - Parameters:
  ///   - charge: Electron for β⁻, positron for β⁺.
  ///   - atomicNumber: Z of the daughter.
  ///   - massNumber: A of the daughter, for the nuclear radius 0.426 α A^⅓.
  public init(
    endpointMeV: Double, charge: Charge, atomicNumber: Int, massNumber: Int, shape: Shape
  ) {
    let fermi = FermiFunction(charge: charge, atomicNumber: atomicNumber, massNumber: massNumber)
    let w0 = 1 + endpointMeV / electronRestMeV
    // Three-point Gauss in each bin keeps the steep first bins exact enough.
    let offsets: [Double] = [-0.7745966692 / 2, 0, 0.7745966692 / 2]
    let gauss: [Double] = [5.0 / 9, 8.0 / 9, 5.0 / 9]
    let width = (w0 - 1) / Double(Self.binCount)
    var weights = [Double](repeating: 0, count: Self.binCount)
    for bin in weights.indices {
      for n in 0..<3 {
        let w: Double = 1 + width * (Double(bin) + 0.5 + offsets[n])
        weights[bin] += gauss[n] * fermi.spectrum(w: w, w0: w0, shape: shape)
      }
    }
    let total = weights.reduce(0, +)
    for bin in weights.indices { weights[bin] /= total }
    self.endpointMeV = endpointMeV
    binProbability = weights
  }

  public var meanMeV: Double {
    let width = endpointMeV / Double(Self.binCount)
    return binProbability.enumerated().reduce(0) { $0 + $1.1 * width * (Double($1.0) + 0.5) }
  }
}

/// Rest energy of the electron in MeV (CODATA 2018).
let electronRestMeV = 0.51099895
/// Fine-structure constant (CODATA 2018).
let fineStructure = 7.2973525693e-3

/// The Coulomb factor of a beta spectrum.
private struct FermiFunction {
  let z: Double
  let radius: Double
  let gamma: Double
  /// Screening shift in units of the electron's rest energy; subtracted from W for β⁻.
  let screening: Double

  init(charge: BetaSpectrum.Charge, atomicNumber: Int, massNumber: Int) {
    z = charge == .electron ? Double(atomicNumber) : -Double(atomicNumber)
    radius = 0.426 * fineStructure * cbrt(Double(massNumber))
    gamma = (1 - (fineStructure * z) * (fineStructure * z)).squareRoot()
    // Rose 1936 with the Thomas-Fermi value V₀ = 1.13 α² Z^(4/3).
    let shift = 1.13 * fineStructure * fineStructure * pow(Double(atomicNumber), 4.0 / 3)
    screening = charge == .electron ? shift : -shift
  }

  func spectrum(w: Double, w0: Double, shape: BetaSpectrum.Shape) -> Double {
    guard w > 1, w < w0 else { return 0 }
    let p2 = w * w - 1
    let q = w0 - w
    let screened = max(w - screening, 1 + 1e-4)
    let screenedMomentum = (screened * screened - 1).squareRoot()
    let base = coulomb(screened) * screenedMomentum * screened * q * q
    switch shape {
    case .allowed: return base
    case .firstForbiddenUnique: return base * (q * q + lambda2(w) * p2)
    }
  }

  /// F(Z, W) = 2(1 + γ)(2pR)^(2γ−2) e^{πy} |Γ(γ + iy)|² / Γ(2γ + 1)², y = αZW/p.
  func coulomb(_ w: Double) -> Double {
    let p = (w * w - 1).squareRoot()
    let y = fineStructure * z * w / p
    var exponent: Double = 2 * logGammaModulus(gamma, y)
    exponent += Double.pi * y
    exponent += (2 * gamma - 2) * Foundation.log(2 * p * radius)
    let norm: Double = tgamma(2 * gamma + 1)
    return 2 * (1 + gamma) * exp(exponent) / (norm * norm) * finiteSize(w)
  }

  /// L₀, the correction for a nucleus of uniform charge (Wilkinson 1990, Nucl Instrum Methods A
  /// 290:509, its leading terms).
  private func finiteSize(_ w: Double) -> Double {
    let a: Double = fineStructure * z
    let common: Double = 2 * gamma - 1
    let rising: Double = w * radius * a * (41 - 26 * gamma) / (15 * common)
    let falling: Double = a * radius * gamma * (17 - 2 * gamma) / (30 * w * common)
    return 1 + 13 * a * a / 60 - rising - falling
  }

  /// λ₂ = F₁/F₀: the Coulomb function of the next partial wave over that of the first.
  func lambda2(_ w: Double) -> Double {
    let p = (w * w - 1).squareRoot()
    let y = fineStructure * z * w / p
    let gamma2 = (4 - (fineStructure * z) * (fineStructure * z)).squareRoot()
    let first = logPartialWave(order: 2, gamma: gamma2, momentum: p, y: y)
    let zeroth = logPartialWave(order: 1, gamma: gamma, momentum: p, y: y)
    return exp(first - zeroth)
  }

  /// ln of (2pR)^(2γ−2k) e^{πy} |Γ(γ + iy)|² / Γ(k)² · (Γ(2k + 1) / Γ(2γ + 1))² · (k + γ) / 2k, without the
  /// e^{πy} that cancels between waves; 0 at Z = 0.
  private func logPartialWave(order k: Double, gamma: Double, momentum p: Double, y: Double)
    -> Double
  {
    var sum: Double = 2 * logGammaModulus(gamma, y)
    sum -= 2 * logGammaModulus(k, 0)
    sum += (2 * gamma - 2 * k) * Foundation.log(2 * p * radius)
    sum += 2 * (lgamma(2 * k + 1) - lgamma(2 * gamma + 1))
    sum += Foundation.log((k + gamma) / (2 * k))
    return sum
  }

  /// ln |Γ(x + iy)| by Stirling's series after shifting x above 10.
  func logGammaModulus(_ x: Double, _ y: Double) -> Double {
    var x = x
    var shift = 0.0
    while x < 10 {
      shift += 0.5 * Foundation.log(x * x + y * y)
      x += 1
    }
    let r2 = x * x + y * y
    let logR = 0.5 * Foundation.log(r2)
    let angle = atan2(y, x)
    let stirling: Double = (x - 0.5) * logR - y * angle - x + 0.918938533204673
    let third: Double = (x * x * x - 3 * x * y * y) / (360 * r2 * r2 * r2)
    return stirling + x / (12 * r2) - third - shift
  }
}
