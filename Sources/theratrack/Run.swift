import ArgumentParser
import Foundation
import Pipeline

/// `theratrack run course.yaml -o results`
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "From the scans of a course to response maps, doses and the next activity.",
    discussion: """
      Runs every stage: load, register, track, quantify, dose, plan, report. Results are kept in
      OUTPUT/course.sqlite; a second run redoes only what changed. A run that is stopped leaves
      the results of the last finished run and goes on from there.

      A cycle may have planar values beside its SPECT (planar: FILE.csv), which then give the course
      over time; docs/formats.md describes all entries of the course file.

      Writes report.html, pictures/*.png with a JSON sidecar each, tables/*.csv, results.json and
      provenance.json; docs/formats.md describes them.

      Example:
        theratrack run course.yaml -o results
        theratrack run course.yaml --edits edits.yaml -o results
      """)

  @Argument(help: "Course file, as 'theratrack index' writes it.")
  var course: String

  @Option(name: .shortAndLong, help: "Folder for the results; made if it is not there.")
  var output: String = "results"

  @Option(
    help: "YAML file of corrections to the lesions (docs/lesions.md), in place of the course's.")
  var edits: String?

  @Flag(help: "Interpolate missing slices, and list them as warnings, instead of refusing a scan.")
  var allowGaps = false

  @Flag(help: "Print one JSON object instead of tables.")
  var json = false

  func run() throws {
    var course = try Course(file: URL(filePath: course))
    course.allowsGaps = allowGaps || course.allowsGaps
    if let edits { course.lesions.edits = URL(filePath: edits) }
    let run = CourseRun(
      course: course, output: URL(filePath: output),
      progress: Terminal.progress())
    let summary = try run.run()
    Terminal.output(try json ? summary.json() : summary.text())
    if !summary.isAssessable { throw ExitCode.notAssessable }
  }
}
