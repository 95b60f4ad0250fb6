import Geometry
public import Lesions
public import Quantities
public import Volumes

/// Uptake that a lesion's is held against.
public struct ReferenceUptake: Sendable, Hashable, Codable {
  public let liver: Assessment<SUVbw>
  public let blood: Assessment<SUVbw>

  public init(liver: Assessment<SUVbw>, blood: Assessment<SUVbw>) {
    (self.liver, self.blood) = (liver, blood)
  }

  /// Names under which a blood pool is found among the organs.
  private static let bloodNames = ["blood pool", "aorta", "descending aorta", "thoracic aorta"]

  /// The mean of the voxels at least one millimetre of a voxel's half diagonal inside the aorta's
  /// outline: the wall is left out (PERCIST: a cylinder of 1 cm in the descending aorta).
  public init(
    liver: Assessment<LiverReference>, organs: [NamedRegion], in image: Volume<SUVbw>
  ) {
    self.liver = liver.map(\.mean)
    guard let aorta = organs.first(where: { Self.bloodNames.contains($0.name) }) else {
      blood = .notAssessable(reason: "no outline named 'aorta' or 'blood pool' was given")
      return
    }
    let depth = image.grid.spacing.length / 2 + 1
    let samples = image.samples
    let inner = zip(aorta.outline.offsets, aorta.outline.depths).filter { $0.1 >= depth }
    guard inner.count >= Self.fewestVoxels else {
      blood = .notAssessable(
        reason: "'\(aorta.name)' is too narrow for this image to measure blood inside its wall")
      return
    }
    let sum = inner.reduce(0.0) { $0 + Double(samples[$1.0]) }
    blood = .value(.gramsPerMillilitre(sum / Double(inner.count)))
  }

  private static let fewestVoxels = 8
}

/// Uptake right around a lesion.
public enum LocalBackground {
  /// Mean of the shell 5 to 10 mm outside, without other uptake widened by 5 mm.
  ///
  /// - Returns: `nil` where nothing of the shell is left.
  public static func mean(
    around lesion: Outline, in image: Volume<SUVbw>, others: [Outline]
  ) -> Double? {
    let near = lesion.dilated(by: .millimetres(5))
    let shell = lesion.dilated(by: .millimetres(10)).subtracting(near)
    let foreign = others.filter { $0 != lesion && RecoveredUptake.near(shell, $0) }
      .map { $0.dilated(by: .millimetres(5)) }
    let samples = image.samples
    var (sum, count) = (0.0, 0)
    for n in shell.offsets where !foreign.contains(where: { $0.contains(offset: n) }) {
      sum += Double(samples[n])
      count += 1
    }
    return count > 0 ? sum / Double(count) : nil
  }
}

/// A lesion's mean and highest uptake over that of blood, liver and its surroundings.
public struct UptakeRatios: Sendable, Hashable, Codable {
  public let maximumToLiver: Assessment<Double>
  public let maximumToBlood: Assessment<Double>
  public let meanToBackground: Assessment<Double>

  public init(
    of metrics: UptakeMetrics, outline: Outline, in image: Volume<SUVbw>, others: [Outline],
    reference: ReferenceUptake
  ) {
    let maximum = metrics.suvMax.inBaseUnit
    maximumToLiver = Self.ratio(maximum, reference.liver.map(\.inBaseUnit))
    maximumToBlood = Self.ratio(maximum, reference.blood.map(\.inBaseUnit))
    let around = LocalBackground.mean(around: outline, in: image, others: others)
    meanToBackground = Self.ratio(
      metrics.suvMean.inBaseUnit,
      around.map { .value($0) } ?? .notAssessable(reason: "no background around the lesion"))
  }

  private static func ratio(_ value: Double, _ over: Assessment<Double>) -> Assessment<Double> {
    switch over {
    case .notAssessable(let reason): .notAssessable(reason: reason)
    case .value(let reference):
      reference > 0
        ? .value(value / reference) : .notAssessable(reason: "the reference has no uptake")
    }
  }
}
