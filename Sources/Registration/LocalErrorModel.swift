import Foundation

/// From what can be seen of a map's error to its 68 % radius.
///
///     r = scale · Π (trace + floor)^power, held to `range`
///
/// A product, because the traces see the same error in different ways: where all are twice as
/// large, so is the error. Powers follow from least squares of log(error) on the logs of the
/// traces, and the scale is set so that 68 % of the errors lie below r
/// (``fitted(to:scaledOn:)``); `docs/registration.md` names the pairs. A change of
/// ``DeformableSettings`` asks for a new calibration.
public struct LocalErrorModel: Sendable, Hashable, Codable {
  public var scale: Double
  public var inconsistency: Double
  public var refinement: Double
  public var looseness: Double
  public var pull: Double

  /// Added to each trace, in millimetres, so that none reaches zero.
  static let floor = 0.001
  /// Radii in millimetres below and above which nothing was calibrated.
  static let range = 0.1...20.0

  public static let calibrated = LocalErrorModel(
    scale: 2.4, inconsistency: 0.325, refinement: 0.761, looseness: 0.635, pull: 0.463)

  public init(
    scale: Double, inconsistency: Double, refinement: Double, looseness: Double, pull: Double
  ) {
    (self.scale, self.inconsistency, self.refinement) = (scale, inconsistency, refinement)
    (self.looseness, self.pull) = (looseness, pull)
  }

  /// The 68 % radius in millimetres.
  func radius(_ trace: LocalTraces.Trace) -> Double {
    min(max(scale * product(trace), Self.range.lowerBound), Self.range.upperBound)
  }

  private func product(_ trace: LocalTraces.Trace) -> Double {
    let powers = [inconsistency, refinement, looseness, pull]
    return exp(zip(powers, trace.logs).reduce(0) { $0 + $1.0 * $1.1 })
  }
}

extension LocalErrorModel {
  /// A place with known error, for calibration.
  struct Sample {
    let trace: LocalTraces.Trace
    let errorMillimetres: Double
    var weight = 1.0
  }

  /// Added to errors before the logarithm, in millimetres: below it they do not matter.
  private static let errorFloor = 0.05

  /// Powers from all samples, the scale from `scaled`; `nil` when the samples do not determine
  /// them. A power below zero would reward a bad trace: such traces are left out, worst first.
  static func fitted(to samples: [Sample], scaledOn scaled: [Sample]) -> LocalErrorModel? {
    var used = [0, 1, 2, 3]
    while true {
      guard let powers = powers(samples, used) else { return nil }
      guard let worst = used.indices.min(by: { powers[$0 + 1] < powers[$1 + 1] }),
        powers[worst + 1] < 0
      else {
        var all = [0.0, 0, 0, 0]
        for (n, trace) in used.enumerated() { all[trace] = powers[n + 1] }
        return scaled.isEmpty ? nil : Self(powers: all, scaledOn: scaled)
      }
      used.remove(at: worst)
    }
  }

  /// Weighted least squares of log(error): the constant, then the power of each trace used.
  private static func powers(_ samples: [Sample], _ used: [Int]) -> [Double]? {
    let n = used.count + 1
    var (a, b) = (
      [[Double]](repeating: .init(repeating: 0, count: n), count: n),
      [Double](repeating: 0, count: n)
    )
    for sample in samples {
      let row = [1] + used.map { sample.trace.logs[$0] }
      let target = log(sample.errorMillimetres + errorFloor)
      for p in 0..<n {
        b[p] += sample.weight * row[p] * target
        for q in 0..<n { a[p][q] += sample.weight * row[p] * row[q] }
      }
    }
    return Cholesky.solve(a, b)
  }

  private init(powers: [Double], scaledOn samples: [Sample]) {
    self.init(
      scale: 1, inconsistency: powers[0], refinement: powers[1], looseness: powers[2],
      pull: powers[3])
    let ratios = samples.map { $0.errorMillimetres / product($0.trace) }.sorted()
    scale = ratios[Int(0.68 * Double(ratios.count - 1))]
  }
}

extension LocalTraces.Trace {
  /// Logarithms of the traces that the model uses, in its order.
  var logs: [Double] {
    [inconsistency, refinement, looseness, pull].map { log($0 + LocalErrorModel.floor) }
  }
}
