/// A physical quantity stored as one `Double` in a fixed base unit.
///
/// The type names the dimension and the factory names the unit, as `Duration` does in the
/// standard library: `Activity.gigabecquerels(7.4)`. There is no unlabelled initialiser, so a
/// bare number never becomes a quantity by accident.
public protocol Quantity: Sendable, Hashable, Comparable, Codable {
  /// The value in the base unit named by ``baseUnit``.
  var inBaseUnit: Double { get }

  /// UCUM symbol of the base unit, as written to DICOM and reports: `"Bq/mL"`.
  static var baseUnit: String { get }

  /// Wraps a value that is already in the base unit.
  init(inBaseUnit: Double)

  /// What one sample of an image of this quantity says: a value at a point unless stated.
  static var sample: SampleMeaning { get }
}

/// What one sample of an image says, and so what a spatial map does to it.
///
/// Tissue that a map compresses holds the same amount in less volume. A value at a point, such as
/// a concentration, an SUV or an absorbed dose (energy per mass), is fetched from where the point
/// lies and kept as it is. An amount held by a voxel, such as its activity, is spread anew: it is
/// multiplied by the map's Jacobian determinant and by the ratio of the voxels' volumes, so that
/// the total over the image stays.
public enum SampleMeaning: Sendable, Hashable {
  case valueAtPoint
  case amountInVoxel
}

extension Quantity {
  public static var zero: Self { Self(inBaseUnit: 0) }
  public static var sample: SampleMeaning { .valueAtPoint }

  public static func < (a: Self, b: Self) -> Bool { a.inBaseUnit < b.inBaseUnit }
  public static func + (a: Self, b: Self) -> Self { Self(inBaseUnit: a.inBaseUnit + b.inBaseUnit) }
  public static func - (a: Self, b: Self) -> Self { Self(inBaseUnit: a.inBaseUnit - b.inBaseUnit) }
  public static func * (a: Self, k: Double) -> Self { Self(inBaseUnit: a.inBaseUnit * k) }

  /// The plain ratio of two like quantities; the units cancel.
  public static func / (a: Self, b: Self) -> Double { a.inBaseUnit / b.inBaseUnit }

  /// Written as a bare number in the base unit; the key that holds it names the unit.
  public init(from decoder: any Decoder) throws {
    self.init(inBaseUnit: try decoder.singleValueContainer().decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(inBaseUnit)
  }
}
