import ArgumentParser
import Foundation
import Pipeline

/// `theratrack commission course.yaml -o commissioning`
struct Commission: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Test the chain on follow-ups derived from your own scan, and report its errors.",
    discussion: """
      Takes the reference PET (and CT) of a course, derives follow-ups by known motion,
      deformation, changes of lesion uptake and new noise, writes them as DICOM, runs the chain on
      them, and compares. commissioning.html is a page to check, sign and file. The derived files
      carry no identity, but they are images of the patient: keep them as you keep the scan.

      Examples:
        theratrack commission course.yaml -o commissioning
        theratrack commission course.yaml -o commissioning --repeats 10 --seed 3 --json
      """)

  @Argument(help: "Course file whose reference time point has a PET.")
  var course: String

  @Option(name: .shortAndLong, help: "Folder for the derived course and the report.")
  var output: String

  @Option(help: "How many follow-ups to derive.")
  var repeats = CommissioningPlan().repeats

  @Option(help: "Seed of motion and noise: the same seed gives the same course.")
  var seed: UInt64 = CommissioningPlan().seed

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func validate() throws {
    guard (1...50).contains(repeats) else {
      throw ValidationError("Give --repeats a number from 1 to 50.")
    }
  }

  func run() throws {
    var plan = CommissioningPlan()
    (plan.repeats, plan.seed) = (repeats, seed)
    let report = try Commissioning(
      course: Course(file: URL(filePath: course)), plan: plan, output: URL(filePath: output),
      progress: Terminal.progress()
    ).run()
    Terminal.output(try json ? report.json() : report.text())
    if !json { Terminal.output("\nReport: \(output)/commissioning.html") }
    if !report.isComplete { throw ExitCode.notAssessable }
  }
}
