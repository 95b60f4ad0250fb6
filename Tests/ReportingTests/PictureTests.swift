import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Reporting

@Suite struct PictureTests {
  let samples: PictureSamples

  init() throws { samples = PictureSamples(patient: try SyntheticPatient()) }

  /// Set THERATRACK_PICTURES to a folder to look at what the tests draw.
  @Test func everyPictureIsDrawnTwiceWithTheSameBytes() throws {
    let makers: [() throws -> Picture] = [
      { try samples.fusedPicture(.axial) }, { try samples.fusedPicture(.coronal) },
      { try samples.fusedPicture(.sagittal) }, samples.beforeAfterChange,
      { try samples.lesionPanel() }, { try samples.lesionPanel(withCT: false) },
      {
        try MaximumIntensityProjection(
          Layer(samples.patient.before), window: .suv(to: 10), timePoint: PictureSamples.base
        ).picture(named: "mip", turnedBy: 45, software: PictureSamples.software)
      },
      samples.rotation, samples.responseSlice, samples.doseMap,
      { try samples.fusedPlanes() },
    ]
    for make in makers {
      let picture = try make()
      #expect(try picture.png() == make().png(), "\(picture.name)")
      if let folder = ProcessInfo.processInfo.environment["THERATRACK_PICTURES"] {
        try picture.write(to: URL(filePath: folder))
      }
    }
  }

  @Test func everyPlotIsDrawnTwiceWithTheSameBytes() throws {
    for plot in PlotSamples.all {
      let picture = plot.picture(software: PictureSamples.software)
      #expect(try picture.png() == plot.picture(software: PictureSamples.software).png())
      if let folder = ProcessInfo.processInfo.environment["THERATRACK_PICTURES"] {
        try picture.write(to: URL(filePath: folder))
      }
    }
  }

  /// Ten slices of 4 mm are lower than the colour bar beside them.
  @Test func aSingleBedIsProjectedBesideAWholeColourBar() throws {
    let grid = try VoxelGrid(
      size: [20, 20, 10], spacing: [4, 4, 4],
      axes: .init(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1]),
      origin: PatientPoint(x: 0, y: 0, z: 0))
    let projection = MaximumIntensityProjection(
      Layer(Volume<SUVbw>(grid: grid, filledWith: SUVbw(inBaseUnit: 3))), window: .suv(to: 10),
      timePoint: PictureSamples.base)
    let low = try projection.picture(
      named: "mip", turnedBy: 0, software: PictureSamples.software)
    #expect(low.canvas.height > 10 * Int(projection.style.textSize))
  }

  @Test func aSidecarSaysWhatThePictureShows() throws {
    let sidecar = try samples.fusedPicture(.axial).sidecar
    #expect(sidecar.planes == ["axial"])
    #expect(sidecar.planePositions == [40])
    #expect(sidecar.layers.map(\.unit) == ["HU", "g/mL"])
    #expect(sidecar.timePoints.map(\.id) == ["base"])
    #expect(sidecar.orientation == [OrientationLetters(.axial)])
    #expect(sidecar.pixelsPerInch == 200)
    let json = try JSONWriter.data(sidecar)
    #expect(try JSONDecoder().decode(PictureSidecar.self, from: json) == sidecar)
  }

  /// The rim of text is drawn where an image is; below it, on plain ground, there is none.
  @Test func textIsAsHighInPrintAsTheStyleSays() throws {
    for pixelsPerInch in [150.0, 300] {
      let style = PictureStyle(textMillimetres: 4, pixelsPerInch: pixelsPerInch)
      var canvas = Canvas(width: 200, height: 100)
      canvas.draw("H", atX: 20, baseline: 80, style.label())
      let rows = (0..<100).filter { y in (0..<200).contains { canvas[$0, y].green < 128 } }
      let millimetres = Double(rows.count) / pixelsPerInch * 25.4
      #expect(abs(millimetres - 4 * Typeface.capHeight) < 0.2)
    }
  }
}
