import Foundation

/// Photons in water at a few energies: what takes them out, what they leave, and how many go on at
/// which energy.
///
/// An energy between two groups counts for both, so that number and energy are kept. Compton
/// scattering by the formula of Klein and Nishina, with the first moment of its angle. Coherent
/// scattering, which barely turns photons, is left out.
struct PhotonGroups: Sendable {
  /// In MeV, lowest first. Photons below the lowest stay where they are.
  static let energies = (0..<12).map { 0.035 * pow(1 / 0.65, Double($0)) }
  static let water = PhotonGroups(PhotonPhysics(.water))

  /// Taken out of a group, in cm²/g.
  let attenuation: [Double]
  /// MeV cm²/g left behind per unit fluence.
  let kerma: [Double]
  /// Photons that go from a group to another, or stay in it, in cm²/g, and the same times the cosine of the turn.
  let scattering: [[Double]]
  let alignment: [[Double]]

  private static let angles = 400

  init(_ physics: PhotonPhysics) {
    let count = Self.energies.count
    var (attenuation, kerma) = ([Double](), [Double]())
    var scattering = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var alignment = scattering
    for (group, energy) in Self.energies.enumerated() {
      let row = physics.row(energy)
      let turns = Self.compton(energy)
      var left = row[0] + row[3]
      for turn in turns {
        let share = row[1] * turn.share
        for (lower, part) in Self.groups(of: energy * turn.kept) {
          scattering[group][lower] += share * part
          alignment[group][lower] += share * part * turn.cosine
        }
        left += share * (1 - turn.kept)
      }
      attenuation.append(row[0] + row[3] + row[1])
      kerma.append(energy * left)
    }
    (self.attenuation, self.kerma) = (attenuation, kerma)
    (self.scattering, self.alignment) = (scattering, alignment)
  }

  /// The two groups that stand for an energy, with the photons of each.
  static func groups(of energyMeV: Double) -> [(group: Int, photons: Double)] {
    guard let above = energies.firstIndex(where: { $0 >= energyMeV }) else {
      return [(energies.count - 1, energyMeV / energies[energies.count - 1])]
    }
    guard above > 0 else { return [(0, energyMeV / energies[0])] }
    let (low, high) = (energies[above - 1], energies[above])
    let part = (energyMeV - low) / (high - low)
    return [(above - 1, 1 - part), (above, part)]
  }

  /// Photons per decay in each group.
  static func spectrum(_ lines: [(energyMeV: Double, perDecay: Double)]) -> [Double] {
    var photons = [Double](repeating: 0, count: energies.count)
    for line in lines {
      for (group, part) in groups(of: line.energyMeV) { photons[group] += line.perDecay * part }
    }
    return photons
  }

  /// Turns of equal steps of the cosine: their share of all, the share of energy kept.
  private static func compton(
    _ energyMeV: Double
  ) -> [(cosine: Double, share: Double, kept: Double)] {
    let k = energyMeV / electronRestMeV
    let turns = (0..<angles).map { n -> (cosine: Double, share: Double, kept: Double) in
      let cosine = -1 + 2 * (Double(n) + 0.5) / Double(angles)
      let kept = 1 / (1 + k * (1 - cosine))
      return (cosine, kept * kept * (kept + 1 / kept - 1 + cosine * cosine), kept)
    }
    let total = turns.reduce(0) { $0 + $1.share }
    return turns.map { ($0.cosine, $0.share / total, $0.kept) }
  }
}
