import Lesions
import Quantities

/// Outline rules as the course file writes them.
extension Course.LesionSettings.Rule {
  /// Every form a rule can take, for messages.
  static let forms =
    "'41 % of maximum', '50 % above background', 'adaptive', 'gradient', 'SUV 4', 'liver', "
    + "'liver mean + 2 SD', 'PSMA', 'SSTR', 'majority of 2: SUV 2.5; SUV 4; 41 % of maximum' or "
    + "'given'"

  /// `nil` when the text is none of ``forms``.
  init?(text: String) {
    let words = text.lowercased().split(separator: " ").map(String.init)
    let line = words.joined(separator: " ")
    if line.hasPrefix("majority of "), let rule = Self.majority(text) {
      self = rule
      return
    }
    switch line {
    case "liver": self = .liver
    case "given": self = .given
    case "adaptive": self = .adaptive
    case "gradient": self = .gradient
    case "psma": self = .fixedSUV(3)
    case "sstr": self = .fractionOfMaximum(0.45)
    default:
      guard let rule = Self.measured(line) else { return nil }
      self = rule
    }
  }

  /// Rules with numbers in them.
  private static func measured(_ line: String) -> Course.LesionSettings.Rule? {
    let parts = line.split(separator: " ")
    if parts.first == "suv", parts.count == 2, let suv = Double(parts[1]), suv > 0 {
      return .fixedSUV(suv)
    }
    if parts.count == 5, line.hasPrefix("liver mean + "), parts[4] == "sd",
      let deviations = Double(parts[3]), deviations >= 0
    {
      return .liverMean(deviations: deviations)
    }
    guard let end = line.firstIndex(of: "%"),
      let percent = Double(line[..<end].filter { $0 != " " }),
      percent > 0, percent < 100
    else { return nil }
    switch line[line.index(after: end)...].trimmingPrefix(" ") {
    case "of maximum": return .fractionOfMaximum(percent / 100)
    case "above background": return .aboveBackground(percent / 100)
    default: return nil
    }
  }

  private static func majority(_ text: String) -> Course.LesionSettings.Rule? {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let least = parts[0].split(separator: " ").last.flatMap({ Int($0) })
    else { return nil }
    let rules = parts[1].split(separator: ";").map {
      Course.LesionSettings.Rule(text: String($0))
    }
    let known = rules.compactMap { $0 }
    guard known.count == rules.count, known.count > 1, (1...known.count).contains(least),
      known.allSatisfy({ $0.canVote })
    else { return nil }
    return .majority(known, least: least)
  }

  private var canVote: Bool {
    switch self {
    case .given, .majority: false
    default: true
    }
  }

  /// The rule for one scan.
  ///
  /// - Parameter width: Full width at half maximum of the image, where the rule needs it.
  func rule(seeds: UptakeThreshold, width: Length?) -> OutlineRule? {
    switch self {
    case .given: return .given
    case .fixedSUV(let suv): return .fixed(.gramsPerMillilitre(suv))
    case .liver: return .percist
    case .liverMean(let deviations):
      return .threshold(.liver(multiple: 1, standardDeviations: deviations))
    case .fractionOfMaximum(let fraction):
      return .fractionOfMaximum(.init(seeds: seeds, fraction: fraction))
    case .aboveBackground(let fraction):
      return .fractionOfMaximum(.init(seeds: seeds, fraction: fraction, background: .local))
    case .adaptive:
      return width.map {
        .fractionOfMaximum(.init(seeds: seeds, background: .modelled(width: $0)))
      }
    case .gradient: return .gradient(GradientEdge(seeds: seeds))
    case .majority(let rules, let least):
      let known = rules.compactMap { $0.rule(seeds: seeds, width: width) }
      return known.count == rules.count ? .majority(of: known, least: least) : nil
    }
  }

  var needsWidth: Bool {
    switch self {
    case .adaptive: true
    case .majority(let rules, _): rules.contains { $0.needsWidth }
    default: false
    }
  }
}
