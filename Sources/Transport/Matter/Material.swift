import Foundation

/// What tissue is made of: mass fractions of the elements, and how electrons are slowed in it.
public struct Material: Sendable, Hashable {
  public let name: String
  /// Mass fraction by atomic number; they sum to 1.
  public let massFractions: [Int: Double]
  /// Density at which the density effect and tables are made, in g/mL.
  public let nominalDensity: Double
  /// Atomic number and mass fraction, in order.
  let sortedFractions: [(Int, Double)]
  /// Electrons per gram in moles: Σ w Z/A.
  let electronsPerGram: Double
  /// Mean excitation energy in eV.
  let excitationEV: Double

  /// - Parameter recommended: Mean excitation energy of the compound in eV, where there is one.
  init(
    _ name: String, density: Double, excitationEV recommended: Double? = nil,
    _ percent: [Int: Double]
  ) {
    let total = percent.values.sorted().reduce(0, +)
    self.name = name
    nominalDensity = density
    massFractions = percent.mapValues { $0 / total }
    let sorted = massFractions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    sortedFractions = sorted
    let electrons = sorted.reduce(0) { $0 + $1.1 * Double($1.0) / Self.atomicWeight($1.0) }
    electronsPerGram = electrons
    excitationEV = recommended ?? Self.additivity(sorted, electronsPerGram: electrons)
  }

  /// Bragg's rule.
  private static func additivity(_ fractions: [(Int, Double)], electronsPerGram: Double) -> Double {
    var sum = 0.0
    for (z, fraction) in fractions {
      sum += fraction * Double(z) / atomicWeight(z) * Foundation.log(elementExcitation(z))
    }
    return Foundation.exp(sum / electronsPerGram)
  }

  public static func == (a: Material, b: Material) -> Bool {
    a.name == b.name && a.massFractions == b.massFractions
      && a.nominalDensity == b.nominalDensity && a.excitationEV == b.excitationEV
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(massFractions)
  }

  /// I = 75.0 eV: ICRU Report 37.
  public static let water = Material(
    "water", density: 1, excitationEV: 75, [1: 11.1894, 8: 88.8106])
  // Compositions in mass per cent: ICRU Report 44, as the NIST X-ray attenuation pages list them.
  public static let air = Material(
    "air", density: 0.001205, excitationEV: 85.7, [6: 0.0124, 7: 75.5268, 8: 23.1781, 18: 1.2827])
  public static let lung = Material(
    "lung", density: 1.05,
    [1: 10.3, 6: 10.5, 7: 3.1, 8: 74.9, 11: 0.2, 15: 0.2, 16: 0.3, 17: 0.3, 19: 0.2])
  public static let adipose = Material(
    "adipose tissue", density: 0.95, [1: 11.4, 6: 59.8, 7: 0.7, 8: 27.8, 11: 0.1, 16: 0.1, 17: 0.1])
  public static let softTissue = Material(
    "soft tissue", density: 1.06,
    [1: 10.2, 6: 14.3, 7: 3.4, 8: 70.8, 11: 0.2, 15: 0.3, 16: 0.3, 17: 0.2, 19: 0.3])
  public static let corticalBone = Material(
    "cortical bone", density: 1.92,
    [1: 3.4, 6: 15.5, 7: 4.2, 8: 43.5, 11: 0.1, 12: 0.2, 15: 10.3, 16: 0.3, 20: 22.5])

  /// Soft tissue and cortical bone mixed by mass.
  static func bone(corticalShare share: Double) -> Material {
    var mixed: [Int: Double] = [:]
    for (z, fraction) in softTissue.massFractions { mixed[z, default: 0] += fraction * (1 - share) }
    for (z, fraction) in corticalBone.massFractions { mixed[z, default: 0] += fraction * share }
    let density =
      1 / ((1 - share) / softTissue.nominalDensity + share / corticalBone.nominalDensity)
    return Material("bone \(Int((share * 100).rounded())) %", density: density, mixed)
  }

  /// Standard atomic weights, rounded (IUPAC 2021).
  static func atomicWeight(_ z: Int) -> Double {
    [
      1: 1.008, 6: 12.011, 7: 14.007, 8: 15.999, 11: 22.990, 12: 24.305, 15: 30.974, 16: 32.06,
      17: 35.45, 18: 39.95, 19: 39.098, 20: 40.078,
    ][z] ?? 2.2 * Double(z)
  }

  /// I of the elements in liquid and solid compounds in eV: ICRU Report 37, table 5.1.
  private static func elementExcitation(_ z: Int) -> Double {
    [
      1: 19.2, 6: 81, 7: 82, 8: 106, 11: 168.4, 12: 176.3, 15: 195.5, 16: 203.4, 17: 180, 18: 188,
      19: 214.7, 20: 215.8,
    ][z] ?? 10 * Double(z)
  }
}
