import ArgumentParser
import Foundation
import Pipeline

/// `theratrack dose fit kidney.csv --radionuclide Lu-177`
struct DoseFit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Time-integrated activity with its uncertainty, from activities over time.",
    discussion: """
      TIMES is a CSV with the header time_h,activity_MBq, and sd_MBq (one standard deviation) and
      kind (spect or planar) where known. Activities are those at the time of the scan. Planar
      ones give the course over time, SPECT ones the level.

      --method auto: from five scans on AICc chooses among the curves they can tell apart; with
      four, uptake and clearance; with fewer, one exponential unless the activity rises. One scan
      needs --half-life, --half-life-prior, --earlier-cycle, or the methods haenscheid or madsen.

      Examples:
        theratrack dose fit kidney.csv --radionuclide Lu-177
        theratrack dose fit kidney.csv --radionuclide Lu-177 --administered 7.4GBq --mass 150g
        theratrack dose fit cycle2.csv --radionuclide Lu-177 --earlier-cycle cycle1.csv
        theratrack dose fit day4.csv --radionuclide Lu-177 --half-life-prior 50h,20% --noise 5%
      """)

  @Argument(help: "CSV of times and activities.")
  var times: String

  @Option(help: "Element and mass number, for example Lu-177.")
  var radionuclide: String

  @Option(help: "Curve, or method for one scan.")
  var method: FitAnswer.Method = .automatic

  @Option(help: "Known effective half-life for one scan, with its uncertainty: 50h or 50h,10%.")
  var halfLife: String?

  @Option(help: "Effective half-life in a population, and its variation: 50h,20%.")
  var halfLifePrior: String?

  @Option(help: "CSV of an earlier cycle of the patient: its curve is scaled to one scan.")
  var earlierCycle: String?

  @Option(help: "How much the curve may differ between cycles: 5% unless stated.")
  var cycleVariation: String?

  @Option(help: "Administered activity, for example 7.4GBq: refuses more than that.")
  var administered: String?

  @Option(help: "Standard deviation of each activity where the table has none: 5%.")
  var noise: String?

  @Option(help: "Weight of each scan: sd, equal or relative.")
  var weights = "sd"

  @Option(help: "Before the first scan: curve, or linear from zero.")
  var earlyPhase = "curve"

  @Flag(help: "Let activity clear more slowly than it decays.")
  var allowSlowTail = false

  @Flag(help: "Give the mean over the curves, weighted by AICc, instead of the best.")
  var average = false

  @Option(help: "Mass, for example 150g: goes on to the dose of a sphere.")
  var mass: String?

  @Option(help: "Density of that sphere; 1 g/mL unless stated.")
  var density: String?

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws { _ = try request() }

  private func request() throws -> FitAnswer.Request {
    var text = FitAnswer.Request.Text()
    text.halfLife = halfLife
    text.halfLifePrior = halfLifePrior
    text.cycleVariation = cycleVariation
    text.administered = administered
    text.noise = noise
    text.mass = mass
    text.density = density
    do {
      var request = try FitAnswer.Request(radionuclide: radionuclide, text)
      try request.choose(weights: weights, earlyPhase: earlyPhase)
      request.method = method
      request.earlierCycle = earlierCycle.map { URL(filePath: $0) }
      request.allowsSlowTail = allowSlowTail
      request.averages = average
      return request
    } catch { throw ValidationError("\(error).") }
  }

  func run() throws {
    let answer = try FitAnswer(URL(filePath: times), try request())
    Terminal.output(try json ? answer.json() : answer.text())
  }
}

extension FitAnswer.Method: ExpressibleByArgument {}
