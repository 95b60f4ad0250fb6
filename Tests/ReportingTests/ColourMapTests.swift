import Foundation
import Testing

@testable import Reporting

@Suite struct ColourMapTests {
  private func lab(_ map: ColourMap) -> [SIMD3<Double>] { map.colours.map { LCh.lab($0) } }

  /// CIELAB of the sRGB primaries under D65, as published (Lindbloom): red 53.24, 80.09, 67.20;
  /// blue 32.30, 79.19, −107.86; white 100, 0, 0.
  @Test func labOfThePrimariesIsAsPublished() {
    let known: [(RGB, SIMD3<Double>)] = [
      (RGB(red: 255, green: 0, blue: 0), [53.24, 80.09, 67.20]),
      (RGB(red: 0, green: 0, blue: 255), [32.30, 79.19, -107.86]), (.white, [100, 0, 0]),
    ]
    for (colour, expected) in known {
      let difference = LCh.lab(colour) - expected
      #expect(abs(difference.x) < 0.02 && abs(difference.y) < 0.03 && abs(difference.z) < 0.03)
    }
  }

  @Test(arguments: [ColourMap.grey, .inverseGrey, .ember])
  func lightnessChangesEvenly(map: ColourMap) {
    let lightness = lab(map).map(\.x)
    let rises = lightness[255] > lightness[0]
    let step = abs(lightness[255] - lightness[0]) / 255
    for (a, b) in zip(lightness, lightness.dropFirst()) {
      #expect(
        (b - a) * (rises ? 1 : -1) > -0.35, "lightness never turns back by more than rounding")
    }
    // Over 16 entries rounding to 8 bits no longer matters.
    for n in stride(from: 0, to: 240, by: 16) {
      let slope = abs(lightness[n + 16] - lightness[n]) / 16
      #expect(abs(slope / step - 1) < 0.12, "entry \(n)")
    }
  }

  /// Colour difference ΔE*ab of neighbouring sixteenths: no step may be a false edge.
  @Test(arguments: [ColourMap.ember, .change])
  func noStepIsAFalseEdge(map: ColourMap) {
    let points = stride(from: 0, through: 240, by: 8).map { LCh.lab(map.colours[$0]) }
    let steps = zip(points, points.dropFirst()).map { a, b in
      ((b - a) * (b - a)).sum().squareRoot()
    }
    let mean = steps.reduce(0, +) / Double(steps.count)
    #expect((steps.max() ?? 0) < 1.9 * mean)
    #expect((steps.min() ?? 0) > 0.4 * mean)
  }

  @Test func noChangeIsNeutralAndBothSidesAreEquallyDark() {
    let colours = lab(.change)
    for centre in [colours[127], colours[128]] {
      #expect(abs(centre.y) < 2 && abs(centre.z) < 2)
    }
    for n in 0..<128 {
      #expect(abs(colours[n].x - colours[255 - n].x) < 0.8, "entry \(n)")
    }
    // Blue is less, orange-red is more: told apart by b* for red-green blind readers.
    #expect(colours[20].z < -20 && colours[235].z > 20)
  }

  @Test func valuesBeyondTheWindowTakeTheEndColours() {
    #expect(ColourMap.grey.colour(at: -3) == .black)
    #expect(ColourMap.grey.colour(at: 9) == .white)
    #expect(ColourMap.inverseGrey.colour(at: 0) == .white)
  }
}
