import Foundation
public import Quantities

/// Self-dose of a sphere that holds its activity evenly, within the same material.
public struct SphereDose: Sendable, Hashable, Codable {
  public let mass: Mass
  /// MeV absorbed per decay, by kind.
  public let electronMeV: Double
  public let photonMeV: Double
  public let alphaMeV: Double
  /// One standard deviation of their sum from the number of decays simulated, in MeV.
  public let statisticalMeV: Double

  public var absorbedMeV: Double { electronMeV + photonMeV + alphaMeV }
  /// S value in Gy/(Bq·s).
  public var grayPerDecay: Double { absorbedMeV * joulesPerMeV / (mass.grams / 1000) }
  public var statisticalGrayPerDecay: Double {
    statisticalMeV * joulesPerMeV / (mass.grams / 1000)
  }
}

extension PointKernel {
  /// - Throws: ``TransportError/sizeNotPositive(_:)`` when the mass or density is not positive.
  public func sphereDose(mass: Mass, gramsPerMillilitre density: Double = 1)
    throws(TransportError) -> SphereDose
  {
    guard mass.grams > 0, mass.grams.isFinite else { throw .sizeNotPositive("the sphere's mass") }
    guard density > 0, density.isFinite else { throw .sizeNotPositive("the sphere's density") }
    // Radius in g/cm²: distances scale with density.
    let radius = density * cbrt(3 * mass.grams / (4 * .pi * density))
    let weights = (0..<shells.count).map {
      Self.meanOverlap(from: shells.edge($0), to: shells.edge($0 + 1), radius: radius)
    }
    let electrons = electronBatches.map { Self.weighted($0, weights) }
    let photons = photonBatches.map { Self.weighted($0, weights) }
    let both = zip(electrons, photons).map { $0 + $1 }
    let count = Double(both.count)
    let mean = both.reduce(0, +) / count
    let variance = both.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count * (count - 1))
    return SphereDose(
      mass: mass, electronMeV: electrons.reduce(0, +) / count + localElectronMeV,
      photonMeV: photons.reduce(0, +) / count + localPhotonMeV, alphaMeV: alphaMeV,
      statisticalMeV: variance.squareRoot())
  }

  private static func weighted(_ batch: [Float], _ weights: [Double]) -> Double {
    zip(batch, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
  }

  /// Chance that a point at distance r in a random direction from a random point of a sphere lies
  /// in the sphere, 1 − 3r/4R + r³/16R³, averaged over a shell by Simpson's rule.
  private static func meanOverlap(from inner: Double, to outer: Double, radius: Double) -> Double {
    func overlap(_ r: Double) -> Double {
      let x = r / radius
      return x < 2 ? 1 - 0.75 * x + x * x * x / 16 : 0
    }
    return (overlap(inner) + 4 * overlap((inner + outer) / 2) + overlap(outer)) / 6
  }
}
