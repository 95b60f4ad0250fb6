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
    #expect(abs(PhotonPhysics.row(.water, energy).sum() / expected - 1) < 0.01)
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
