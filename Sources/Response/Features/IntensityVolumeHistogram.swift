/// Which part of a lesion reaches which uptake.
public struct IntensityVolumeHistogram: Sendable, Hashable, Codable {
  /// Values of the voxels, lowest first.
  private let sorted: [Double]
  /// Distance of the levels at which intensities are read off.
  public let step: Double

  /// - Parameter sorted: The voxel values, lowest first; not empty.
  public init(_ sorted: [Double], step: Double) {
    precondition(!sorted.isEmpty && step > 0, "a histogram needs values and a step")
    self.sorted = sorted
    self.step = step
  }

  /// The fraction of the volume whose value is at least this.
  public func volumeFraction(atLeast value: Double) -> Double {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return Double(sorted.count - low) / Double(sorted.count)
  }

  /// V: the fraction of the volume at or above a percentage of the range from lowest to highest.
  public func volumeFraction(atRangePercent percent: Double) -> Double {
    let (low, high) = (sorted[0], sorted[sorted.count - 1])
    return volumeFraction(atLeast: low + percent / 100 * (high - low))
  }

  /// I: the lowest level that at most this percentage of the volume reaches.
  public func intensity(atVolumePercent percent: Double) -> Double {
    let low = sorted[0]
    let levels = Int(((sorted[sorted.count - 1] - low) / step).rounded(.up)) + 1
    var (from, to) = (0, levels)
    while from < to {
      let middle = (from + to) / 2
      if volumeFraction(atLeast: low + Double(middle) * step) > percent / 100 {
        from = middle + 1
      } else {
        to = middle
      }
    }
    return low + Double(from) * step
  }

  /// The curve: levels in per cent of the maximum, and the fraction of the volume that reaches
  /// them.
  public var curve: [(percentOfMaximum: Double, fraction: Double)] {
    let maximum = sorted[sorted.count - 1]
    return stride(from: 0.0, through: 100, by: 5).map {
      ($0, volumeFraction(atLeast: $0 / 100 * maximum))
    }
  }

  func features(unit: String) -> [LesionFeature] {
    func feature(_ name: String, _ id: String, _ value: Double, _ unit: String) -> LesionFeature {
      LesionFeature(
        family: .volumeHistogram, name: name, identifier: id, value: value, unit: unit)
    }
    let (v10, v90) = (volumeFraction(atRangePercent: 10), volumeFraction(atRangePercent: 90))
    let (i10, i90) = (intensity(atVolumePercent: 10), intensity(atVolumePercent: 90))
    return [
      feature("Volume fraction at 10% intensity", "BC2M.10", v10, "1"),
      feature("Volume fraction at 90% intensity", "BC2M.90", v90, "1"),
      feature("Intensity at 10% volume", "GBPN.10", i10, unit),
      feature("Intensity at 90% volume", "GBPN.90", i90, unit),
      feature(
        "Volume fraction difference between 10% and 90% intensity", "DDTU", v10 - v90, "1"),
      feature("Intensity difference between 10% and 90% volume", "CNV2", i10 - i90, unit),
    ]
  }
}
