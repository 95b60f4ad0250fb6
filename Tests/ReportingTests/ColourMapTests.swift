import Foundation
import Quantities
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

/// Pictures as readers with red-green blindness see them.
@Suite struct ColourBlindnessTests {
  enum Kind: String, CaseIterable {
    case protanopia, deuteranopia

    /// Machado, Oliveira and Fernandes 2009, IEEE TVCG 15:1291, severity 1.0; on linear sRGB.
    var matrix: [SIMD3<Double>] {
      switch self {
      case .protanopia:
        [
          [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
          [-0.003882, -0.048116, 1.051998],
        ]
      case .deuteranopia:
        [
          [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
          [-0.011820, 0.042940, 0.968881],
        ]
      }
    }

    func seen(_ colour: RGB) -> RGB {
      func linear(_ byte: UInt8) -> Double {
        let v = Double(byte) / 255
        return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
      }
      let rgb = SIMD3(linear(colour.red), linear(colour.green), linear(colour.blue))
      let bytes = matrix.map { row -> UInt8 in
        let v = min(max((row * rgb).sum(), 0), 1)
        return UInt8(
          ((v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055) * 255).rounded())
      }
      return RGB(red: bytes[0], green: bytes[1], blue: bytes[2])
    }
  }

  private func distance(_ a: RGB, _ b: RGB) -> Double {
    let d = LCh.lab(a) - LCh.lab(b)
    return (d * d).sum().squareRoot()
  }

  /// The order of values stays the order of lightness, so a map reads the same.
  @Test(arguments: Kind.allCases, [ColourMap.grey, .inverseGrey, .ember])
  func lightnessStillRises(kind: Kind, map: ColourMap) {
    let lightness = map.colours.map { LCh.lab(kind.seen($0)).x }
    let sign = lightness[255] > lightness[0] ? 1.0 : -1
    for n in stride(from: 0, to: 248, by: 8) {
      #expect((lightness[n + 8] - lightness[n]) * sign > 0.5, "entry \(n)")
    }
  }

  /// Less and more are told apart at every strength: ΔE*ab well above the 2.3 that is just seen.
  @Test(arguments: Kind.allCases)
  func lessAndMoreAreToldApart(kind: Kind) {
    for n in stride(from: 0, through: 104, by: 8) {
      let less = kind.seen(ColourMap.change.colours[n])
      let more = kind.seen(ColourMap.change.colours[255 - n])
      #expect(distance(less, more) > 20, "entry \(n)")
    }
  }

  /// The grey of noise is none of the colours of change beyond it, from ±30 % on.
  @Test(arguments: Kind.allCases)
  func noiseIsToldFromChange(kind: Kind) {
    let scale = ChangeScale()
    let noise = kind.seen(Ink.withinNoise)
    for percent in [-75.0, -60, -50, -40, -30, 40, 60, 100, 200, 300] {
      let colour = kind.seen(scale.colour(Float(LogRatio.percent(percent).inBaseUnit)))
      #expect(distance(noise, colour) > 10, "\(percent) %")
    }
  }

  @Test(arguments: Kind.allCases)
  func linesOfAPlotAreToldApart(kind: Kind) {
    let colours = SeriesColour.all.map { kind.seen($0) }
    for (n, a) in colours.enumerated() {
      for b in colours[(n + 1)...] { #expect(distance(a, b) > 20) }
    }
  }
}
