public import Foundation
import Geometry

/// One of several images of the same slices in one series: a time of a dynamic scan, a phase of a
/// breathing or cardiac cycle, a stack, an acquisition.
public struct SeriesPhase: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The attribute that tells the images apart, for example Temporal Position Index (0020,9128).
  public let attribute: DICOMTag
  /// Its value; for a clock time the seconds after the earliest one.
  public let value: String

  public init(attribute: DICOMTag, value: String) {
    self.attribute = attribute
    self.value = value
  }

  public var description: String { "\(attribute) = \(value)" }

  /// What ``CTSeries/load(files:phases:gaps:)`` lets choose from; empty for an ordinary series.
  public static func all(in urls: [URL]) throws(DICOMReadError) -> [SeriesPhase] {
    let slices = try ImageSlice.all(of: DICOMFile.readAll(urls))
    guard let first = slices.first else { return [] }
    let placed = try SliceStack.placed(slices, on: ImagePlane(first.header))
    guard let tag = separatingAttribute(placed) else { return [] }
    return values(tag, slices).map { SeriesPhase(attribute: tag, value: $0) }
  }

  /// In the order in which they are tried: what DICOM made for the purpose first.
  private static let attributes: [DICOMTag] = [
    .stackID, .temporalPositionIndex, .temporalPosition, .cardiacPhase, .triggerDelay,
    .respiratoryPhase, DICOMTag(0x0018, 0x1060),  // Trigger Time
    .acquisitionNumber, .frameReferenceTime, .acquisitionTime,
    .convolutionKernel, .imageType,
  ]
  /// Attributes that part the frames of a multi-frame image even where positions do not repeat.
  private static let alwaysParting: Set<DICOMTag> = [
    .stackID, .temporalPositionIndex, .cardiacPhase, .triggerDelay, .respiratoryPhase,
  ]

  /// The slices of the chosen phases.
  static func select(
    _ phases: [SeriesPhase], from slices: [ImageSlice]
  ) throws(DICOMReadError) -> [ImageSlice] {
    var left = slices
    for phase in phases {
      let clock = Clock(left)
      let chosen = left.filter { clock.value(phase.attribute, of: $0.header) == phase.value }
      guard !chosen.isEmpty else {
        throw .unusable(
          phase.attribute, file: left.first?.header.file ?? "",
          reason: "is nowhere \(phase.value) in this series",
          remedy: "Choose one of: \(values(phase.attribute, left).joined(separator: ", ")).")
      }
      left = chosen
    }
    return left
  }

  /// - Throws: ``DICOMReadError/severalPhases(file:by:values:)`` for more than one.
  static func requireOne(_ placed: [PlacedSlice]) throws(DICOMReadError) {
    guard let tag = separatingAttribute(placed) else { return }
    throw .severalPhases(
      file: placed[0].header.file, by: tag, values: values(tag, placed.map(\.slice)))
  }

  private static func separatingAttribute(_ placed: [PlacedSlice]) -> DICOMTag? {
    let places = placeNumbers(placed)
    let clock = Clock(placed.map(\.slice))
    let mostAtOnePlace = Dictionary(grouping: places) { $0 }.values.map(\.count).max() ?? 0
    let placeCount = (places.last ?? -1) + 1
    let isMultiFrame = placed.contains(where: \.slice.isFrame)
    for tag in attributes {
      var groups: [String: [Int]] = [:]
      for (slice, place) in zip(placed, places) {
        groups[clock.value(tag, of: slice.header) ?? "", default: []].append(place)
      }
      guard groups.count > 1, groups[""] == nil else { continue }
      // Groups as many as slices number the slices and part nothing.
      if isMultiFrame, alwaysParting.contains(tag), groups.count < placed.count { return tag }
      guard mostAtOnePlace > 1, groups.count <= mostAtOnePlace else { continue }
      let noneRepeats = groups.values.allSatisfy { Set($0).count == $0.count }
      let allReachEverywhere = groups.values.allSatisfy { Set($0).count == placeCount }
      if noneRepeats || allReachEverywhere { return tag }
    }
    return nil
  }

  /// For each slice the number of its place along the normal, from 0.
  private static func placeNumbers(_ placed: [PlacedSlice]) -> [Int] {
    var numbers: [Int] = []
    for (n, slice) in placed.enumerated() {
      guard n > 0 else {
        numbers.append(0)
        continue
      }
      let isNew = slice.offset - placed[n - 1].offset >= GapSurvey.duplicateTolerance
      numbers.append(numbers[n - 1] + (isNew ? 1 : 0))
    }
    return numbers
  }

  private static func values(_ tag: DICOMTag, _ slices: [ImageSlice]) -> [String] {
    let clock = Clock(slices)
    return Set(slices.compactMap { clock.value(tag, of: $0.header) }).sorted {
      switch (Double($0), Double($1)) {
      case (let a?, let b?): a < b
      default: $0 < $1
      }
    }
  }

  /// Values as text. Clock times are told relative to the first, so that no date of a patient
  /// reaches a message.
  private struct Clock {
    private let first: Date?

    init(_ slices: [ImageSlice]) { first = slices.compactMap(\.header.acquisitionStart).min() }

    func value(_ tag: DICOMTag, of header: DICOMHeader) -> String? {
      guard tag == .acquisitionTime else { return header.text(tag) }
      guard let first, let start = header.acquisitionStart else { return nil }
      let seconds = (start.timeIntervalSince(first) * 1000).rounded() / 1000
      return "\(seconds)"
    }
  }
}
