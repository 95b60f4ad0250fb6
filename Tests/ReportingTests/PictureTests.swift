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
    ]
    for make in makers {
      let picture = try make()
      #expect(try picture.png() == make().png(), "\(picture.name)")
      if let folder = ProcessInfo.processInfo.environment["THERATRACK_PICTURES"] {
        try picture.write(to: URL(filePath: folder))
      }
    }
  }
}
