import ArgumentParser
import Foundation
import Pipeline

/// `theratrack index scans --course course.yaml`
struct Index: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what a folder of DICOM holds, and propose a course file.",
    discussion: """
      Patients are numbered; names, identifiers and birth dates are not shown. Visits are ordered
      by the dates of the headers. What the headers do not say is listed as undecided and marked
      in the course file, for you to check.

      Example:
        theratrack index /scans/patient --course course.yaml
      """)

  @Argument(help: "Folder with DICOM files, searched with all its subfolders.")
  var folder: String

  @Option(help: "Where to write the proposed course file. Without it, nothing is written.")
  var course: String?

  @Flag(help: "Replace the course file if it is there.")
  var replace = false

  @Flag(help: "Print one JSON object instead of tables.")
  var json = false

  func run() throws {
    let index = try CourseIndex(
      folder: URL(filePath: folder), courseFile: course.map { URL(filePath: $0) },
      progress: Terminal.progress())
    if let course {
      try index.writeCourseFile(to: URL(filePath: course), replacing: replace)
    }
    print(try json ? index.json() : index.text())
    if let course, !json { print("\nCourse file: \(course)") }
    if !index.isComplete { throw ExitCode.notAssessable }
  }
}
