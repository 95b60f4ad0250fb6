import ArgumentParser
import Foundation
import Pipeline

/// `theratrack dose marrow blood.csv --radionuclide Lu-177 --ratio 1`
struct DoseMarrow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "marrow",
    abstract: "Red-marrow dose from blood samples, or from marrow outlined on images.",
    discussion: """
      CONCENTRATIONS is a CSV with the header time_h,activity_kBq_per_mL, and sd_kBq_per_mL where
      known. --ratio is the concentration in marrow over the measured one: 1 is usual for small
      peptides in blood, 0.19 over (1 - haematocrit) for antibodies; for an image, what part of
      the outlined concentration belongs to marrow. Only electrons and alphas are counted.

      Example:
        theratrack dose marrow blood.csv --radionuclide Lu-177 --ratio 1
      """)

  @Argument(help: "CSV of times and concentrations.")
  var concentrations: String

  @Option(help: "Element and mass number, for example Lu-177.")
  var radionuclide: String

  @Option(help: "Concentration in marrow over the measured one, for example 1.")
  var ratio: String

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws { _ = try request() }

  private func request() throws -> MarrowAnswer.Request {
    do {
      return try MarrowAnswer.Request(radionuclide: radionuclide, ratio: ratio)
    } catch { throw ValidationError("\(error).") }
  }

  func run() throws {
    let answer = try MarrowAnswer(URL(filePath: concentrations), try request())
    Terminal.output(try json ? answer.json() : answer.text())
  }
}
