import Kernels

/// What the densities of a patient do to the dose of photons that a kernel of endless water gives: thin
/// lung attenuates less, and sends less scatter back.
///
/// Mean numbers of photons are followed along fixed directions on a grid of some 14 mm, from the
/// highest energy group down (``PhotonGroups``), once through the patient's densities and once
/// through water alone. Their ratio multiplies the kernel's dose: what the grid, the directions and
/// the groups get wrong is wrong in both and cancels.
struct PhotonDensityEffect {
  /// Photons per decay in each of ``PhotonGroups``.
  let photons: [Double]

  /// Blocks are near this long, in millimetres: a tenth of a mean free path. Half of it changes the
  /// dose beside lung by less than 1 %, and so do twice the directions and twice the rounds.
  static let blockLength = 14.0
  private static let directionPairs = 12
  /// Scatterings within a group that are followed one by one.
  private static let rounds = 4
  /// A ratio is not asked for where water would have less than this of the largest dose.
  private static let leastShare: Float = 1e-7
  /// Groups above those that hold all but this share of the energy are left out.
  private static let leastEnergy = 1e-3

  /// Ratio of the dose of photons in the densities to that in water, block by block.
  func ratio(_ blocks: DoseBlocks) -> [Float] {
    let there = dose(blocks, density: blocks.density)
    let plain = dose(blocks, density: [Float](repeating: 1, count: blocks.density.count))
    let least = Self.leastShare * (plain.max() ?? 0)
    return zip(there, plain).map { $1 > least ? $0 / $1 : 1 }
  }

  private func dose(_ blocks: DoseBlocks, density: [Float]) -> [Float] {
    let sweep = DirectionalSweep(
      size: blocks.size, spacing: blocks.spacing, pairs: Self.directionPairs)
    let count = density.count
    var dose = [Float](repeating: 0, count: count)
    var sources = [[Float]](
      repeating: [Float](repeating: 0, count: 4 * count), count: highest + 1)
    for group in (0...highest).reversed() {
      ScaledSum.add(
        Float(photons[group]), times: blocks.decays, from: 0, to: &sources[group], at: 0,
        count: count)
      let fluence = fluence(of: sources[group], group, sweep, density)
      sources[group] = []
      ScaledSum.add(
        Float(PhotonGroups.water.kerma[group]), times: fluence, from: 0, to: &dose, at: 0,
        count: count)
      let collisions = Self.collisions(fluence, density)
      for lower in 0..<group {
        Self.scatter(collisions, from: group, to: lower, into: &sources[lower])
      }
    }
    return dose
  }

  /// Fluence of a group with what scattering leaves in it: collision after collision, and the rest
  /// as a geometric series.
  private func fluence(
    of emitted: [Float], _ group: Int, _ sweep: DirectionalSweep, _ density: [Float]
  ) -> [Float] {
    let attenuation = PhotonGroups.water.attenuation[group] / 10
    var source = emitted
    var total = [Float](repeating: 0, count: source.count)
    var before = Double.infinity
    for round in 1...Self.rounds {
      let part = sweep.fluence(of: source, density: density, attenuation: attenuation)
      let sum = Self.sum(part, count: density.count)
      let isLast = round == Self.rounds
      let factor = isLast ? 1 / max(1 - sum / before, 0.1) : 1
      ScaledSum.add(Float(factor), times: part, from: 0, to: &total, at: 0, count: part.count)
      guard !isLast, sum > 0 else { break }
      before = sum
      source = [Float](repeating: 0, count: part.count)
      Self.scatter(Self.collisions(part, density), from: group, to: group, into: &source)
    }
    return total
  }

  private static func sum(_ values: [Float], count: Int) -> Double {
    values[..<count].reduce(0) { $0 + Double($1) }
  }

  /// Each of the four fields times the density.
  private static func collisions(_ fluence: [Float], _ density: [Float]) -> [Float] {
    var product = fluence
    let count = density.count
    for field in 0..<4 {
      for n in 0..<count { product[field * count + n] *= density[n] }
    }
    return product
  }

  /// Adds the photons that collisions send from one group to another; three times the mean cosine is
  /// the weight of the first moment.
  private static func scatter(
    _ collisions: [Float], from upper: Int, to lower: Int, into source: inout [Float]
  ) {
    let even = PhotonGroups.water.scattering[upper][lower] / 10
    guard even > 0 else { return }
    let along = 3 * PhotonGroups.water.alignment[upper][lower] / 10
    let count = collisions.count / 4
    ScaledSum.add(Float(even), times: collisions, from: 0, to: &source, at: 0, count: count)
    ScaledSum.add(
      Float(along), times: collisions, from: count, to: &source, at: count, count: 3 * count)
  }

  private var highest: Int {
    let energies = zip(photons, PhotonGroups.energies).map(*)
    let least = Self.leastEnergy * energies.reduce(0, +)
    var above = 0.0
    return energies.indices.reversed().first { group in
      above += energies[group]
      return above > least
    } ?? 0
  }
}
