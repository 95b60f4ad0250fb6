import Foundation
import Geometry
public import Quantities
public import Volumes

/// The mass density of a region as its CT shows it.
public struct CTDensity: Sendable, Hashable, Codable {
  public let gramsPerMillilitre: Double
  /// Of the mean over the inner voxels, and of the CT's scale.
  public let standardUncertainty: Double
  /// Voxels that it was taken from.
  public let voxels: Int

  /// A layer of one voxel is left out: CT mixes what lies on both sides of an edge there, and so
  /// small lesions in lung would read too light, lungs too heavy and bones too light. Fewer voxels
  /// than this inside say nothing.
  private static let leastVoxels = 8
  /// Noise of neighbouring voxels is alike: so many count as one measurement.
  private static let voxelsOfOneGrain = 8.0
  /// CT numbers of an accredited scanner may be off by about ±15 HU (American College of Radiology,
  /// CT accreditation: water ±7, acrylic 110 to 135, air −1005 to −970 HU), taken as a rectangle; one
  /// HU is about 0.001 g/mL in Schneider's lines.
  private static let scale = 0.015 / 3.0.squareRoot()

  /// Mean of the voxels' densities over the inner part of a region: mass is their sum, so bright and
  /// dark parts count for what they weigh.
  ///
  /// - Parameters:
  ///   - region: On the grid of the CT.
  ///   - ct: Of the examination that shows the region.
  /// - Returns: `nil` when the region is too small to have an inner part, or lies on another grid.
  public init?(_ region: Outline, on ct: Volume<Hounsfield>) {
    guard region.grid == ct.grid else { return nil }
    let inner = region.innerOffsets
    guard inner.count >= Self.leastVoxels else { return nil }
    var (sum, squares) = (0.0, 0.0)
    for voxel in inner {
      let density = TissueDensity.gramsPerMillilitre(
        .hounsfieldUnits(Double(ct.samples[voxel])))
      sum += density
      squares += density * density
    }
    let count = Double(inner.count)
    let mean = sum / count
    let variance = max(squares / count - mean * mean, 0)
    self.init(
      gramsPerMillilitre: mean,
      standardUncertainty: hypot(
        (variance * Self.voxelsOfOneGrain / count).squareRoot(), Self.scale),
      voxels: inner.count)
  }

  init(gramsPerMillilitre: Double, standardUncertainty: Double, voxels: Int) {
    self.gramsPerMillilitre = gramsPerMillilitre
    self.standardUncertainty = standardUncertainty
    self.voxels = voxels
  }

  /// The mean over the scans of a cycle. Their CTs are off alike: the least certain one's
  /// uncertainty stays. `nil` without any.
  public static func mean(of scans: [CTDensity]) -> CTDensity? {
    guard let worst = scans.map(\.standardUncertainty).max() else { return nil }
    return CTDensity(
      gramsPerMillilitre: scans.reduce(0) { $0 + $1.gramsPerMillilitre } / Double(scans.count),
      standardUncertainty: worst, voxels: scans.reduce(0) { $0 + $1.voxels })
  }
}

extension Outline {
  /// Voxels whose six neighbours are inside as well.
  fileprivate var innerOffsets: [Int] {
    guard let bounds, case let size = bounds.last &- bounds.first, size.min() > 1 else { return [] }
    let inside = mask.inside
    let (row, slice) = (grid.size.x, grid.size.x * grid.size.y)
    var offsets: [Int] = []
    for k in (bounds.first.z + 1)..<bounds.last.z {
      for j in (bounds.first.y + 1)..<bounds.last.y {
        let start = k * slice + j * row
        for n in (start + bounds.first.x + 1)..<(start + bounds.last.x) where inside[n] == 1 {
          if inside[n - 1] & inside[n + 1] & inside[n - row] & inside[n + row]
            & inside[n - slice] & inside[n + slice] == 1
          {
            offsets.append(n)
          }
        }
      }
    }
    return offsets
  }
}
