import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Reporting

@Suite struct SliceSeriesTests {
  static let label = TimePointLabel(id: "base", sinceBaseline: nil)

  private func volume(axes: VoxelGrid.Axes = .identity) throws -> Volume<Hounsfield> {
    let grid = try VoxelGrid(
      size: [6, 5, 4], spacing: [2, 2, 3], axes: axes, origin: PatientPoint(x: 10, y: 20, z: 30))
    return try Volume(
      grid: grid, samples: (0..<120).map { Float($0 * $0 % 3001) - 1024 })
  }

  /// Whole Hounsfield units come back exactly, whatever their range.
  @Test func sixteenBitsGiveEveryValueBack() throws {
    let volume = try volume()
    let series = try SliceSeries(volume, window: .softTissue, depth: .grey16)
    let scale = series.sampleScale
    for (n, data) in try series.encoded().enumerated() {
      let words = try PNGFile.decodeGrey16(data).words
      let values = words.map { Float(scale.lower + Double($0) * scale.step) }
      #expect(values == Array(volume.samples[(30 * n)..<(30 * n + 30)]))
    }
    let sidecar = series.sidecar(timePoint: Self.label, sources: [], software: "test")
    #expect(sidecar.planePositions == [30, 33, 36, 39])
    #expect(sidecar.sampleScale == .init(lower: scale.lower, step: scale.step))
    #expect(sidecar.layers.first?.unit == "HU")
  }

  /// SUV and Gy are within half a step, and the step is a 65535th of the range or up to twice that.
  @Test(arguments: [0.001, 7.3, 250])
  func fractionsComeBackWithinHalfAStep(top: Double) throws {
    let grid = try VoxelGrid(size: [16, 16, 1], spacing: [4, 4, 4])
    let samples = (0..<256).map { Float(top * pow(sin(Double($0)), 2)) - Float(top / 50) }
    let series = try SliceSeries(
      try Volume<SUVbw>(grid: grid, samples: samples), window: .suv(to: 1), depth: .grey16)
    let scale = series.sampleScale
    let words = try PNGFile.decodeGrey16(try series.encoded()[0]).words
    let range = Double((samples.max() ?? 0) - (samples.min() ?? 0))
    #expect(scale.step <= 4 * range / 65535)
    for (word, sample) in zip(words, samples) {
      #expect(abs(scale.lower + Double(word) * scale.step - Double(sample)) <= 0.51 * scale.step)
    }
  }

  @Test func aUniformVolumeHasAScaleToo() throws {
    let grid = try VoxelGrid(size: [3, 3, 1], spacing: [4, 4, 4])
    let series = try SliceSeries(
      try Volume<SUVbw>(grid: grid, samples: [Float](repeating: 2.5, count: 9)),
      window: .suv(to: 5), depth: .grey16)
    let words = try PNGFile.decodeGrey16(try series.encoded()[0]).words
    let value = series.sampleScale.lower + Double(words[0]) * series.sampleScale.step
    #expect(abs(value - 2.5) < 1e-6)
  }

  /// The palette's entry is the window's fraction, and the picture is what the window paints.
  @Test func coloursAreThoseOfTheWindow() throws {
    let volume = try volume()
    let series = try SliceSeries(volume, window: .softTissue, depth: .colours)
    let picture = try PNGFile.decode(series.encoded()[2])
    for (n, sample) in volume.samples[60..<90].enumerated() {
      let fraction = (Double(sample) + 160) / 400
      #expect(picture[n % 6, n / 6] == ColourMap.grey.colour(at: fraction))
    }
  }

  /// Stored from head to feet and from left to right, a volume gives the pictures of one stored
  /// the other way: the head last, the patient's right on the left.
  @Test func slicesLieAsTheyAreHungHoweverTheyAreStored() throws {
    let grid = try VoxelGrid(size: [6, 5, 4], spacing: [2, 2, 3])
    let plain = try Volume<Hounsfield>(grid: grid, samples: (0..<120).map { Float($0) })
    var turned = [Float](repeating: 0, count: 120)
    for n in 0..<120 {
      let (i, j, k) = (n % 6, n / 6 % 5, n / 30)
      turned[(5 - i) + 6 * (j + 5 * (3 - k))] = Float(n)
    }
    let other = try VoxelGrid(
      size: [6, 5, 4], spacing: [2, 2, 3],
      axes: .init(i: [-1, 0, 0], j: [0, 1, 0], k: [0, 0, -1]),
      origin: PatientPoint(x: 10, y: 0, z: 9))
    for plane in PatientPlane.allCases {
      let window = DisplayWindow<Hounsfield>(
        from: .zero, to: .hounsfieldUnits(255), colourMap: .grey)
      let first = try SliceSeries(plain, plane: plane, window: window, depth: .colours)
      let second = try SliceSeries(
        try Volume<Hounsfield>(grid: other, samples: turned), plane: plane, window: window,
        depth: .colours)
      #expect(first.positions == second.positions)
      #expect(try first.encoded() == second.encoded())
    }
  }

  @Test func filesAreNumberedAndDescribed() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let series = try SliceSeries(try volume(), window: .softTissue, depth: .colours)
    let source = PictureSource(timePoint: nil, role: "CT", digest: "abc")
    let files = try series.write(
      series.encoded(), to: folder, timePoint: Self.label, sources: [source], software: "test")
    #expect(
      files.map(\.lastPathComponent) == [
        "slice-001.png", "slice-002.png", "slice-003.png", "slice-004.png", "slices.json",
      ])
    let sidecar = try JSONDecoder().decode(
      PictureSidecar.self, from: Data(contentsOf: folder.appending(path: "slices.json")))
    #expect(sidecar.sources == [source])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 5)
  }
}
