import ArgumentParser
import Foundation
import Pipeline

/// `theratrack phantom --size small --seed 7 -o demo`
struct Phantom: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a virtual patient's course as DICOM, with its truth.",
    discussion: """
      A diagnostic PET/CT at baseline and at follow-up, and a SPECT/CT of Lu-177 (or Ac-225) about
      4, 24 and 96 h into each cycle, with organ outlines. Lesions shrink, grow, vanish, appear and merge;
      the patient lies and breathes differently each time. The same seed gives the same bytes.

      Example:
        theratrack phantom --size small --seed 7 -o demo
        theratrack phantom --radionuclide Ac-225 --cycles 2 --no-noise -o alpha
      """)

  @Option(help: "small (under 40 MB) or clinical (as a hospital scans).")
  var size: PhantomCourse.Size = .small

  @Option(help: "Everything random follows from it.")
  var seed: UInt64 = 7

  @Option(help: "Number of therapy cycles.")
  var cycles: Int = 1

  @Option(help: "What the therapy is labelled with: Lu-177 or Ac-225 (8 MBq).")
  var radionuclide: PhantomCourse.Nuclide = .lutetium177

  @Flag(inversion: .prefixedNo, help: "Add noise to the images.")
  var noise = true

  @Flag(inversion: .prefixedNo, help: "Blur PET and SPECT by their resolution.")
  var resolution = true

  @Option(name: .shortAndLong, help: "Folder to write to; made if it is not there.")
  var output: String

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func validate() throws {
    guard (1...8).contains(cycles) else { throw ValidationError("--cycles must be 1 to 8.") }
  }

  func run() throws {
    let course = PhantomCourse(
      size: size, seed: seed, cycles: cycles, nuclide: radionuclide, noise: noise,
      resolution: resolution)
    let written = try course.write(into: URL(filePath: output), progress: Terminal.progress())
    Terminal.output(json ? written.json : written.text)
  }
}

extension PhantomCourse.Size: ExpressibleByArgument {}
extension PhantomCourse.Nuclide: ExpressibleByArgument {}
