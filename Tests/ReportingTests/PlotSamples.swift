import Foundation
import Quantities

@testable import Reporting

/// Plots with every kind of mark, as a run would fill them.
enum PlotSamples {
  static let noise = LogRatio.percent(-28)...LogRatio.percent(39)

  static var all: [Plot] {
    [
      waterfall, manyBars, spider, swimmer, doseResponse, doseVolume, SampleReport.timeActivity,
      SampleReport.doses, SampleReport.planner,
    ]
  }

  static let waterfall = WaterfallPlot(
    quantity: "SUVpeak", interval: "base to fu1",
    bars: [
      .init(name: "L1", percent: -65, isBeyondNoise: true),
      .init(name: "L2", percent: 81, isBeyondNoise: true),
      .init(name: "L3", percent: -6, isBeyondNoise: false),
      .init(name: "L4", percent: -100, isBeyondNoise: true, note: "vanished"),
      .init(name: "L5", percent: 640, isBeyondNoise: true),
      .init(name: "L6", percent: 22, isBeyondNoise: false),
    ], noise: noise, others: ["L7: new", "L8: out of field"]
  ).plot(named: "waterfall")

  static let manyBars = WaterfallPlot(
    quantity: "SUVpeak", interval: "base to fu1",
    bars: (1...60).map {
      let percent = 90 * cos(Double($0 * 37 % 60) / 60 * .pi) - 10
      return .init(name: "L\($0)", percent: percent, isBeyondNoise: abs(percent) > 35)
    }, noise: noise
  ).plot(named: "waterfall-60")

  static let spider = SpiderPlot(
    quantity: "SUVpeak",
    lines: (1...7).map { n in
      SpiderPlot.Line(
        name: "L\(n)",
        points: [42.0, 84, 170].enumerated().map { m, day in
          let percent = [-30.0, 15, -60, 40, -10, -85, 300][n - 1] * Double(m + 1) / 3
          return .init(days: day, percent: percent, isBeyondNoise: abs(percent) > 35)
        })
    }, noise: noise, cycles: [7, 63]
  ).plot(named: "spider")

  static let swimmer: Plot = {
    let states: [[SwimmerPlot.State]] = [
      [.present, .present, .present], [.present, .present, .vanished],
      [.present, .joined, .joined], [.present, .notAssessable, .present],
      [.present, .vanished, .new],
    ]
    return SwimmerPlot(
      lanes: states.enumerated().map { n, states in
        .init(
          name: "L\(n + 1) liver",
          scans: zip([0.0, 84, 170], states).map { .init(days: $0, state: $1) })
      }, cycles: [.init(name: "cycle 1", days: 7), .init(name: "cycle 2", days: 63)]
    ).plot(named: "swimmer")
  }()

  static let doseResponse = DoseResponsePlot(
    quantity: "SUVpeak", interval: "base to fu1",
    points: [
      .init(
        name: "L1", gray: 41, grayUncertainty: 6.8, percent: -65, percentInterval: -75 ... -52),
      .init(name: "L2", gray: 12, grayUncertainty: 2.6, percent: 81, percentInterval: 30...150),
      .init(name: "L3", gray: 23, grayUncertainty: 3.9, percent: -6, percentInterval: -32...31),
      .init(name: "L4", gray: 55, grayUncertainty: nil, percent: -100, percentInterval: nil),
      .init(name: "L5", gray: 5, grayUncertainty: 2, percent: 640, percentInterval: nil),
    ], noise: noise, others: ["L7: no dose, outside the SPECT"]
  ).plot(named: "dose-response")

  static let doseVolume = DoseVolumePlot(
    curves: ["kidneys", "liver", "spleen", "lesion L1"].enumerated().map { n, name in
      .init(
        name: name,
        voxels: (0..<2000).map { Float(4 * Double(n + 1)) * (1 + Float(sin(Double($0)) * 0.4)) })
    }, subject: "cycle 1"
  ).plot(named: "dose-volume")
}
