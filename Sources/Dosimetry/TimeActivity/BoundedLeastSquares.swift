import Foundation

/// Weighted least squares with box bounds by the Levenberg–Marquardt method.
///
/// Marquardt 1963, J Soc Indust Appl Math 11:431. A parameter that sits on a bound and would
/// step outside is held there for that step. For a handful of parameters and points.
struct BoundedLeastSquares {
  struct Solution {
    let parameters: [Double]
    /// Σ of squared weighted residuals.
    let residualSum: Double
    /// (JᵀWJ)⁻¹ over the free parameters; rows of parameters held at a bound are zero. `nil` when
    /// the data do not determine the free parameters.
    let inverseCurvature: SquareMatrix?
    let heldAtBound: [Bool]
  }

  /// Model values at all points.
  let model: ([Double]) -> [Double]
  let values: [Double]
  /// 1/σ of each point.
  let weights: [Double]
  let bounds: [ClosedRange<Double>]

  private static let stepLimit = 200
  /// Relative fall of the residual sum at which the search ends.
  private static let tolerance = 1e-14

  /// The best solution over several starts; `nil` when none converges to finite numbers.
  func solve(from starts: [[Double]]) -> Solution? {
    starts.compactMap(solve(from:)).min { $0.residualSum < $1.residualSum }
  }

  private func solve(from start: [Double]) -> Solution? {
    var parameters = clamped(start)
    var residuals = self.residuals(parameters)
    var sum = squared(residuals)
    guard sum.isFinite else { return nil }
    var damping = 1e-3
    for _ in 0..<Self.stepLimit {
      let jacobian = self.jacobian(parameters)
      guard
        let next = step(parameters, residuals, jacobian, damping: &damping, below: sum)
      else { break }
      let fall = sum - next.sum
      (parameters, residuals, sum) = (next.parameters, next.residuals, next.sum)
      if fall <= Self.tolerance * sum { break }
    }
    let jacobian = self.jacobian(parameters)
    let held = heldParameters(parameters, residuals, jacobian)
    return Solution(
      parameters: parameters, residualSum: sum,
      inverseCurvature: inverseCurvature(jacobian, held: held), heldAtBound: held)
  }

  private func step(
    _ parameters: [Double], _ residuals: [Double], _ jacobian: [[Double]],
    damping: inout Double, below sum: Double
  ) -> (parameters: [Double], residuals: [Double], sum: Double)? {
    let held = heldParameters(parameters, residuals, jacobian)
    let gradient = self.gradient(jacobian, residuals)
    while damping < 1e12 {
      var normal = self.normal(jacobian, held: held)
      for n in parameters.indices where !held[n] { normal[n, n] *= 1 + damping }
      if let inverse = normal.inverse {
        let change = inverse.times(gradient.indices.map { held[$0] ? 0 : gradient[$0] })
        let trial = clamped(zip(parameters, change).map { $0 + $1 })
        let trialResiduals = self.residuals(trial)
        let trialSum = squared(trialResiduals)
        if trialSum.isFinite, trialSum < sum {
          damping = max(damping / 10, 1e-12)
          return (trial, trialResiduals, trialSum)
        }
      }
      damping *= 10
    }
    return nil
  }

  private func residuals(_ parameters: [Double]) -> [Double] {
    let fitted = model(parameters)
    return values.indices.map { (values[$0] - fitted[$0]) * weights[$0] }
  }

  private func squared(_ residuals: [Double]) -> Double { residuals.reduce(0) { $0 + $1 * $1 } }

  /// Weighted derivatives of the model, by central differences; one row per parameter.
  private func jacobian(_ parameters: [Double]) -> [[Double]] {
    let h = 1e-6
    return parameters.indices.map { n in
      var (up, down) = (parameters, parameters)
      up[n] += h
      down[n] -= h
      let (above, below) = (model(up), model(down))
      return values.indices.map { (above[$0] - below[$0]) / (2 * h) * weights[$0] }
    }
  }

  private func gradient(_ jacobian: [[Double]], _ residuals: [Double]) -> [Double] {
    jacobian.map { row in zip(row, residuals).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// JᵀWJ with unit rows for held parameters, so that it stays invertible.
  private func normal(_ jacobian: [[Double]], held: [Bool]) -> SquareMatrix {
    var matrix = SquareMatrix(size: jacobian.count)
    for a in jacobian.indices {
      for b in jacobian.indices where !held[a] && !held[b] {
        matrix[a, b] = zip(jacobian[a], jacobian[b]).reduce(0) { $0 + $1.0 * $1.1 }
      }
      if held[a] { matrix[a, a] = 1 }
    }
    return matrix
  }

  private func inverseCurvature(_ jacobian: [[Double]], held: [Bool]) -> SquareMatrix? {
    guard var inverse = normal(jacobian, held: held).inverse else { return nil }
    for n in held.indices where held[n] { inverse[n, n] = 0 }
    return inverse.elements.allSatisfy(\.isFinite) ? inverse : nil
  }

  private func heldParameters(
    _ parameters: [Double], _ residuals: [Double], _ jacobian: [[Double]]
  ) -> [Bool] {
    let uphill = gradient(jacobian, residuals)
    return parameters.indices.map {
      (parameters[$0] <= bounds[$0].lowerBound && uphill[$0] <= 0)
        || (parameters[$0] >= bounds[$0].upperBound && uphill[$0] >= 0)
    }
  }

  private func clamped(_ parameters: [Double]) -> [Double] {
    parameters.indices.map {
      min(max(parameters[$0], bounds[$0].lowerBound), bounds[$0].upperBound)
    }
  }
}
