import Foundation
import Geometry
import Lesions
import Phantoms
import Quantities
import Response
import Testing
import Volumes

/// Pairs of scans of an unchanged patient: other noise, another position, lesions off their place
/// by the link's error.
@Suite struct NoChangeTests {
  static let isLong = ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil
  static let seeds: [UInt64] = isLong ? Array(2001...2020) : [2001, 2002]
  static let metrics: [UptakeMetric] = [
    .suvMax, .suvPeak, .suvMean, .metabolicVolume, .totalLesionGlycolysis, .recoveredMean,
  ]

  private struct Pair {
    let field: LesionField
    let images: [Volume<SUVbw>]
    let outlines: [[Outline]]
    let metrics: [[UptakeMetrics?]]
    /// Outline of each lesion at both scans.
    let matched: [(before: Int, after: Int)]

    init(seed: UInt64) throws {
      var options = LesionField.Options(seed: seed)
      (options.visits, options.stories) = (2, [.stable])
      let field = LesionField(options)
      self.field = field
      images = try (0..<2).map { try field.image(at: $0) }
      var rule = FractionOfMaximum(
        seeds: .fixed(.gramsPerMillilitre(3)), fraction: 0.5, background: .local)
      rule.fraction = 0.5
      var outlining = OutlineOptions(rule: .fractionOfMaximum(rule))
      outlining.splitting = Splitting()
      let found = try images.enumerated().map { visit, image in
        try LesionOutliner(outlining).outline(
          image,
          organs: try field.organs(at: visit).map {
            NamedRegion(name: $0.name, outline: $0.outline)
          })
      }
      outlines = found.map { $0.lesions.map(\.outline) }
      metrics = zip(images, found).map { image, result in
        UptakeMetrics.measure(
          result.lesions.map(\.outline), in: image, others: result.excluded.map(\.outline),
          options: .init(recovery: .init(resolution: options.effectiveResolution)))
      }
      let outlines = outlines
      matched = field.lesions.indices.compactMap { n in
        let hits = (0..<2).map { visit -> Int? in
          guard let ball = field.ball(of: n, at: visit) else { return nil }
          return outlines[visit].firstIndex { $0.contains(ball.centre) }
        }
        guard let before = hits[0], let after = hits[1] else { return nil }
        return (before, after)
      }
    }

    func ratios(_ metric: UptakeMetric) -> [Double] {
      matched.compactMap { pair in
        guard let a = metrics[0][pair.before]?[metric].value,
          let b = metrics[1][pair.after]?[metric].value, a > 0, b > 0
        else { return nil }
        return log(b / a)
      }
    }
  }

  private static func changedShare(_ ratios: [Double], metric: UptakeMetric, cv: Double) -> Double {
    let entry = Repeatability(
      tracer: Tracer(rawValue: "F-18 FDG"), metric: metric, withinSubjectCV: cv,
      source: "of the phantom")
    let changed = ratios.count { ratio in
      let change = UptakeChange.between(1, exp(ratio), metric: metric, .value(entry)).value
      if case .beyondRepeatability = change?.judgement { return true }
      return false
    }
    return Double(changed) / Double(ratios.count)
  }

  @Test func unchangedLesionsAreNotCalledChanged() throws {
    let pairs = try Self.seeds.map { try Pair(seed: $0) }
    for metric in Self.metrics {
      let ratios = pairs.flatMap { $0.ratios(metric) }
      let share = Self.changedShare(ratios, metric: metric, cv: 0.1)
      let spread = (ratios.reduce(0) { $0 + $1 * $1 } / Double(ratios.count) / 2).squareRoot()
      print(
        "figure: \(metric.displayName) of unchanged lesions: "
          + String(format: "%.1f %% of %d called changed", 100 * share, ratios.count)
          + String(format: " at 10 %%; the phantom's own variation is %.1f %%", 100 * spread))
      #expect(share <= 0.05)
    }
  }

  @Test func underFivePerCentOfVoxelsAreMarked() throws {
    var (marked, evaluated) = (0.0, 0.0)
    var largest = 0.0
    for seed in Self.seeds {
      let pair = try Pair(seed: seed)
      let map = ResponseMap(
        before: pair.images[0], after: pair.images[1], beforeToAfter: pair.field.links[1],
        options: .init(
          floor: .gramsPerMillilitre(2), withinSubjectCV: 0.1,
          registrationError: pair.field.options.linkError))
      for outline in pair.outlines[0] {
        let parts = map.fractions(in: outline)
        let changed = parts.decreased.millilitres + parts.increased.millilitres
        marked += changed
        evaluated += parts.evaluated.millilitres
        if let share = parts.decreasedFraction { largest = max(largest, share) }
      }
    }
    let share = marked / evaluated
    print(
      "figure: voxels marked in unchanged lesions \(String(format: "%.2f", 100 * share)) % of "
        + "\(Int(evaluated)) mL on \(Self.seeds.count) pairs")
    #expect(share < 0.05)
    #expect(evaluated > 100)
  }
}
