import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Reporting

@Suite struct ChangeTests {
  /// Three voxels deep: a halving, noise, and a tripling behind it.
  private func layer() throws -> (ChangeLayer, VoxelGrid) {
    let grid = try VoxelGrid(size: [3, 3, 1], spacing: [10, 10, 10])
    let ratios: [Double] = [0.5, 1.1, 3, 1, 1.1, 1, 1, 1, 1]
    let change = try Volume<LogRatio>(grid: grid, samples: ratios.map { Float(log($0)) })
    let assessed = Mask(grid: grid) { $0 < 6 }
    let beyond = Mask(grid: grid) { [0, 2].contains($0) }
    let layer = try ChangeLayer(
      change: change, assessed: assessed, beyondNoise: beyond,
      noiseLimits: .percent(-28)...LogRatio.percent(39), noiseSource: "95 % repeatability")
    return (layer, grid)
  }

  @Test func eachVoxelHasItsOwnColour() throws {
    let (layer, grid) = try layer()
    let scale = ChangeScale()
    let colours = layer.pixels(on: grid).map { $0.colour(scale) }
    #expect(colours[0] == scale.colour(Float(log(0.5))))
    #expect(colours[1] == Ink.withinNoise)
    #expect(colours[2] == scale.colour(Float(log(3.0))))
    #expect(colours[6] == nil)
  }

  /// Seen from the front, row 0 lies before rows 1 and 2; along one column a change is stronger
  /// than noise, and noise stronger than nothing.
  @Test func theStrongestFindingAlongARayIsShown() throws {
    let (layer, grid) = try layer()
    let view = try ProjectionGrid(covering: grid, millimetresPerPixel: 10, depthStep: 5)
    let scale = ChangeScale()
    let colours = layer.pixels(on: view.stack).map { $0.colour(scale) }
    #expect(
      colours == [
        scale.colour(Float(log(0.5))), Ink.withinNoise, scale.colour(Float(log(3.0))),
      ])
  }

  @Test func halvingAndDoublingAreEquallyFarFromNoChange() {
    let scale = ChangeScale(factor: 4)
    #expect(abs(scale.fraction(0) - 0.5) < 1e-12)
    #expect(abs(scale.fraction(log(2)) - 0.75) < 1e-12)
    #expect(abs(scale.fraction(-log(2)) - 0.25) < 1e-12)
    #expect(
      scale.ticks.map { NumberText.percentTick($0.percent) } == ["−75", "−50", "0", "+100", "+300"])
  }

  @Test func logRatiosAndPercentAgree() {
    #expect(abs(LogRatio.percent(100).inBaseUnit - log(2)) < 1e-12)
    #expect(abs(LogRatio.after(3, before: 4).percent + 25) < 1e-12)
  }

  @Test func layersOnDifferentGridsAreRefused() throws {
    let (layer, _) = try layer()
    let other = try VoxelGrid(size: [3, 3, 1], spacing: [9, 10, 10])
    #expect(throws: VolumeError.gridsDiffer) {
      try ChangeLayer(
        change: layer.change, assessed: Mask(grid: other), beyondNoise: layer.beyondNoise,
        noiseLimits: nil, noiseSource: "")
    }
  }

  @Test func timePointsAreToldInDaysAndWeeks() {
    func text(_ days: Double?) -> String {
      TimePointLabel(id: "t", sinceBaseline: days.map { .seconds($0 * 86_400) }).text
    }
    #expect(text(nil) == "t")
    #expect(text(0) == "t · day 0")
    #expect(text(6.9) == "t · day 7")
    #expect(text(84) == "t · week 12")
    #expect(text(87) == "t · week 12.4")
  }
}
