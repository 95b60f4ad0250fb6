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
  public var mean: Double { mean(displacedBy: .millimetres(0)) }

  /// Mean over a sphere of the same size whose centre lies `distance` away: the chance that a
  /// point moved by the blur, as seen from the displaced sphere, stays inside it.
  ///
  /// The distance of a normally distributed point from a point δ away has the density
  /// r/(δσ√2π) · (e^(−(r−δ)²/2σ²) − e^(−(r+δ)²/2σ²)).
  public func mean(displacedBy distance: Length) -> Double {
    let (big, s) = (radius.millimetres, sigma)
    let delta = abs(distance.millimetres)
    // Beyond 8 σ the Gaussian holds less than 10⁻¹³.
    let start = max(delta - 8 * s, 0)
    let end = min(2 * big, delta + 8 * s)
    guard end > start else { return 0 }
    let steps = 400
    let h = (end - start) / Double(steps)
    func density(_ r: Double) -> Double {
      guard delta > 1e-4 * s else {
        return 4 * Double.pi * r * r * pow(2 * Double.pi * s * s, -1.5)
          * exp(-r * r / (2 * s * s))
      }
      let (near, far) = ((r - delta) / s, (r + delta) / s)
      return r / (delta * s * (2 * Double.pi).squareRoot())
        * (exp(-near * near / 2) - exp(-far * far / 2))
    }
    func integrand(_ r: Double) -> Double {
      let t = r / big
      return (1 - 0.75 * t + t * t * t / 16) * density(r)
    }
    // Simpson's rule.
    var sum = integrand(start) + integrand(end)
    for n in 1..<steps { sum += (n % 2 == 1 ? 4 : 2) * integrand(start + Double(n) * h) }
    return sum * h / 3
  }
}
