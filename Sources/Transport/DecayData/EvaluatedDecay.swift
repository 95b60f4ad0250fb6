/// What ENSDF says of one nuclide, as read: nothing renormalised, nothing added.
struct EvaluatedDecay: Sendable {
  enum Mode: String, Sendable {
    case betaMinus = "beta-", capture = "EC", alpha = "alpha", isomeric = "IT"
  }

  struct Transition: Sendable {
    let daughter: String
    let mode: Mode
    let branching: Double
  }
  struct Beta: Sendable {
    let daughter: String
    let perDecay: Double
    let endpointMeV: Double
    /// `nil` where ENSDF states none.
    let meanMeV: Double?
    let shape: BetaSpectrum.Shape
  }
  struct Capture: Sendable {
    let daughter: String
    let perDecay: Double
    /// Q less the level of the daughter: what the neutrino and the hole share.
    let availableMeV: Double
  }
  struct Alpha: Sendable {
    let daughter: String
    let perDecay: Double
    let energyMeV: Double
    let recoilMeV: Double
  }
  struct Gamma: Sendable {
    let daughter: String
    let perDecay: Double
    let energyMeV: Double
    /// Conversion coefficients: all shells, K, L.
    let conversion: (total: Double, k: Double, l: Double)
  }

  let symbol: String
  let halfLifeSeconds: Double
  let halfLifeSigmaSeconds: Double
  var transitions: [Transition] = []
  var betaMinus: [Beta] = []
  var betaPlus: [Beta] = []
  var captures: [Capture] = []
  var alphas: [Alpha] = []
  var gammas: [Gamma] = []

  /// Every nuclide of the tables, in their order.
  static let all: [EvaluatedDecay] = [
    text1, text2, text3, text4, text5, text6, text7, text8, text9, text10,
  ].flatMap(parse)

  static let bySymbol = Dictionary(all.map { ($0.symbol, $0) }, uniquingKeysWith: { a, _ in a })

  /// Reads the line format that `fixtures/radionuclides/make_tables.py` writes.
  private static func parse(_ text: String) -> [EvaluatedDecay] {
    var decays: [EvaluatedDecay] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      let numbers = fields.map { Double($0) ?? .nan }
      if fields[0] == "N" {
        decays.append(
          EvaluatedDecay(
            symbol: fields[1], halfLifeSeconds: numbers[2], halfLifeSigmaSeconds: numbers[3]))
      } else if !decays.isEmpty {
        decays[decays.count - 1].add(fields, numbers)
      }
    }
    return decays
  }

  private mutating func add(_ fields: [String], _ numbers: [Double]) {
    switch fields[0] {
    case "T":
      guard let mode = Mode(rawValue: fields[2]) else { return }
      transitions.append(Transition(daughter: fields[1], mode: mode, branching: numbers[3]))
    case "B", "P":
      let beta = Beta(
        daughter: fields[1], perDecay: numbers[2], endpointMeV: numbers[3],
        meanMeV: numbers[4] > 0 ? numbers[4] : nil,
        shape: fields[5] == "U" ? .firstForbiddenUnique : .allowed)
      if fields[0] == "B" { betaMinus.append(beta) } else { betaPlus.append(beta) }
    case "E":
      captures.append(
        Capture(daughter: fields[1], perDecay: numbers[2], availableMeV: numbers[3]))
    case "A":
      alphas.append(
        Alpha(
          daughter: fields[1], perDecay: numbers[2], energyMeV: numbers[3], recoilMeV: numbers[4]))
    case "G":
      let icc = numbers.count > 4 ? (numbers[4], numbers[5], numbers[6]) : (0, 0, 0)
      gammas.append(
        Gamma(
          daughter: fields[1], perDecay: numbers[2], energyMeV: numbers[3], conversion: icc))
    default: break
    }
  }
}
