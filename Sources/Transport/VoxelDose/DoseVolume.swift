import Foundation
import Geometry
public import Quantities
public import Volumes

/// How dose is spread over a region: its mean, its dose-volume histogram, and the doses that
/// summarise it. Voxels count by the fraction of them that lies in the region.
public struct DoseVolume: Sendable {
  public let volume: TissueVolume
  /// Energy over mass.
  public let meanGray: Double
  /// Smallest and largest dose of voxels that are at least half inside.
  public let minimumGray: Double
  public let maximumGray: Double
  /// Least dose to the hottest 98, 95, 50 and 2 % of the volume.
  public let d98Gray: Double
  public let d95Gray: Double
  public let d50Gray: Double
  public let d2Gray: Double
  /// Cumulative histogram: share of the volume that gets at least `dose`.
  public let histogram: [Point]

  public struct Point: Sendable, Hashable {
    public let gray: Double
    public let volumeFraction: Double
  }

  /// Doses in ascending order, each with its share of the volume.
  private let sorted: [(gray: Double, share: Double)]

  /// - Parameters:
  ///   - gray: Dose per voxel in the base unit of its quantity.
  ///   - coverage: Fraction of each voxel that lies in the region, on the same grid.
  ///   - density: Weighs the mean; `nil` for one by volume.
  /// - Returns: `nil` for a region without volume.
  public init?<Dose: Quantity>(
    _ dose: Volume<Dose>, in coverage: Volume<Coverage>, density: Volume<MassDensity>? = nil
  ) {
    var parts: [(gray: Double, share: Double)] = []
    var (total, mass, energy) = (0.0, 0.0, 0.0)
    for (n, share) in coverage.samples.enumerated() where share > 0 {
      let gray = Double(dose.samples[n])
      let weight = Double(share) * (density.map { Double($0.samples[n]) } ?? 1)
      parts.append((gray, Double(share)))
      total += Double(share)
      mass += weight
      energy += weight * gray
    }
    guard total > 0, mass > 0 else { return nil }
    let inside = parts.filter { $0.share >= 0.5 }.map(\.gray)
    parts.sort { $0.gray < $1.gray }
    sorted = parts.map { ($0.gray, $0.share / total) }
    volume = .millilitres(total * dose.grid.voxelMillilitres)
    meanGray = energy / mass
    minimumGray = inside.min() ?? sorted[0].gray
    maximumGray = inside.max() ?? sorted[sorted.count - 1].gray
    let quantiles = Self.doses(sorted, toHottest: [0.98, 0.95, 0.5, 0.02])
    (d98Gray, d95Gray, d50Gray, d2Gray) = (quantiles[0], quantiles[1], quantiles[2], quantiles[3])
    histogram = Self.histogram(sorted)
  }

  /// Dose that the hottest share of the volume gets at least, for falling shares.
  private static func doses(
    _ sorted: [(gray: Double, share: Double)], toHottest shares: [Double]
  ) -> [Double] {
    shares.map { share in
      var below = 0.0
      for part in sorted {
        below += part.share
        if below > 1 - share + 1e-12 { return part.gray }
      }
      return sorted[sorted.count - 1].gray
    }
  }

  private static let points = 100

  private static func histogram(_ sorted: [(gray: Double, share: Double)]) -> [Point] {
    let top = sorted[sorted.count - 1].gray
    guard top > 0 else { return [Point(gray: 0, volumeFraction: 1)] }
    var points: [Point] = []
    var (place, left) = (0, 1.0)
    for n in 0...Self.points {
      let gray = top * Double(n) / Double(Self.points)
      while place < sorted.count, sorted[place].gray < gray {
        left -= sorted[place].share
        place += 1
      }
      points.append(Point(gray: gray, volumeFraction: max(left, 0)))
    }
    return points
  }

  /// Even dose with the same surviving fraction, −(1/α) ln Σ vᵢ e^(−α Dᵢ) (Niemierko 1997; O'Donoghue
  /// 1999 for radionuclide therapy).
  ///
  /// - Parameter alpha: In 1/Gy.
  public func equivalentUniformGray(alpha: Double) -> Double {
    // Relative to the least dose, so that nothing underflows.
    let least = sorted[0].gray
    let survival = sorted.reduce(0) { $0 + $1.share * exp(-alpha * ($1.gray - least)) }
    return least - log(survival) / alpha
  }
}
