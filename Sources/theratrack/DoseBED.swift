import ArgumentParser
import Foundation
import Pipeline

/// `theratrack dose bed --dose 7Gy --half-life 50h --alpha-beta 2.6Gy --repair 2.8h`
struct DoseBED: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bed",
    abstract: "BED, EQD2 and equivalent uniform doses; and the dose for a BED.",
    discussion: """
      The Lea-Catcheside factor is that of the whole course: what one cycle leaves unrepaired
      reaches into the next. Alpha and recoil dose (--alpha-dose) is linear, weighted by --rbe,
      and always shown apart.

      Examples:
        theratrack dose bed --dose 7Gy --half-life 50h --alpha-beta 2.6Gy --repair 2.8h
        theratrack dose bed --dose 7Gy --cycles 4 --interval 8weeks --half-life 50h \\
          --alpha-beta 2.6Gy --repair 2.8h
        theratrack dose bed --term 0.10Gy/h,10h --term 0.02Gy/h,60h --alpha-beta 2.6Gy --repair 2.8h
        theratrack dose bed --bed 27Gy --half-life 50h --alpha-beta 2.6Gy --repair 2.8h
        theratrack dose bed --dvh lesion.csv --alpha 0.3/Gy
      """)

  @Option(help: "Low-LET dose, for example 7Gy; once for each cycle.")
  var dose: [String] = []

  @Option(help: "Alpha and recoil dose; once for each cycle, with --rbe.")
  var alphaDose: [String] = []

  @Option(help: "Effective half-life, for example 50h; once, or once for each cycle.")
  var halfLife: [String] = []

  @Option(help: "Dose rate at time 0 and its half-life; repeat for a sum, negative for uptake.")
  var term: [String] = []

  @Option(help: "Cycles all alike.")
  var cycles = 1

  @Option(help: "Time between administrations, for example 8weeks.")
  var interval: String?

  @Option(help: "Ratio alpha/beta, for example 2.6Gy.")
  var alphaBeta: String?

  @Option(help: "Half-time of repair, for example 2.8h.")
  var repair: String?

  @Option(help: "RBE of alphas and recoils; none is assumed.")
  var rbe: String?

  @Option(help: "BED to reach, for example 27Gy: gives the dose.")
  var bed: String?

  @Option(help: "High-LET share of the dose for --bed, for example 95%.")
  var highLetShare: String?

  @Option(help: "CSV of dose_Gy or bed_Gy, with volume_mL unless all parts are of one size.")
  var dvh: String?

  @Option(help: "Radiosensitivity, for example 0.3/Gy: gives EUBED of --dvh.")
  var alpha: String?

  @Option(help: "Exponent of the generalised EUD of --dvh.")
  var eudExponent: String?

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws {
    if dvh != nil { _ = try uniform() } else { _ = try effect() }
  }

  private func uniform() throws -> UniformDoseAnswer.Request {
    do {
      return try UniformDoseAnswer.Request(
        alpha: alpha, exponent: eudExponent, alphaBeta: alphaBeta, repair: repair,
        halfLife: halfLife.first)
    } catch { throw ValidationError("\(error).") }
  }

  private func effect() throws -> EffectAnswer.Request {
    guard let alphaBeta, let repair else {
      throw ValidationError("--alpha-beta and --repair are needed, for example 2.6Gy and 2.8h.")
    }
    guard alpha == nil, eudExponent == nil else {
      throw ValidationError("--alpha and --eud-exponent need --dvh.")
    }
    var text = EffectAnswer.Request.Text()
    text.doses = dose
    text.alphaDoses = alphaDose
    text.halfLives = halfLife
    text.terms = term
    text.interval = interval
    text.rbe = rbe
    text.bed = bed
    text.highLETShare = highLetShare
    do {
      return try EffectAnswer.Request(
        alphaBeta: alphaBeta, repair: repair, cycles: cycles, text)
    } catch { throw ValidationError("\(error).") }
  }

  func run() throws {
    if let dvh {
      let answer = try UniformDoseAnswer(URL(filePath: dvh), try uniform())
      Terminal.output(try json ? answer.json() : answer.text())
    } else {
      let answer = try EffectAnswer(try effect())
      Terminal.output(try json ? answer.json() : answer.text())
    }
  }
}
