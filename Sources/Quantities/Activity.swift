/// Activity of a radionuclide. Base unit: becquerel (Bq).
public struct Activity: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "Bq"
  public static let sample = SampleMeaning.amountInVoxel
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func becquerels(_ value: Double) -> Self { Self(inBaseUnit: value) }
  public static func megabecquerels(_ value: Double) -> Self { Self(inBaseUnit: value * 1e6) }
  public static func gigabecquerels(_ value: Double) -> Self { Self(inBaseUnit: value * 1e9) }

  public var megabecquerels: Double { inBaseUnit / 1e6 }
  public var gigabecquerels: Double { inBaseUnit / 1e9 }

  /// The activity left after `elapsed`, by A(t) = A₀ · 2^(−t / T½); negative looks back.
  public func decayed(over elapsed: Duration, halfLife: Duration) -> Activity {
    self * halfLife.fractionLeft(after: elapsed)
  }
}

/// Activity per volume of tissue. Base unit: Bq/mL, as DICOM `BQML` stores it.
public struct ActivityConcentration: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "Bq/mL"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func becquerelsPerMillilitre(_ value: Double) -> Self { Self(inBaseUnit: value) }
}

/// Number of decays in a region: the integral of its activity over time. Base unit: Bq·s.
public struct TimeIntegratedActivity: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "Bq.s"
  public static let sample = SampleMeaning.amountInVoxel
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func becquerelSeconds(_ value: Double) -> Self { Self(inBaseUnit: value) }
  public static func megabecquerelHours(_ value: Double) -> Self {
    Self(inBaseUnit: value * 3.6e9)
  }

  public var megabecquerelHours: Double { inBaseUnit / 3.6e9 }
}
