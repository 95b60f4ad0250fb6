import Foundation
import Testing

@testable import Transport

@Suite struct InteractionTests {
  /// Collision stopping power of water in MeV cm²/g, ESTAR (NIST) rounded to four digits.
  @Test(arguments: [(0.1, 4.115), (1, 1.849)])
  func stoppingPowerOfWaterIsThatOfESTAR(energy: Double, expected: Double) {
    let physics = ElectronPhysics(material: .water, knockOnCut: 0.02, photonCut: 0.01)
    #expect(abs(physics.collisionLoss(energy, cut: energy / 2) / expected - 1) < 0.006)
  }

  /// What is taken out of the continuous loss comes back as knock-on electrons:
  /// L(T) − L(T, cut) = ∫ W dσ over the losses above the cut.
  @Test(arguments: [0.1, 0.5, 2])
  func restrictedLossAndKnockOnsAddUp(energy: Double) {
    let fine = ElectronPhysics(material: .water, knockOnCut: 0.01, photonCut: 0.01)
    let cut = 0.02
    let steps = 4000
    var lost = 0.0
    let span = log(energy / 2 / cut)
    for n in 0..<steps {
      let w = cut * exp(span * (Double(n) + 0.5) / Double(steps))
      let below = ElectronPhysics(
        material: .water, knockOnCut: w * exp(-0.5e-3), photonCut: 0.01)
      let above = ElectronPhysics(material: .water, knockOnCut: w * exp(0.5e-3), photonCut: 0.01)
      let density =
        (below.knockOnCrossSection(energy) - above.knockOnCrossSection(energy)) / (w * 1e-3)
      lost += w * density * w * span / Double(steps)
    }
    let continuous =
      fine.collisionLoss(energy, cut: energy / 2) - fine.collisionLoss(energy, cut: cut)
    #expect(abs(lost / continuous - 1) < 0.01)
  }

  /// Thomson's limit: 8π r_e²/3, here in units of 2π r_e².
  @Test func kleinNishinaTendsToThomson() {
    #expect(abs(PhotonPhysics.kleinNishina(1e-4) - 4.0 / 3 * (1 - 2e-4 / electronRestMeV)) < 1e-4)
  }

  /// Mass attenuation without coherent scattering of water in cm²/g, NIST XCOM.
  @Test(arguments: [(0.05, 0.2076), (0.1, 0.1656), (0.5, 0.0966), (1, 0.0707)])
  func attenuationOfWaterIsThatOfXCOM(energy: Double, expected: Double) {
    let row = PhotonPhysics(.water).row(energy)
    #expect(abs((row[0] + row[1]) / expected - 1) < 0.01)
  }

  /// Mass attenuation with coherent scattering of water in cm²/g, NIST XAAMDI; pair production is
  /// in the last two.
  @Test(arguments: [
    (0.03, 0.3756), (0.05, 0.2269), (0.1, 0.1707), (0.3, 0.1186), (2, 0.04942), (3, 0.03969),
  ])
  func totalAttenuationOfWaterIsThatOfNIST(energy: Double, expected: Double) {
    #expect(abs(PhotonPhysics(.water).row(energy).sum() / expected - 1) < 0.01)
  }

  /// Born pair production joins its two series at 2.04 MeV, and begins at twice the rest energy.
  @Test func pairProductionBeginsAtItsThreshold() {
    #expect(PhotonPhysics.bornPair(2) == 0)
    #expect(abs(PhotonPhysics.bornPair(4 - 1e-9) / PhotonPhysics.bornPair(4 + 1e-9) - 1) < 1e-3)
    #expect(PhotonPhysics(.water).row(1.0)[3] == 0)
  }

