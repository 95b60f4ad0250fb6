import Foundation
import Testing

@testable import Transport

struct PhotonGroupsTests {
  /// NIST, water without coherent scattering: 0.1 MeV 0.1666, 0.3 MeV 0.1182 cm²/g, between groups.
  @Test(arguments: [(0.1, 0.1666), (0.3, 0.1182), (0.6, 0.0894)])
  func attenuationIsThatOfNIST(energy: Double, expected: Double) {
    let groups = PhotonGroups.groups(of: energy)
    let log = groups.reduce(0) {
      $0 + $1.photons * Foundation.log(PhotonGroups.water.attenuation[$1.group])
    }
    #expect(abs(exp(log) / expected - 1) < 0.02)
  }

  @Test func whatACollisionTakesOutIsLeftBehindOrGoesOn() {
    let water = PhotonGroups.water
    for (group, energy) in PhotonGroups.energies.enumerated() {
      let goesOn = zip(water.scattering[group], PhotonGroups.energies).reduce(0) {
        $0 + $1.0 * $1.1
      }
      // Above the threshold of pairs, annihilation photons are counted as left behind.
      #expect(abs(goesOn + water.kerma[group] - energy * water.attenuation[group]) < 1e-9)
    }
  }

  @Test func anEnergyBetweenTwoGroupsKeepsItsNumberAndItself() {
    for energy in [0.036, 0.113, 0.2084, 0.364, 0.511, 1.4] {
      let groups = PhotonGroups.groups(of: energy)
      #expect(abs(groups.reduce(0) { $0 + $1.photons } - 1) < 1e-12)
      let sum = groups.reduce(0) { $0 + $1.photons * PhotonGroups.energies[$1.group] }
      #expect(abs(sum - energy) < 1e-12)
    }
  }

  /// Thomson's limit: at low energy as much is scattered forwards as backwards. The lowest group loses
  /// those that are turned most.
  @Test func scatteringTurnsForwardWithEnergy() {
    let water = PhotonGroups.water
    let cosines = PhotonGroups.energies.indices.map {
      water.alignment[$0].reduce(0, +) / water.scattering[$0].reduce(0, +)
    }
    #expect(cosines[0] > 0 && cosines[0] < 0.15)
    for (low, high) in zip(cosines.dropFirst(), cosines.dropFirst(2)) { #expect(high > low) }
  }
}

struct PhotonDensityEffectTests {
  static func blocks(_ density: [Float]) -> DoseBlocks {
    let size = SIMD3(21, 21, 21)
    var decays = [Float](repeating: 0, count: density.count)
    for n in decays.indices where n / 441 < 10 { decays[n] = 1 }
    return DoseBlocks(
      decays: decays, density: density,
      in: BodyBox(size, activity: decays, density: [Float](repeating: 1, count: density.count)),
      spacing: SIMD3(repeating: 14), length: 14)
  }

  static let lutetium = PhotonGroups.spectrum([(0.2084, 0.104), (0.113, 0.062)])

  @Test func waterIsWhatItIsComparedWith() {
    let ratio = PhotonDensityEffect(photons: Self.lutetium)
      .ratio(Self.blocks([Float](repeating: 1, count: 9261)))
    for value in ratio { #expect(abs(value - 1) < 1e-6) }
  }

  /// Beside the source lung lacks the scatter of water; far inside it attenuates less.
  @Test func lungHasLessDoseBesideTheSourceAndMoreFarFromIt() {
    let density = (0..<9261).map { $0 / 441 < 10 ? Float(1) : 0.3 }
    let ratio = PhotonDensityEffect(photons: Self.lutetium).ratio(Self.blocks(density))
    func middle(_ k: Int) -> Float { ratio[10 + 21 * (10 + 21 * k)] }
    #expect(middle(10) < 0.95 && middle(10) > 0.8)
    #expect(middle(19) > 1.05)
    #expect(abs(middle(3) - 1) < 0.02)
  }

  @Test func blocksKeepDecaysAndMeanDensities() {
    let size = SIMD3(7, 5, 4)
    let count = 140
    let decays = (0..<count).map { Float($0 % 11) }
    let density = (0..<count).map { Float($0 % 3) }
    let box = BodyBox(size, activity: decays, density: [Float](repeating: 1, count: count))
    let blocks = DoseBlocks(
      decays: decays, density: density, in: box, spacing: [5, 5, 5], length: 14)
    #expect(blocks.factor == SIMD3(3, 3, 3) && blocks.size == SIMD3(3, 2, 2))
    #expect(blocks.decays.reduce(0, +) == decays.reduce(0, +))
    // The last block holds a corner of two rows of one voxel each.
    let corner = [6 + 7 * (3 + 5 * 3), 6 + 7 * (4 + 5 * 3)]
    let mean = (density[corner[0]] + density[corner[1]]) / 2
    #expect(blocks.density[11] == mean)
  }
}
