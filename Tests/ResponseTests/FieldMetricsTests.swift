import Foundation
import Geometry
import Lesions
import Phantoms
import Quantities
import Response
import Testing
import Volumes

/// Volumes and recovered means of many lesions in blurred noisy images, against their truth.
@Suite struct FieldMetricsTests {
  static let isLong = ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil
  static let seeds: [UInt64] = isLong ? Array(1001...1020) : [1001]

  private struct Errors {
    var volume: [Double] = []
    var mean: [Double] = []

    static func summary(_ errors: [Double]) -> String {
      let absolute = errors.map(abs).sorted()
      guard !absolute.isEmpty else { return "none" }
      func percent(_ x: Double) -> String { String(format: "%.1f %%", 100 * x) }
      let bias = errors.reduce(0, +) / Double(errors.count)
      return
        "n \(errors.count), bias \(percent(bias)), median \(percent(absolute[errors.count / 2])), "
        + "95th percentile \(percent(absolute[Int(0.95 * Double(errors.count - 1))])), "
        + "largest \(percent(absolute[errors.count - 1]))"
    }
  }

  private static func errors(noise: Double) throws -> Errors {
    var errors = Errors()
    for seed in seeds {
      var options = LesionField.Options(seed: seed)
      options.noise = noise
      options.visits = 1
      let field = LesionField(options)
      let image = try field.image(at: 0)
      let organs = try field.organs(at: 0).map {
        NamedRegion(name: $0.name, outline: $0.outline)
      }
      let rule = FractionOfMaximum(
        seeds: .fixed(.gramsPerMillilitre(3)),
        background: .modelled(width: options.effectiveResolution))
      var outlining = OutlineOptions(rule: .fractionOfMaximum(rule))
      outlining.splitting = Splitting()
      let found = try LesionOutliner(outlining).outline(image, organs: organs)
      let metrics = UptakeMetrics.measure(
        found.lesions.map(\.outline), in: image, others: found.excluded.map(\.outline),
        options: .init(recovery: .init(resolution: options.effectiveResolution)))
      for n in field.lesions.indices where field.truth(of: n, at: 0) == .alone {
        guard field.lesions[n].partner == nil, let ball = field.ball(of: n, at: 0),
          let m = found.lesions.firstIndex(where: { $0.outline.contains(ball.centre) }),
          let measured = metrics[m]
        else { continue }
        let volume = 4 / 3 * Double.pi * pow(ball.radius, 3) / 1000
        if volume > 4 {
          errors.volume.append(measured.metabolicVolume.millilitres / volume - 1)
        }
        if volume > 2, let mean = measured.recovered.value?.mean.value {
          errors.mean.append(mean.inBaseUnit / ball.suv - 1)
        }
      }
    }
    return errors
  }

  @Test func volumesAndRecoveredMeansAreRightWithoutNoise() throws {
    let errors = try Self.errors(noise: 0)
    print("figure: volume above 4 mL, modelled edge, no noise: \(Errors.summary(errors.volume))")
    print("figure: recovered mean above 2 mL, no noise: \(Errors.summary(errors.mean))")
    #expect(errors.volume.count > 10 && errors.mean.count > 10)
    let worstMean = errors.mean.map(abs).max() ?? 1
    #expect(worstMean < 0.05)
    #expect((errors.volume.map(abs).max() ?? 1) < 0.1)
  }

  @Test func noiseWidensTheErrorsButMovesNoMean() throws {
    let errors = try Self.errors(noise: 0.1)
    print("figure: volume above 4 mL, modelled edge, noise: \(Errors.summary(errors.volume))")
    print("figure: recovered mean above 2 mL, noise: \(Errors.summary(errors.mean))")
    let bias = errors.mean.reduce(0, +) / Double(errors.mean.count)
    #expect(abs(bias) < 0.05)
  }
}
