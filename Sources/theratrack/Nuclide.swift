import ArgumentParser
import Pipeline

/// `theratrack nuclide Lu-177`
struct Nuclide: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nuclide",
    abstract: "Half-life, energies per decay, lines and daughters of a radionuclide.",
    discussion: """
      Examples:
        theratrack nuclide Lu-177
        theratrack nuclide Ac-225 --json
      """)

  @Argument(help: "Element and mass number, for example Lu-177.")
  var radionuclide: String

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    let answer = try NuclideAnswer(radionuclide)
    Terminal.output(try json ? answer.json() : answer.text())
  }
}
