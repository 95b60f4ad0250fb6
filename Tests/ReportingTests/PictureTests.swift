import Foundation
import Geometry
import Glibc
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

  @Test func aSidecarSaysWhatThePictureShows() throws {
    let sidecar = try samples.fusedPicture(.axial).sidecar
    #expect(sidecar.planes == ["axial"])
    #expect(sidecar.planePositions == [40])
    #expect(sidecar.layers.map(\.unit) == ["HU", "g/mL"])
    #expect(sidecar.timePoints.map(\.id) == ["base"])
    let json = try JSONWriter.data(sidecar)
    #expect(try JSONDecoder().decode(PictureSidecar.self, from: json) == sidecar)
  }

  /// Set THERATRACK_BENCH to time 200 fused pictures of 512 × 512 pixels.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["THERATRACK_BENCH"] != nil))
  func twoHundredFusedSlices() throws {
    let large = try SyntheticPatient(ctColumns: 512, petColumns: 200)
    let fused = PictureSamples(patient: large).fused
    let positions = (0..<200).map { PatientPoint(x: 0, y: 0, z: -260 + Double($0) * 2.6) }
    var pictures: [Data] = []
    let clock = ContinuousClock()
    let began = Glibc.clock()
    let time = try clock.measure {
      pictures = try fused.series(
        covering: large.ct.grid, plane: .axial, through: positions,
        millimetresPerPixel: 420.0 / 512, software: "bench")
    }
    let megabytes = Double(pictures.reduce(0) { $0 + $1.count }) / 1e6
    let processor = Double(Glibc.clock() - began) / Double(CLOCKS_PER_SEC)
    print("200 fused 512 x 512: \(time), processor \(processor) s, \(megabytes) MB")
    for make in [
      { _ = try samples.beforeAfterChange() }, { _ = try samples.lesionPanel() },
      { _ = try samples.fusedPicture(.axial) },
    ] as [() throws -> Void] {
      let began = Glibc.clock()
      let time = try clock.measure { try make() }
      print("\(time), processor \(Double(Glibc.clock() - began) / Double(CLOCKS_PER_SEC)) s")
    }
    #expect(pictures.count == 200)
  }
}
