import Foundation

/// Cross sections of electrons in a material, per g/cm². Positrons are taken as electrons.
struct ElectronPhysics {
  let material: Material
  /// Knock-on electrons above this energy are followed one by one, in MeV.
  let knockOnCut: Double
  /// Bremsstrahlung photons above this energy are followed, in MeV.
  let photonCut: Double

  /// 2π r_e² m_e c² N_A in MeV cm²/mol (CODATA 2018), half the 0.307075 of the Bethe formula.
  private static let bethe = 0.1535375
  /// r_e² N_A in cm²/mol.
  static let classicalArea = 0.0794079 * 0.6022140857

  /// Collision stopping power for losses below `cut`, in MeV cm²/g: ICRU Report 37, eqs 2.15 and
  /// 2.23. With `cut` = T/2 it is the whole collision stopping power.
  func collisionLoss(_ kinetic: Double, cut: Double) -> Double {
    let tau = kinetic / electronRestMeV
    let d = min(cut, kinetic / 2) / electronRestMeV
    let gamma2 = (tau + 1) * (tau + 1)
    let beta2 = tau * (tau + 2) / gamma2
    let excitation = material.excitationEV * 1e-6 / electronRestMeV
    var bracket: Double = log(2 * (tau + 2) / (excitation * excitation))
    bracket += -1 - beta2 + log((tau - d) * d) + tau / (tau - d)
    bracket += (d * d / 2 + (2 * tau + 1) * log(1 - d / tau)) / gamma2
    bracket -= densityEffect(tau)
    return Self.bethe * material.electronsPerGram / beta2 * bracket
  }

  /// δ of Sternheimer: fitted constants for water (ICRU 37, table 4.4), the general formula of
  /// Sternheimer and Peierls 1971 (Phys Rev B 3:3681) for condensed matter otherwise.
  func densityEffect(_ tau: Double) -> Double {
    let x = log10((tau * (tau + 2)).squareRoot())
    let fit = densityFit
    guard x > fit.x0 else { return 0 }
    let base = 4.605170186 * x - fit.c
    return x < fit.x1 ? base + fit.a * pow(fit.x1 - x, fit.m) : base
  }

  private var densityFit: (c: Double, x0: Double, x1: Double, a: Double, m: Double) {
    if material.name == Material.water.name { return (3.5017, 0.2400, 2.8004, 0.09116, 3.4773) }
    if material.name == Material.air.name { return (10.5961, 1.7418, 4.2759, 0.10914, 3.3994) }
    let plasmon = 28.816 * (material.nominalDensity * material.electronsPerGram).squareRoot()
    let c = 2 * log(material.excitationEV / plasmon) + 1
    let isLight = material.excitationEV < 100
    let x1: Double = isLight ? 2 : 3
    let x0 = c < (isLight ? 3.681 : 5.215) ? 0.2 : 0.326 * c - (isLight ? 1 : 1.5)
    return (c, x0, x1, (c - 4.605170186 * x0) / pow(x1 - x0, 3), 3)
  }

  /// Møller cross section above ``knockOnCut`` in cm²/g.
  func knockOnCrossSection(_ kinetic: Double) -> Double {
    guard kinetic > 2 * knockOnCut else { return 0 }
    let tau = kinetic / electronRestMeV
    let gamma = tau + 1
    let beta2 = tau * (tau + 2) / (gamma * gamma)
    let e = knockOnCut / kinetic
    let c1 = (tau / gamma) * (tau / gamma)
    let c2 = (2 * tau + 1) / (gamma * gamma)
    let integral = c1 * (0.5 - e) + 1 / e - 1 / (1 - e) - c2 * log((1 - e) / e)
    return Self.bethe * material.electronsPerGram / beta2 / kinetic * integral
  }

