import Foundation
public import Quantities

/// A uniform sphere in a cold surrounding, seen with a Gaussian point spread function.
///
/// Closed forms for the recovery of its mean and of its centre.
public struct BlurredSphere: Sendable, Hashable {
  private let radius: Double
  private let sigma: Double

  public init(volume: TissueVolume, fullWidthHalfMaximum fwhm: Length) {
    radius = cbrt(3 * volume.millilitres * 1000 / (4 * Double.pi))
    sigma = fwhm.millimetres / (8 * log(2.0)).squareRoot()
  }

  /// Mean inside the true outline over true concentration:
  /// ∫₀^2R (1 − 3r/4R + r³/16R³) · 4πr² · (2πσ²)^(−3/2) e^(−r²/2σ²) dr,
  /// the autocorrelation of a sphere weighted by the point spread function.
  public var meanRecovery: Double {
    let steps = 2000
    let h = 2 * radius / Double(steps)
    let norm = 4 * Double.pi / pow(2 * Double.pi * sigma * sigma, 1.5)
    // Simpson's rule.
    let sum = (0...steps).reduce(0.0) { sum, n in
      let r = Double(n) * h
      let x = r / radius
      let overlap = 1 - 0.75 * x + x * x * x / 16
      let weight = n == 0 || n == steps ? 1.0 : n.isMultiple(of: 2) ? 2 : 4
      return sum + weight * overlap * r * r * exp(-r * r / (2 * sigma * sigma))
    }
    return norm * sum * h / 3
  }

  /// Value at the centre over true concentration:
  /// erf(R/√2σ) − √(2/π) (R/σ) e^(−R²/2σ²).
  public var centreRecovery: Double {
    let x = radius / sigma
    return erf(x / 2.0.squareRoot()) - (2 / Double.pi).squareRoot() * x * exp(-x * x / 2)
  }
}
