import Foundation
import Quantities
import TestSupport
import Testing
import Transport

@testable import Dosimetry

/// Point kernels that several tests look at; each is simulated once.
enum TestKernels {
  static let lutetium = Result { try kernels("Lu-177", 20_000) }
  static let yttrium = Result { try kernels("Y-90", 20_000) }
  static let actinium = Result { try kernels("Ac-225", 3_000) }

  private static func kernels(_ symbol: String, _ histories: Int) throws -> DecayKernels {
    try DecayKernels(parent: symbol) { scheme throws(TransportError) in
      try PointKernel(scheme, in: .water, histories: histories)
    }
  }
}

private func isWithin(_ tolerance: Double, _ a: Double, of b: Double) -> Bool {
  abs(a / b - 1) <= tolerance
}

// Sphere table in water, unit density, from a prototype Monte Carlo fed with ICRP 107 energies.
@Test(arguments: [(1.0, 2.337e-11), (10, 2.367e-12), (100, 2.421e-13), (1000, 2.472e-14)])
func lutetiumSphereDosesAgreeWithAFullSimulation(grams: Double, s: Double) throws {
  let dose = try SelfDose(TestKernels.lutetium.get(), mass: .grams(grams), density: 1)
  #expect(isWithin(0.015, dose.grayPerBecquerelSecond, of: s))
}

@Test func actiniumBringsItsDaughtersAndTheirHighLETApart() throws {
  let kernels = try TestKernels.actinium.get()
  #expect(kernels.members.map(\.symbol).contains("Bi-213"))
  #expect(kernels.leftOut.isEmpty)
  let dose = try SelfDose(kernels, mass: .grams(10), density: 1)
  #expect(isWithin(0.01, dose.grayPerBecquerelSecond, of: 4.590e-10))
  // 27.483 MeV of alphas and 0.513 of recoils per decay of Ac-225 (ICRP 107).
  #expect(isWithin(0.01, dose.alphaMeV, of: 27.996))
  #expect((0.97...0.99).contains(dose.highLETFraction))
}

@Test func longLivedDaughtersAreLeftOutAndNamed() throws {
  let kernels = try DecayKernels(parent: "Th-227") { scheme throws(TransportError) in
    try PointKernel(scheme, in: .water, histories: 1000)
  }
  // Ra-223 lives 11.4 days beside its parent's 18.7: it goes its own way.
  #expect(kernels.members.map(\.symbol) == ["Th-227"])
  #expect(kernels.leftOut.contains("Ra-223"))
}

// OpenDose (doi 10.2967/jnumed.119.240366), Lu-177, adult phantoms; read from the shared folder.
@Test(.enabled(if: RealData.shared != nil, Comment(rawValue: RealData.absent)))
func organsOfOpenDoseFollowFromTheirMass() throws {
  let shared = try #require(RealData.shared)
  let file = shared.appending(
    path: "reference/data/dosimetry/opendose_lu177_icrp110_selected.csv")
  let rows = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    // phantom,source,target,S_mGy_per_MBq_s,S_unc,target_mass_g
    .filter { $0.count == 6 && $0[1].lowercased() == $0[2].lowercased() }
  #expect(rows.count == 8)
  for row in rows {
    let grams = try #require(Double(row[5]))
    let expected = try #require(Double(row[3])) * 1e-9
    let dose = try SelfDose(TestKernels.lutetium.get(), mass: .grams(grams), density: 1.05)
    let off = dose.grayPerBecquerelSecond / expected - 1
    print("figure: \(row[0]) \(row[1]): self-dose \((off * 1000).rounded() / 10) % off OpenDose")
    #expect(abs(off) < 0.03)
  }
}

@Test func absorbedFractionsGrowWithMass() throws {
  let masses = [0.02, 0.5, 5, 50, 500, 2000, 20_000]
  for kernels in [try TestKernels.lutetium.get(), try TestKernels.yttrium.get()] {
    let doses = try masses.map { try SelfDose(kernels, mass: .grams($0), density: 1) }
    for (small, large) in zip(doses, doses.dropFirst()) {
      #expect(small.electronAbsorbedFraction < large.electronAbsorbedFraction)
      #expect(small.photonMeV <= large.photonMeV)
      #expect(small.grayPerBecquerelSecond > large.grayPerBecquerelSecond)
    }
    #expect(doses[doses.count - 1].electronAbsorbedFraction < 1.001)
  }
}

@Test func impossibleSpheresAreRefused() throws {
  let kernels = try TestKernels.lutetium.get()
  #expect(throws: DosimetryError.notPositive(quantity: "mass of the region")) {
    try SelfDose(kernels, mass: .zero, density: 1)
  }
  for density in [0.001, 12, Double.nan] {
    #expect(throws: DosimetryError.self) {
      try SelfDose(kernels, mass: .grams(1), density: density)
    }
  }
}

@Test func halfLivesAreThoseOfTheDecayData() throws {
  for nuclide in Radionuclide.all {
    guard let scheme = try? DecayScheme(nuclide) else { continue }
    #expect(isWithin(1e-4, nuclide.halfLife.inSeconds, of: scheme.halfLife.inSeconds))
  }
}
