import ArgumentParser
import Foundation
import Pipeline

/// `theratrack show rtstruct.dcm --json`
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what one DICOM file holds, as this program reads it.",
    discussion: """
      Images and doses: grid, values and unit. RTSTRUCT and SEG: regions with volumes. Structured
      reports: measurements. Real world value maps, spatial and deformable registrations: their
      numbers. Nothing that names a person is printed.

      Examples:
        theratrack show rtstruct.dcm
        theratrack show dose.dcm --json
      """)

  @Argument(help: "One DICOM file.")
  var file: String

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func run() throws {
    let reading = try ObjectReading(file: URL(filePath: file))
    Terminal.output(try json ? reading.json() : reading.text())
  }
}
