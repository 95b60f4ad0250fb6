public import Foundation
public import Geometry
public import Quantities
public import Volumes

/// A value of whatever quantity a real-world value map gives, in the unit of the map.
public struct RealWorldValue: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "as the map's unit says"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }
}

/// A series of single-slice images with a real-world value map applied to its stored values.
public struct MappedSeries: Sendable {
  public let unit: CodedConcept
  public let quantity: CodedConcept?
  public let method: CodedConcept?
  public let values: Volume<RealWorldValue>
  public let frameOfReference: FrameOfReference?
  /// For people: what was odd and what was done about it.
  public let warnings: [String]

  /// Reads the files of one series, in any order, through the maps of an object.
  ///
  /// - Parameter unit: Code value of the unit wanted, for example `{SUVbw}g/ml`.
  /// - Throws: ``DICOMReadError`` when an image has no map of that unit, or holds stored values
  ///   the map is not meant for.
  public static func load(
    files urls: [URL], through mapping: RealWorldValueMapping, unit: String
  ) throws(DICOMReadError) -> MappedSeries {
    let stack = try SliceStack(
      ImageSlice.all(of: DICOMFile.readAll(urls)), what: "images", rules: .init())
    var maps: [RealWorldValueMap] = []
    for slice in stack.slices { maps.append(try map(of: slice, in: mapping, unit: unit)) }
    var samples = try SampleReader.read(stack.slices) { _ throws(DICOMReadError) in
      Rescale(slope: 1, intercept: 0)
    }
    let perSlice = stack.grid.size.x * stack.grid.size.y
    for p in samples.indices {
      guard let value = maps[p / perSlice].value(ofStored: Double(samples[p])) else {
        throw .unusable(
          .firstValueMapped, file: mapping.file,
          reason: "leaves stored values of '\(stack.slices[p / perSlice].header.file)' "
            + "without a value",
          remedy: "Give a map for all stored values.")
      }
      samples[p] = Float(value)
    }
    return MappedSeries(
      unit: maps[0].unit, quantity: maps[0].quantity, method: maps[0].method,
      values: try .reading(
        grid: stack.grid, samples: samples, file: stack.slices[0].header.file),
      frameOfReference: stack.frameOfReference, warnings: stack.warnings)
  }

  private static func map(
    of slice: ImageSlice, in mapping: RealWorldValueMapping, unit: String
  ) throws(DICOMReadError) -> RealWorldValueMap {
    let instance = try slice.header.required(.sopInstance)
    guard let map = mapping.map(for: instance, unit: unit) else {
      throw .unusable(
        .realWorldValueMapping, file: mapping.file,
        reason: "has no map in \(unit) for '\(slice.header.file)'",
        remedy: "Give the value map that was made for this series.")
    }
    return map
  }

  /// The values as SUV by body weight; `nil` when the map's unit is another.
  public func suvVolume() -> Volume<SUVbw>? {
    ["g/ml{SUVbw}", "{SUVbw}g/ml"].contains(unit.value) ? values.scaled(by: 1, as: SUVbw.self) : nil
  }
}
