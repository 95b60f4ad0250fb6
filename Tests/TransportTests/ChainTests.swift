import Foundation
import Quantities
import Testing
import Transport

@Suite struct ChainTests {
  /// Activities per Bq of the pure parent, from radioactivedecay 0.6.1 with the half-lives of
  /// ICRP 107. Ours are ENSDF's; the allowances are their differences (Pb-212 10.622 for 10.64 h,
  /// Bi-213 alpha 2.14 for 2.09 %).
  @Test(arguments: [
    ("Ac-225", 1, "Ac-225", 0.997116, 1e-5), ("Ac-225", 1, "Fr-221", 0.997249, 3e-4),
    ("Ac-225", 1, "Bi-213", 0.549158, 2e-3), ("Ac-225", 24, "Bi-213", 0.936203, 3e-4),
    ("Ac-225", 5, "Pb-209", 0.538607, 5e-3), ("Ac-225", 240, "Bi-213", 0.501699, 3e-4),
    ("Ac-225", 1, "Tl-209", 0.011012, 0.03), ("Pb-212", 3, "Pb-212", 0.822476, 1e-3),
    ("Pb-212", 3, "Bi-212", 0.767928, 1e-3), ("Pb-212", 24, "Bi-212", 0.231346, 5e-3),
    ("Pb-212", 3, "Tl-208", 0.274877, 2e-3), ("Ra-223", 1, "Pb-211", 0.682408, 1e-3),
    ("Ra-223", 1, "Bi-211", 0.662546, 1e-3), ("Th-227", 480, "Th-227", 0.476100, 1e-4),
    ("Th-227", 480, "Ra-223", 0.460566, 1e-3),
  ])
  func activitiesAreBatemans(
    parent: String, hours: Double, member: String, expected: Double, allowance: Double
  ) throws {
    let kinetics = try ChainKinetics(DecayChain(parent: parent))
    let activity = try #require(kinetics.activity(of: member, at: .hours(hours)))
    #expect(activity.free == 0)
    #expect(abs(activity.bound / expected - 1) < allowance)
  }

  /// The same answers with ICRP 107's own half-lives and branching, to all their digits.
  @Test(arguments: [
    (1.0, "Ac-225", 0.997116), (1, "Fr-221", 0.997249), (1, "Bi-213", 0.549158),
    (1, "Po-213", 0.537680), (1, "Tl-209", 0.011012), (1, "Pb-209", 0.055447),
    (5, "Bi-213", 0.977268), (5, "Pb-209", 0.538607), (24, "Ac-225", 0.933033),
    (24, "Bi-213", 0.936203), (24, "Pb-209", 0.940911), (240, "Bi-213", 0.501699),
  ])
  func icrpHalfLivesGiveItsAnswers(hours: Double, member: String, expected: Double) throws {
    let halfLives: [String: Duration] = [
      "Ac-225": .days(10), "Fr-221": .seconds(4.9 * 60), "At-217": .seconds(0.0323),
      "Bi-213": .seconds(45.59 * 60), "Po-213": .seconds(4.2e-6), "Tl-209": .seconds(2.161 * 60),
      "Pb-209": .hours(3.253), "Rn-217": .seconds(0.54e-3),
    ]
    let branching: [String: [DecayScheme.Daughter]] = [
      "Fr-221": [.init(symbol: "At-217", fraction: 1)],
      "At-217": [
        .init(symbol: "Bi-213", fraction: 0.99988), .init(symbol: "Rn-217", fraction: 0.00012),
      ],
      "Rn-217": [.init(symbol: "Po-213", fraction: 1)],
      "Bi-213": [
        .init(symbol: "Po-213", fraction: 0.9791), .init(symbol: "Tl-209", fraction: 0.0209),
      ],
    ]
    let members = try DecayChain(parent: "Ac-225").members.map { member in
      member.evaluatedAs(
        halfLife: halfLives[member.symbol] ?? member.halfLife,
        daughters: branching[member.symbol] ?? member.daughters)
    }
    let kinetics = try ChainKinetics(DecayChain(members: members))
    let activity = try #require(kinetics.activity(of: member, at: .hours(hours))).bound
    // The answers are printed to six decimals.
    #expect(abs(activity - expected) < 1e-5 * expected + 1e-6)
  }

  /// Two members by hand: A₂ = λ₂/(λ₂ − λ₁) (e^{−λ₁t} − e^{−λ₂t}), to ten digits.
  @Test func aPairFollowsTheClosedForm() throws {
    let chain = try DecayChain(parent: "Pb-212")
    let kinetics = try ChainKinetics(chain)
    let l1 = log(2) / 38239.2
    let l2 = log(2) / 3633.0
    for hours in [0.1, 1.0, 10, 100] {
      let t = hours * 3600
      let exact = l2 / (l2 - l1) * (exp(-l1 * t) - exp(-l2 * t))
      let ours = try #require(kinetics.activity(of: "Bi-212", at: .hours(hours))).bound
      #expect(abs(ours / exact - 1) < 1e-10)
    }
  }

  /// Without clearance each member decays as often as the parent, by its branching.
  @Test func everyBornNucleusDecays() throws {
    let chain = try DecayChain(parent: "Ac-225")
    let kinetics = try ChainKinetics(chain)
    let parent = try #require(kinetics.decays(of: "Ac-225")).bound
    #expect(abs(parent - 864_000 / log(2)) < 1)
    for (member, share) in zip(chain.members, chain.decaysPerParentDecay) {
      let decays = try #require(kinetics.decays(of: member.symbol)).bound
      #expect(abs(decays / parent - share) < 1e-9)
    }
  }

  /// What is torn loose decays elsewhere: bound and free decays of Bi-213 add up, and the free
  /// part is that of Fr-221 and its own.
  @Test func freeDaughtersAreCountedApart() throws {
    let chain = try DecayChain(parent: "Ac-225")
    var biokinetics = ChainBiokinetics()
    biokinetics.freeFraction = ["Fr-221": 0.3, "Bi-213": 0.5]
    let kinetics = try ChainKinetics(chain, biokinetics: biokinetics)
    let parent = try #require(kinetics.decays(of: "Ac-225")).bound
    let bismuth = try #require(kinetics.decays(of: "Bi-213"))
    #expect(abs((bismuth.bound + bismuth.free) / parent - 1) < 2e-4)
    #expect(abs(bismuth.bound / (bismuth.bound + bismuth.free) - 0.7 * 0.5) < 1e-9)
  }

  /// Clearance halves the decays of a nuclide whose half-life it equals.
  @Test func clearanceOfTheCarrierShortensTheStay() throws {
    var biokinetics = ChainBiokinetics()
    biokinetics.carrierClearance = .days(10)
    let kinetics = try ChainKinetics(
      DecayChain(parent: "Ac-225"), biokinetics: biokinetics)
    let decays = try #require(kinetics.decays(of: "Ac-225")).bound
    #expect(abs(decays / (864_000 / log(2)) - 0.5) < 1e-9)
  }

  @Test func aFreeFractionAboveOneIsRefused() throws {
    var biokinetics = ChainBiokinetics()
    biokinetics.freeFraction = ["Fr-221": 1.2]
    let chain = try DecayChain(parent: "Ac-225")
    #expect(throws: TransportError.fractionOutsideUnit(radionuclide: "Fr-221", value: 1.2)) {
      try ChainKinetics(chain, biokinetics: biokinetics)
    }
  }
}
