import Foundation
import Quantities
import Volumes

extension BlurredSphere {
  /// Mean over a sphere of the same size whose centre lies `distance` away: the chance that a
  /// point moved by the blur, as seen from the displaced sphere, stays inside it.
  ///
  /// The distance of a normally distributed point from a point δ away has the density
  /// r/(δσ√2π) · (e^(−(r−δ)²/2σ²) − e^(−(r+δ)²/2σ²)).
  func mean(displacedBy distance: Length) -> Double {
    let big = radius.millimetres
    let sigma = resolution.millimetres / (8 * log(2)).squareRoot()
    let delta = abs(distance.millimetres)
    guard delta > 1e-3 * sigma else { return mean }
    // Beyond 8 σ the Gaussian holds less than 10⁻¹³.
    let start = max(delta - 8 * sigma, 0)
    let end = min(2 * big, delta + 8 * sigma)
    guard end > start else { return 0 }
    let steps = 400
    let h = (end - start) / Double(steps)
    func integrand(_ r: Double) -> Double {
      let (near, far) = ((r - delta) / sigma, (r + delta) / sigma)
      let density = r / delta * (exp(-near * near / 2) - exp(-far * far / 2))
      let t = r / big
      return (1 - 0.75 * t + t * t * t / 16) * density
    }
    // Simpson's rule.
    var sum = integrand(start) + integrand(end)
    for n in 1..<steps { sum += (n % 2 == 1 ? 4 : 2) * integrand(start + Double(n) * h) }
    return sum * h / 3 / (sigma * (2 * Double.pi).squareRoot())
  }
}