  /// Without the atoms' size Rayleigh scattering is Thomson's, ⟨cos²θ⟩ = 2/5; with it, hard photons
  /// go on almost straight.
  @Test(arguments: [(0.0002, 0.4, 0.01), (0.1, 0.95, 0.06)])
  func rayleighAnglesFollowTheFormFactor(energy: Double, square: Double, allowed: Double) {
    let scattering = CoherentScattering(.water)
    var random = RandomStream(seed: 5, stream: 0)
    let count = 40_000
    let mean = (0..<count).reduce(0.0) { sum, _ in
      let cosine = scattering.cosine(energy, &random)
      return sum + cosine * cosine
    }
    #expect(abs(mean / Double(count) - square) < allowed)
  }

  /// Photons that cross layers of unequal density without a collision: exp(−Σ μ ρᵢ dᵢ), by delta
  /// tracking against the densest layer.
  @Test(arguments: [0.1, 0.364, 1.5])
  func attenuationIsExponential(energy: Double) {
    let densities = [1.0, 0.3, 1.9, 1.0]
    let tables = InteractionTables([.water], knockOnCut: 0.02, photonCut: 0.01)
    var follower = ParticleFollower(
      medium: LayeredMedium(densities: densities, tables: tables), tables: tables,
      options: .init(), random: RandomStream(seed: 11, stream: 0))
    let count = 100_000
    for _ in 0..<count {
      follower.followPhoton(
        Particle(position: [0, 0, 1e-9], direction: [0, 0, 1], energy: energy))
    }
    let row = PhotonPhysics(.water).row(energy)
    // A Rayleigh scattering takes no energy, so it is not seen here: most go on and come out.
    let seen = row.sum() - row[2]
    let expected = exp(-seen * densities.reduce(0, +) * LayeredMedium.thickness)
    let found = Double(follower.medium.uncollided(energy)) / Double(count)
    let sigma = (expected * (1 - expected) / Double(count)).squareRoot()
    print(
      "figure: exponential attenuation \(energy) MeV \(found / expected - 1) ± \(sigma / expected)")
    #expect(abs(found - expected) < 4 * sigma + 0.5 * row[2] / row.sum() * expected)
  }

  /// The tissue classes meet ICRU densities: cortical bone is pure at 1.92 g/mL.
  @Test(arguments: [(0.001, 0), (0.26, 1), (0.95, 2), (1.06, 3), (1.92, 8), (2.5, 8)])
  func densitiesFindTheirTissue(density: Double, index: Int) {
    #expect(TissueClass.index(density: density) == index)
  }

  /// Random directions have no preference, and the stream does not repeat another's.
  @Test func directionsAreEven() {
    var random = RandomStream(seed: 1, stream: 0)
    var sum = SIMD3<Double>.zero
    for _ in 0..<100_000 { sum += random.direction() }
    // One standard deviation of a component's mean is 0.0018.
    #expect((sum / 100_000).max() < 0.008 && (sum / 100_000).min() > -0.008)
    var other = RandomStream(seed: 1, stream: 1)
    #expect(random.nextBits() != other.nextBits())
  }
}

/// Layers of water, one behind the other along z; everything outside is lost.
private struct LayeredMedium: TransportMedium {
  /// Of each layer, in cm.
  static let thickness = 2.0
  let densities: [Double]
  let tables: InteractionTables
  private var lost: [Double] = []

  init(densities: [Double], tables: InteractionTables) {
    (self.densities, self.tables) = (densities, tables)
  }

  func uncollided(_ energy: Double) -> Int { lost.count { $0 == energy } }

  func matter(at point: SIMD3<Double>) -> Matter? {
    let layer = Int((point.z / Self.thickness).rounded(.down))
    return densities.indices.contains(layer)
      ? Matter(material: 0, density: densities[layer]) : nil
  }

  func advanced(
    _: SIMD3<Double>, _: SIMD3<Double>, massLength _: Double, from _: Matter
  ) -> SIMD3<Double>? { nil }

  func isCountedHere(_: SIMD3<Double>, massRange _: Double, in _: Matter) -> Bool { true }

  func photonMajorant(point: Int) -> Double {
    (densities.max() ?? 0) * tables.photonTotals[0][point]
  }

  mutating func deposit(_: Double, at _: SIMD3<Double>) {}
  mutating func lose(_ energyMeV: Double) { lost.append(energyMeV) }
}
