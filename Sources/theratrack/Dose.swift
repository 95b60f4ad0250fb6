import ArgumentParser
import Foundation
import Pipeline

/// `theratrack dose …`: the calculators of dosimetry.
struct Dose: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dose",
    abstract: "Dose maps of a course; calculators of dose, time-integrated activity and effect.",
    subcommands: [DoseMap.self, DoseSphere.self, DoseFit.self, DoseBED.self, DoseMarrow.self],
    defaultSubcommand: DoseMap.self)
}

/// `theratrack dose sphere --radionuclide Lu-177 --mass 1g`
struct DoseSphere: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sphere",
    abstract: "S value of a sphere that holds its activity evenly.",
    discussion: """
      Electrons and photons by the program's own Monte Carlo; alphas and recoils stay where they
      start and are shown apart as high LET. Daughters that live at most a quarter as long as the
      parent decay with it; --daughters all or none says otherwise. The first use of a nuclide
      simulates for some seconds and keeps the result in $THERATRACK_CACHE or ~/.cache/theratrack.
      S is per decay of the parent in the sphere. With --free, daughters that the recoil tears loose
      leave it, and take what follows from them along.

      Examples:
        theratrack dose sphere --radionuclide Lu-177 --mass 1g
        theratrack dose sphere --radionuclide Ac-225 --mass 20g --density 1.04g/mL --tia 5MBqh
        theratrack dose sphere --radionuclide Ac-225 --mass 20g --free Fr-221=40% --free-half-life 1h
      """)

  @Option(help: "Element and mass number, for example Lu-177.")
  var radionuclide: String

  @Option(help: "Mass of the sphere, for example 1g.")
  var mass: String

  @Option(help: "Its density and its surroundings', for example 1.04g/mL; 1 unless stated.")
  var density: String?

  @Option(help: "What it and its surroundings are made of.")
  var medium: SphereAnswer.Medium = .water

  @Option(help: "Daughters that decay with the parent.")
  var daughters: SphereAnswer.Daughters = .shortLived

  @Option(
    help:
      "Share of a daughter's newborn nuclei that the recoil tears loose: Bi-213=30%. May repeat.")
  var free: [String] = []

  @Option(help: "Biological half-life of what is loose in the sphere; without it, gone at once.")
  var freeHalfLife: String?

  @Option(help: "Biological half-life of what is bound in the sphere; without it, it stays.")
  var boundHalfLife: String?

  @Option(help: "Time-integrated activity in it, for example 7213MBqh: gives the dose too.")
  var tia: String?

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws { _ = try request() }

  private func request() throws -> SphereAnswer.Request {
    do {
      var request = try SphereAnswer.Request(
        radionuclide: radionuclide, mass: mass, density: density, tia: tia)
      try request.addDaughters(free: free, freeHalfLife: freeHalfLife, boundHalfLife: boundHalfLife)
      request.medium = medium
      request.daughters = daughters
      return request
    } catch { throw ValidationError("\(error).") }
  }

  func run() throws {
    let answer = try SphereAnswer(try request())
    Terminal.output(try json ? answer.json() : answer.text())
  }
}

extension SphereAnswer.Medium: ExpressibleByArgument {}
extension SphereAnswer.Daughters: ExpressibleByArgument {}
