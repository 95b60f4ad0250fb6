import ArgumentParser
import Foundation
import Pipeline

/// `theratrack index scans --course course.yaml`
struct Index: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what a folder of DICOM holds, and propose a course file.",
    discussion: """
      Patients are numbered; names, identifiers and birth dates are not shown. Visits are ordered
      by the dates of the headers. For each visit one PET or SPECT, one CT and the outlines drawn on
      them are chosen; every other series is listed as left out, with the reason. What the headers
      do not say is listed as undecided and marked in the course file, for you to check.

      Example:
        theratrack index /scans/patient --course course.yaml
      """)

  @Argument(help: "Folder with DICOM files, searched with all its subfolders; or its DICOMDIR.")
  var folder: String

  @Option(help: "Where to write the proposed course file. Without it, nothing is written.")
  var course: String?

  @Option(help: "The course's own name in reports; never a patient's.")
  var id = "course"

  @Option(help: "Limit pack to name in the course file.")
  var limits: String?

  @Option(help: "Full width at half maximum of the PET images, for example 6mm.")
  var petResolution: String?

  @Option(help: "Full width at half maximum of the SPECT images, for example 10mm.")
  var spectResolution: String?

  @Option(help: "Within-subject variation of uptake, for example 12%, with --variation-source.")
  var variation: String?

  @Option(help: "Where that variation comes from.")
  var variationSource: String?

  @Flag(help: "Replace the course file if it is there.")
  var replace = false

  @Flag(help: "Print one JSON object instead of tables.")
  var json = false

  func validate() throws {
    guard (variation == nil) == (variationSource == nil) else {
      throw ValidationError("--variation and --variation-source go together.")
    }
  }

  private var options: CourseProposal.Options {
    var options = CourseProposal.Options()
    options.id = id
    options.limits = limits
    options.petResolution = petResolution
    options.spectResolution = spectResolution
    if let variation, let variationSource {
      options.repeatability = .init(variation: variation, source: variationSource)
    }
    return options
  }

  func run() throws {
    let index = try CourseIndex(
      folder: URL(filePath: folder), courseFile: course.map { URL(filePath: $0) },
      options: options, progress: Terminal.progress())
    if let course {
      try index.writeCourseFile(to: URL(filePath: course), replacing: replace)
    }
    Terminal.output(try json ? index.json() : index.text())
    if let course, !json { Terminal.output("\nCourse file: \(course)") }
    if !index.isComplete { throw ExitCode.notAssessable }
  }
}
