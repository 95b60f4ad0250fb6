public import Foundation

/// How stored pixel values become values of a quantity with a unit (PS3.3 C.7.6.16.2.11).
///
/// It starts from the stored values, not from those after Rescale Slope and Intercept.
public struct RealWorldValueMap: Sendable, Hashable, Codable {
  public enum Rule: Sendable, Hashable, Codable {
    /// value = stored · slope + intercept.
    case linear(slope: Double, intercept: Double)
    /// One value for each stored value from the first mapped one on.
    case table([Double])
  }

  /// A fact about the quantity: what it is, how it was computed.
  public struct Definition: Sendable, Hashable, Codable {
    public let name: CodedConcept
    public let value: CodedConcept
  }

  public let label: String?
  public let explanation: String?
  public let unit: CodedConcept
  public let definitions: [Definition]
  public let rule: Rule
  /// The stored values it is meant for; others have no real-world value.
  public let mapped: ClosedRange<Double>
  /// The images it belongs to, by SOP Instance UID; empty for a map inside an image's own header.
  public let instances: [String]

  /// What is measured, for example Standardized Uptake Value: the definition named "Quantity".
  public var quantity: CodedConcept? {
    definitions.first {
      $0.name.matches("246205007", "SCT") || $0.name.matches("G-C1C6", "SRT")
    }?.value
  }

  /// The method, for example SUV body weight: the definition named "Measurement Method".
  public var method: CodedConcept? {
    definitions.first {
      $0.name.matches("370129005", "SCT") || $0.name.matches("G-C036", "SRT")
    }?.value
  }

  /// The real-world value; `nil` for a stored value the map is not meant for.
  public func value(ofStored stored: Double) -> Double? {
    guard mapped.contains(stored) else { return nil }
    switch rule {
    case .linear(let slope, let intercept): return stored * slope + intercept
    case .table(let values):
      let n = Int(stored - mapped.lowerBound)
      return values.indices.contains(n) ? values[n] : nil
    }
  }

  /// Whether the unit is grams per millilitre by body weight, in the spellings in use.
  public var isSUVbw: Bool {
    unit.scheme == "UCUM" && ["g/ml{SUVbw}", "{SUVbw}g/ml"].contains(unit.value)
  }
}

extension RealWorldValueMap {
  /// The maps inside an image's own header; empty when it has none.
  public static func inside(_ header: DICOMHeader) throws(DICOMReadError) -> [RealWorldValueMap] {
    var maps: [RealWorldValueMap] = []
    let shared = header.items(.sharedGroups).flatMap { $0.items(.realWorldValueMapping) }
    for item in header.items(.realWorldValueMapping) + shared {
      maps.append(try RealWorldValueMap(item, instances: []))
    }
    return maps
  }

  init(_ item: DICOMHeader, instances: [String]) throws(DICOMReadError) {
    guard let unit = item.concept(.measurementUnits) else { throw item.missing(.measurementUnits) }
    self.unit = unit
    self.instances = instances
    label = item.text(.lutLabel)
    explanation = item.text(.lutExplanation)
    definitions = item.items(.quantityDefinition).compactMap { definition in
      guard let name = definition.concept(.conceptName),
        let value = definition.concept(.conceptCode)
      else { return nil }
      return Definition(name: name, value: value)
    }
    let isWhole = item.text(.doubleFirstValueMapped) == nil
    let first = try item.number(isWhole ? .firstValueMapped : .doubleFirstValueMapped)
    let last = try item.number(isWhole ? .lastValueMapped : .doubleLastValueMapped)
    guard let first, let last else { throw item.missing(.firstValueMapped) }
    guard first <= last else {
      throw Self.unusable(item, .firstValueMapped, "is above the last value mapped")
    }
    mapped = first...last
    rule = try Self.rule(item, mapped)
  }

  private static func rule(
    _ item: DICOMHeader, _ mapped: ClosedRange<Double>
  ) throws(DICOMReadError) -> Rule {
    let table = try item.numbers(.valueTable)
    guard table.isEmpty else {
      guard Double(table.count) == mapped.upperBound - mapped.lowerBound + 1 else {
        throw unusable(item, .valueTable, "has not one value for each value mapped")
      }
      return .table(table)
    }
    guard let slope = try item.number(.realWorldSlope) else { throw item.missing(.realWorldSlope) }
    guard slope != 0 else { throw unusable(item, .realWorldSlope, "is zero") }
    return .linear(slope: slope, intercept: try item.number(.realWorldIntercept) ?? 0)
  }

  private static func unusable(
    _ item: DICOMHeader, _ tag: DICOMTag, _ reason: String
  ) -> DICOMReadError {
    .unusable(
      tag, file: item.file, reason: reason,
      remedy: "Correct the real-world value map at its source and export again.")
  }
}

/// A Real World Value Mapping object: value maps for images that are stored elsewhere
/// (PS3.3 A.46).
public struct RealWorldValueMapping: Sendable, Hashable, Codable {
  /// Name of the file without its folder.
  public let file: String
  public let instanceUID: String?
  public let label: String?
  public let maps: [RealWorldValueMap]

  /// - Throws: ``DICOMReadError`` when the file is no such object or a map in it is damaged.
  public static func load(file url: URL) throws(DICOMReadError) -> RealWorldValueMapping {
    try RealWorldValueMapping(DICOMFile(contentsOf: url).header)
  }

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    try header.require(
      sopClass: SOPClass.realWorldValueMapping, remedy: "Give a Real World Value Mapping.")
    file = header.file
    instanceUID = header.code(.sopInstance)
    label = header.code(.contentLabel)
    var maps: [RealWorldValueMap] = []
    for group in header.items(.referencedImageMaps) {
      let instances = group.items(.referencedImages).compactMap { $0.code(.referencedInstance) }
      for item in group.items(.realWorldValueMapping) {
        maps.append(try RealWorldValueMap(item, instances: instances))
      }
    }
    guard !maps.isEmpty else { throw header.missing(.realWorldValueMapping) }
    self.maps = maps
  }

  /// The map with this unit for an image; `nil` when it has none.
  public func map(for instanceUID: String, unit: String) -> RealWorldValueMap? {
    maps.first { $0.unit.value == unit && $0.instances.contains(instanceUID) }
  }
}
