import Foundation
import Quantities
import Testing

@testable import Reporting

@Suite struct PlotTests {
  /// The mean of a dose-volume histogram is the mean dose: the area under its curve.
  @Test func theAreaUnderADoseVolumeCurveIsTheMeanDose() throws {
    let voxels: [Float] = (0..<999).map { 3 + 2 * Float(sin(Double($0) * 0.7)) }
    let curve = DoseVolumePlot.Curve(name: "r", voxels: voxels, points: 2000)
    let step = curve.points[1].gray - curve.points[0].gray
    let area = curve.points.dropFirst().reduce(0) { $0 + $1.share * step }
    let mean = Double(voxels.reduce(0, +)) / 999
    #expect(abs(area - mean) < 2 * step)
    #expect(curve.points.first?.share == 1)
    #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.share >= $1.share })
  }

  /// Half of the voxels at 1 Gy and half at 3 Gy: known at each dose.
  @Test func aDoseVolumeCurveCountsVoxelsThatReachADose() {
    let curve = DoseVolumePlot.Curve(name: "r", voxels: [1, 1, 3, 3], points: 6)
    #expect(curve.points.map(\.gray) == [0, 0.5, 1, 1.5, 2, 2.5, 3])
    #expect(curve.points.map(\.share) == [1, 1, 1, 0.5, 0.5, 0.5, 0.5])
  }

  @Test func barsAreSortedFromTheLargestRiseToTheLargestFall() {
    let plot = WaterfallPlot(
      quantity: "SUVpeak", interval: "a to b",
      bars: [-20, 90, -100, 5].map { .init(name: "\($0)", percent: $0, isBeyondNoise: nil) },
      noise: nil)
    #expect(plot.bars.map(\.percent) == [90, 5, -20, -100])
  }

  /// A bar that is cut says its number; its place is the end of the axis, not its value.
  @Test func aBarBeyondTheAxisSaysItsNumber() {
    let axis = ChangeAxis([-10, 640], noise: nil)
    #expect(axis.range == -25...200)
    #expect(axis.isCut(640) && !axis.isCut(150))
    #expect(PlotSamples.waterfall.svg.contains(">+640<"))
  }

  @Test func lesionsWithoutANumberAreListedNotDropped() {
    for plot in [PlotSamples.waterfall, PlotSamples.doseResponse] {
      #expect(plot.svg.contains("L7"))
    }
  }

  @Test(arguments: PageTests.hostile)
  func hostileNamesStayTextInAPlotOfItsOwn(text: String) throws {
    let plots = [
      WaterfallPlot(
        quantity: text, interval: text,
        bars: [.init(name: text, percent: 3, isBeyondNoise: nil, note: text)], noise: nil,
        others: [text]
      ).plot(named: "w"),
      SwimmerPlot(
        lanes: [.init(name: text, scans: [.init(days: 1, state: .new)])],
        cycles: [.init(name: text, days: 0)]
      ).plot(named: "s"),
      DoseVolumePlot(curves: [.init(name: text, voxels: [1, 2])], subject: text).plot(named: "d"),
    ]
    for plot in plots {
      for mark in ["<script", "<img", "onload=\"", "\u{202E}", "\u{1B}"] {
        #expect(!plot.svg.contains(mark), "\(mark)")
      }
      let parser = XMLCheck(plot.svg)
      #expect(parser.isWellFormed)
      #expect(plot.picture(software: "test").canvas.width > 0)
    }
  }

  @Test func aPlotSaysItsAxesAndHasBothForms() throws {
    let picture = PlotSamples.doseResponse.picture(software: "test")
    #expect(picture.sidecar.kind == .doseResponse)
    #expect(picture.sidecar.axes.map(\.unit) == ["Gy", "%"])
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try picture.write(to: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["dose-response.json", "dose-response.png", "dose-response.svg"])
  }

  /// SVG and PNG come from the same marks: a dot is dark in the pixels where SVG puts it.
  @Test func pixelsAndSVGAgreeOnPlaces() {
    let drawing = Drawing(
      width: 40, height: 30, title: "t",
      marks: [.dot(at: (10, 20), colour: .black), .line(from: (30, 0), to: (30, 30), .whisker)])
    let canvas = drawing.canvas(pixelsPerInch: 192)
    #expect((canvas.width, canvas.height) == (80, 60))
    #expect(canvas[20, 40] == .black && canvas[20, 20] == .white)
    #expect(canvas[60, 30].green < 128)
  }

  @Test func aDashedLineHasGaps() {
    let style = LineStyle(colour: .black, width: 2, isDashed: true)
    let drawing = Drawing(
      width: 70, height: 4, title: "t", marks: [.line([[0, 2], [70, 2]], style)])
    let canvas = drawing.canvas(pixelsPerInch: 96)
    let row = (0..<70).map { canvas[$0, 2].green < 128 }
    // Four on, three off.
    #expect(row[1] && row[2] && !row[5] && row[8] && !row[12])
  }
}

/// Whether a text is well-formed XML, told by matching tags: no parser is part of the platform.
private struct XMLCheck {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var rest = text[...]
    var isFine = true
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else {
        isFine = false
        break
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      let name = tag.drop { $0 == "/" }.prefix { !" /".contains($0) }
      if tag.hasPrefix("/") {
        isFine = isFine && open.popLast() == name
      } else if !tag.hasSuffix("/") {
        open.append(name)
      }
    }
    isWellFormed = isFine && open.isEmpty
  }
}
