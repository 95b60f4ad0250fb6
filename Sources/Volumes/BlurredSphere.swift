import Foundation
public import Quantities

/// A uniform sphere seen with a Gaussian point spread: the exact profile and recovery.
///
/// The profile is the closed form of (sphere of radius R) ⊗ (isotropic Gaussian of standard
/// deviation σ); the mean is the overlap integral of the sphere's autocorrelation with the
/// Gaussian. Kessler, Ellis, Eden, J Comput Assist Tomogr 1984;8:514.
public struct BlurredSphere: Sendable, Hashable {
  public let radius: Length
  /// Full width at half maximum of the image's point spread.
  public let resolution: Length

  public init(radius: Length, resolution: Length) {
    self.radius = radius
    self.resolution = resolution
  }

  /// The sphere of a given volume.
  public init(volume: TissueVolume, resolution: Length) {
    self.init(
      radius: .millimetres(cbrt(3 * volume.millilitres * 1000 / (4 * Double.pi))),
      resolution: resolution)
  }

  /// σ = FWHM / √(8 ln 2).
  private var sigma: Double { resolution.millimetres / (8 * log(2)).squareRoot() }

  /// Value at a distance from the centre, for a sphere of 1 in a background of 0.
  public func value(atMillimetres r: Double) -> Double {
    let (big, s) = (radius.millimetres, sigma)
    if r < 1e-3 * s { return centre }
    let (a, b) = ((big - r) / s, (big + r) / s)
    let edges = (erf(a / 2.0.squareRoot()) + erf(b / 2.0.squareRoot())) / 2
    return edges - s / (r * (2 * Double.pi).squareRoot()) * (exp(-a * a / 2) - exp(-b * b / 2))
  }

  /// Recovery at the centre: erf(R/√2σ) − √(2/π)·(R/σ)·exp(−R²/2σ²).
  public var centre: Double {
    let x = radius.millimetres / sigma
    return erf(x / 2.0.squareRoot()) - (2 / Double.pi).squareRoot() * x * exp(-x * x / 2)
  }

  /// Recovery of the mean over the true sphere:
  /// ∫₀^2R (1 − 3r/4R + r³/16R³)·4πr²·(2πσ²)^−1.5·exp(−r²/2σ²) dr.
  public var mean: Double {
    let (big, s) = (radius.millimetres, sigma)
    // Beyond 8 σ the Gaussian holds less than 10⁻¹³.
    let end = min(2 * big, 8 * s)
    let steps = 400
    let h = end / Double(steps)
    func integrand(_ r: Double) -> Double {
      let t = r / big
      return (1 - 0.75 * t + t * t * t / 16) * r * r * exp(-r * r / (2 * s * s))
    }
    // Simpson's rule.
    var sum = integrand(0) + integrand(end)
    for n in 1..<steps { sum += (n % 2 == 1 ? 4 : 2) * integrand(Double(n) * h) }
    return 4 * Double.pi * pow(2 * Double.pi * s * s, -1.5) * sum * h / 3
  }
}
