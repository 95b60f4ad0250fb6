import Foundation
public import Quantities
public import Volumes

/// Statistics of the voxel values of a lesion (IBSI intensity-based statistics).
public struct IntensityStatistics: Sendable, Hashable, Codable {
  /// All values, lowest first.
  public let sorted: [Double]
  public let mean: Double
  /// Σ (x − mean)² / n.
  public let variance: Double

  /// - Returns: `nil` for an empty outline.
  public init?(of outline: Outline, in image: Volume<SUVbw>) {
    guard !outline.isEmpty else { return nil }
    let samples = image.samples
    self.init(outline.offsets.map { Double(samples[$0]) })
  }

  init(_ values: [Double]) {
    sorted = values.sorted()
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    self.mean = mean
    variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
  }

  /// The lowest value that at least this part of the voxels do not exceed.
  public func percentile(_ percent: Double) -> Double {
    let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  public var median: Double {
    let n = sorted.count
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
  }

  /// Standard deviation over mean.
  public var coefficientOfVariation: Double { variance.squareRoot() / mean }

  private func moment(_ power: Int) -> Double {
    let sum = sorted.reduce(0) { $0 + pow($1 - mean, Double(power)) }
    return sum / Double(sorted.count)
  }

  private static func meanDeviation(_ values: some Collection<Double>, from centre: Double)
    -> Double
  {
    values.reduce(0) { $0 + abs($1 - centre) } / Double(values.count)
  }

  func features(unit: String) -> [LesionFeature] {
    func feature(_ name: String, _ id: String, _ value: Double, _ unit: String)
      -> LesionFeature
    {
      LesionFeature(family: .statistics, name: name, identifier: id, value: value, unit: unit)
    }
    let (low, high) = (percentile(10), percentile(90))
    let (quarter, threeQuarters) = (percentile(25), percentile(75))
    let middle = sorted.filter { (low...high).contains($0) }
    let robustMean = middle.reduce(0, +) / Double(middle.count)
    let energy = sorted.reduce(0) { $0 + $1 * $1 }
    var list = [
      feature("Mean", "Q4LE", mean, unit), feature("Variance", "ECT3", variance, unit + "2"),
      feature("Median", "Y12H", median, unit), feature("Minimum", "1GSF", sorted[0], unit),
      feature("10th percentile", "QG58", low, unit),
      feature("90th percentile", "8DWT", high, unit),
      feature("Maximum", "84IY", sorted[sorted.count - 1], unit),
      feature("Interquartile range", "SALO", threeQuarters - quarter, unit),
      feature("Range", "2OJQ", sorted[sorted.count - 1] - sorted[0], unit),
      feature("Mean absolute deviation", "4FUA", Self.meanDeviation(sorted, from: mean), unit),
      feature(
        "Robust mean absolute deviation", "1128", Self.meanDeviation(middle, from: robustMean),
        unit),
      feature(
        "Median absolute deviation", "N72L", Self.meanDeviation(sorted, from: median), unit),
      feature("Energy", "N8CA", energy, unit + "2"),
      feature("Root mean square", "5ZWQ", (energy / Double(sorted.count)).squareRoot(), unit),
    ]
    if variance > 0 {
      list.append(feature("Skewness", "KE2A", moment(3) / pow(variance, 1.5), "1"))
      list.append(feature("(Excess) kurtosis", "IPH6", moment(4) / (variance * variance) - 3, "1"))
    }
    if mean != 0 {
      list.append(feature("Coefficient of variation", "7TET", coefficientOfVariation, "1"))
    }
    if quarter + threeQuarters != 0 {
      list.append(
        feature(
          "Quartile coefficient of dispersion", "9S40",
          (threeQuarters - quarter) / (threeQuarters + quarter), "1"))
    }
    return list
  }
}
