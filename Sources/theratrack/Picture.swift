import ArgumentParser
import Foundation
import Pipeline

/// `theratrack picture base/pet --ct base/ct --plane coronal --at 12mm --window 0..10 -o out.png`
struct Picture: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw one scan as PNG: planes, projections, or every slice; in colour or 16 bits.",
    discussion: """
      Pictures carry orientation letters, scale bar, window, colour bar and units, and a JSON
      sidecar says what they show; docs/formats.md describes it. Sizes are those on paper.

      slice        planes through the hottest voxel (of a CT: its middle) or --at; over --ct
      projection   the largest value along each line of sight, from the front and the left
      rotation     the same, turned once around, as an animated PNG
      sheet        all pictures of a results folder, small, on one sheet
      slices       every slice as a file of its own in the folder OUTPUT, without marks; with
                   --grey16 each value can be had back from the sidecar's scale

      Examples:
        theratrack picture base/pet --ct base/ct --plane all -o lesion.png
        theratrack picture base/pet --ct base/ct --plane coronal --at 12mm --window 0..10 -o c.png
        theratrack picture base/ct --window "-1000..400 HU" --width 120mm -o lung.png
        theratrack picture dose.dcm --ct base/ct --isolines "10,20,30 Gy" -o dose.png
        theratrack picture base/pet --kind rotation -o turning.png
        theratrack picture base/ct --kind slices --grey16 -o slices
        theratrack picture results/pictures --kind sheet -o contact-sheet.png
      """)

  @Argument(
    help: "File or folder of one CT, PET or SPECT series, or an RT Dose file; a folder of pictures."
  )
  var scan: String

  @Option(help: "CT of the same examination, shown in grey below.")
  var ct: String?

  @Option(help: "What to draw: slice, projection, rotation, slices or sheet.")
  var kind = ScanPicture.Kind.slice

  @Option(help: "axial, coronal, sagittal, or all three.")
  var plane = ScanPicture.Plane.axial

  @Option(
    parsing: .unconditional,
    help: "Position across the plane (DICOM patient axis), for example 12mm or -40mm.")
  var at: String?

  @Option(
    parsing: .unconditional,
    help: "Window with its unit, which SUV may leave out: 0..10, \"-160..240 HU\", \"0..40 Gy\".")
  var window: String?

  @Option(parsing: .unconditional, help: "Window of the CT below: \"-160..240 HU\".")
  var ctWindow: String?

  @Option(help: "Lines of equal value with their unit: \"10,20,30 Gy\".")
  var isolines: String?

  @Option(
    help: "Colours: grey, inverse (white is low) or ember; by the kind of image if not given.")
  var colours: ScanPicture.Colours?

  @Option(help: "Width of the images on paper, for example 170mm.")
  var width: String?

  @Option(help: "Pixels per inch of paper.")
  var dpi = 300.0

  @Option(help: "Height of the text on paper, for example 2.8mm.")
  var text = "2.8mm"

  @Flag(help: "16-bit grey slices in place of colours; with --kind slices.")
  var grey16 = false

  @Option(name: .shortAndLong, help: "PNG file to write, or folder for slices.")
  var output: String

  @Flag(help: "Replace files that are there.")
  var replace = false

  @Flag(help: "Print the sidecar and the files as one JSON object.")
  var json = false

  func validate() throws {
    guard kind == .slices || output.hasSuffix(".png") else {
      throw ValidationError("Give --output a name that ends in .png.")
    }
    guard !grey16 || kind == .slices else { throw ValidationError("--grey16 needs --kind slices.") }
    guard (50...1200).contains(dpi) else {
      throw ValidationError("Give --dpi a number from 50 to 1200.")
    }
    guard replace || !FileManager.default.fileExists(atPath: output) else {
      throw ValidationError("'\(output)' is there; add --replace to overwrite it.")
    }
    do {
      _ = try request()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  private func request() throws -> ScanPicture.Request {
    var request = ScanPicture.Request()
    (request.kind, request.plane, request.colours) = (kind, plane, colours)
    (request.window, request.ctWindow, request.isolines) = (window, ctWindow, isolines)
    (request.pixelsPerInch, request.isGrey16) = (dpi, grey16)
    try request.setSizes(at: at, width: width, textHeight: text)
    return request
  }

  func run() throws {
    let (source, target) = (URL(filePath: scan), URL(filePath: output))
    let (files, sidecar) =
      try kind == .sheet
      ? ScanPicture.writeSheet(of: source, to: target)
      : ScanPicture(
        scan: source, ct: ct.map { URL(filePath: $0) }, request: request()
      ).write(to: target)
    if json {
      Terminal.output(sidecar)
    } else {
      let named = files.count > 6 ? [files[0], files[files.count - 1]] : files
      Terminal.output(
        (named.map { "Wrote " + $0.path }
          + (files.count > 6 ? ["\(files.count - 1) slices in all"] : [])).joined(separator: "\n"))
    }
  }
}

extension ScanPicture.Kind: ExpressibleByArgument {}
extension ScanPicture.Plane: ExpressibleByArgument {}
extension ScanPicture.Colours: ExpressibleByArgument {}
