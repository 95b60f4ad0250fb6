import Quantities

/// Cumulative dose-volume histograms: the share of each region that receives at least a dose.
public struct DoseVolumePlot: Sendable, Hashable {
  public struct Curve: Sendable, Hashable {
    public let name: String
    /// Rising doses in gray, and the share of the volume, 0 to 1, that receives at least each.
    public let points: [Point]

    public init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }

    /// The histogram of voxels of one region.
    ///
    /// - Parameters:
    ///   - grays: Dose of each voxel, all of one volume; what is not finite is refused.
    ///   - count: Points along the curve.
    public init(name: String, voxels grays: [Float], points count: Int = 200) {
      precondition(grays.allSatisfy(\.isFinite), "a dose is a finite number")
      let sorted = grays.sorted()
      let top = Double(sorted.last ?? 0)
      var below = 0
      points = (0...count).map { n in
        let gray = top * Double(n) / Double(count)
        while below < sorted.count, Double(sorted[below]) < gray { below += 1 }
        let share = sorted.isEmpty ? 0 : Double(sorted.count - below) / Double(sorted.count)
        return Point(gray: gray, share: share)
      }
      self.name = name
    }
  }

  public struct Point: Sendable, Hashable {
    public let gray: Double
    public let share: Double

    public init(gray: Double, share: Double) { (self.gray, self.share) = (gray, share) }
  }

  public let curves: [Curve]
  /// `cycle 1`
  public let subject: String

  public init(curves: [Curve], subject: String) { (self.curves, self.subject) = (curves, subject) }

  public func plot(named name: String) -> Plot {
    let top = curves.compactMap { $0.points.last { $0.share > 0.001 }?.gray }.max() ?? 1
    let area = PlotArea(
      left: 64, top: 34, width: 500, height: 280,
      xRange: 0...max(top * 1.03, .leastNormalMagnitude), yRange: 0...100)
    let ticks = Ticks.linear(from: 0, to: area.xRange.upperBound, about: 8)
    let marks =
      area.axes(xTicks: ticks, yTicks: [0, 20, 40, 60, 80, 100])
      + curves.enumerated().flatMap { draw($1, $0, area) }
      + [
        .text("Dose-volume histogram, \(subject)", at: (area.left, 18), .name),
        area.yTitle("share of the volume (%)"), area.xTitle("absorbed dose (Gy)"),
      ]
    return Plot(
      name: name,
      caption: "Cumulative dose-volume histogram, \(subject): the share of each region's volume "
        + "that receives at least a dose.",
      kind: .doseVolumeHistogram,
      axes: [.init("absorbed dose", unit: "Gy"), .init("share of the volume", unit: "%")],
      drawing: Drawing(
        width: 760, height: max(area.bottom, area.top + 18 * Double(curves.count)) + 46,
        title: "Dose-volume histogram, \(subject)", marks: marks))
  }

  private func draw(_ curve: Curve, _ n: Int, _ area: PlotArea) -> [Mark] {
    // Colours repeat after six curves; then lines are dashed.
    let isDashed = (n / SeriesColour.all.count) % 2 == 1
    let places = curve.points.filter { $0.gray <= area.xRange.upperBound }
      .map { ($0.gray, $0.share * 100) }
    let y = area.top + 8 + 18 * Double(n)
    let x = area.right + 18
    let style = LineStyle(colour: SeriesColour.at(n), width: 2.2, isDashed: isDashed)
    let median = curve.points.last { $0.share >= 0.5 }?.gray
    let text = curve.name + (median.map { ", D50 \(NumberText.significant($0)) Gy" } ?? "")
    return [
      area.polyline(places, colour: SeriesColour.at(n), width: 2.2, isDashed: isDashed),
      .line(from: (x, y - 4), to: (x + 22, y - 4), style),
      .text(TextStyle.note.fitted(text, within: 150), at: (x + 28, y), .note),
    ]
  }
}