  /// First two transport coefficients of elastic scattering in cm²/g: Rutherford scattering
  /// screened after Molière, with Z more for collisions with electrons that are not sampled.
  func transport(_ kinetic: Double) -> (first: Double, second: Double) {
    let tau = kinetic / electronRestMeV
    let gamma2 = (tau + 1) * (tau + 1)
    let beta2 = tau * (tau + 2) / gamma2
    var first = 0.0
    var second = 0.0
    for (z, fraction) in material.sortedFractions {
      let charge = Double(z)
      let coupling = fineStructure * charge
      let moliere = 1.13 + 3.76 * coupling * coupling / beta2
      let radius = fineStructure / 0.885 * cbrt(charge)
      let eta = radius * radius / (4 * tau * (tau + 2)) * moliere
      let logarithm = log(1 + 1 / eta)
      let strength =
        2 * Double.pi * Self.classicalArea * charge * fraction
        / (Material.atomicWeight(z) * gamma2 * beta2 * beta2)
      first += strength * charge * (logarithm - 1 / (1 + eta))
      second += strength * charge * 3 * ((1 + 2 * eta) * logarithm - 2)
      // Soft collisions with electrons turn by small angles only, up to that of the cut.
      let soft = strength * log(1 + softTurn(kinetic) / (2 * eta))
      first += soft
      second += 3 * soft
    }
    return (first, second)
  }

  /// 1 − cos θ of an electron that loses the knock-on cut, or the most it can, to another.
  private func softTurn(_ kinetic: Double) -> Double {
    let share = min(knockOnCut / kinetic, 0.5)
    return share * electronRestMeV / (kinetic + 2 * electronRestMeV)
  }

  /// k dσ/dk of bremsstrahlung in cm²/g: Bethe and Heitler (3BN of Koch and Motz 1959) with
  /// Elwert's Coulomb factor and Z(Z + 1).
  func photonSpectrum(_ kinetic: Double, _ photon: Double) -> Double {
    let shape = Self.betheHeitler(kinetic, photon)
    var strength = 0.0
    for (z, fraction) in material.sortedFractions {
      strength += Double(z * (z + 1)) * fraction / Material.atomicWeight(z)
    }
    return Self.classicalArea * fineStructure * strength * shape
  }

  /// k dσ/dk in units of α r_e² Z².
  static func betheHeitler(_ kinetic: Double, _ photon: Double) -> Double {
    guard photon < kinetic * 0.9999 else { return 0 }
    let k = photon / electronRestMeV
    let e0 = 1 + kinetic / electronRestMeV
    let e = e0 - k
    let p0 = (e0 * e0 - 1).squareRoot()
    let p = (e * e - 1).squareRoot()
    let l = 2 * log((e0 * e + p0 * p - 1) / k)
    let eps0 = log((e0 + p0) / (e0 - p0))
    let eps = log((e + p) / (e - p))
    let pp = p * p0
    var sum: Double = 4.0 / 3 - 2 * e0 * e * (p * p + p0 * p0) / (pp * pp)
    sum += eps0 * e / (p0 * p0 * p0) + eps * e0 / (p * p * p) - eps * eps0 / pp
    var inner: Double = (e0 * e + p0 * p0) / (p0 * p0 * p0) * eps0
    inner -= (e0 * e + p * p) / (p * p * p) * eps
    inner += 2 * k * e0 * e / (pp * pp)
    var last: Double = 8 * e0 * e / (3 * pp)
    last += k * k * (e0 * e0 * e * e + pp * pp) / (pp * pp * pp)
    last += k / (2 * pp) * inner
    sum += l * last
    let beta0 = p0 / e0
    let beta = p / e
    let zEffective = 7.4
    let coupling = 2 * Double.pi * fineStructure * zEffective
    let elwert = beta0 / beta * (1 - exp(-coupling / beta0)) / (1 - exp(-coupling / beta))
    return max(p / p0 * sum * elwert, 0)
  }

  /// Energy lost to photons below the cut in MeV cm²/g, and the cross section above it in cm²/g.
  func radiation(_ kinetic: Double) -> (softLoss: Double, hardCrossSection: Double) {
    let steps = 24
    let soft = min(photonCut, kinetic)
    var loss = 0.0
    for n in 0..<steps {
      loss += photonSpectrum(kinetic, soft * (Double(n) + 0.5) / Double(steps))
    }
    var hard = 0.0
    if kinetic > photonCut {
      let span = log(kinetic / photonCut)
      for n in 0..<steps {
        let k = photonCut * exp(span * (Double(n) + 0.5) / Double(steps))
        hard += photonSpectrum(kinetic, k) * span / Double(steps)
      }
    }
    return (loss * soft / Double(steps), hard)
  }
}
