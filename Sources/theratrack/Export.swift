import ArgumentParser
import Foundation
import Pipeline

/// `theratrack export base/pet -o pet.nii.gz --structures rtstruct.dcm`
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write one CT, PET or SPECT series as NIfTI, with its regions as a label map.",
    discussion: """
      PET is written as SUVbw, or in Bq/mL with --scale concentration; SPECT in Bq/mL; CT in HU.
      The affine goes from voxels to RAS millimetres, in both sform and qform. With --structures
      a second file, NAME-regions, holds the regions as numbers from 1.

      Examples:
        theratrack export base/pet -o pet.nii.gz
        theratrack export base/ct -o ct.nii --structures rtstruct.dcm --json
      """)

  @Argument(help: "File or folder of one series.")
  var series: String

  @Option(name: .shortAndLong, help: "File to write, ending in .nii or .nii.gz.")
  var output: String

  @Option(help: "RTSTRUCT or SEG in the frame of the series.")
  var structures: String?

  @Option(help: "What PET voxels are: suv or concentration.")
  var scale = ScanExport.Scale.suv

  @Flag(help: "Replace files that are there.")
  var replace = false

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func validate() throws {
    guard output.hasSuffix(".nii") || output.hasSuffix(".nii.gz") else {
      throw ValidationError("Give --output a name that ends in .nii or .nii.gz.")
    }
    guard replace || !FileManager.default.fileExists(atPath: output) else {
      throw ValidationError("'\(output)' is there; add --replace to overwrite it.")
    }
  }

  func run() throws {
    let export = try ScanExport(
      scan: URL(filePath: series), structures: structures.map { URL(filePath: $0) }, scale: scale,
      isCompressed: output.hasSuffix(".gz"))
    let files = try export.write(to: URL(filePath: output))
    Terminal.output(try json ? export.json(files: files) : export.text(files: files))
  }
}

extension ScanExport.Scale: ExpressibleByArgument {}
