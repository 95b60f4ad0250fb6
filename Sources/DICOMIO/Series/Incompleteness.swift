/// A series of which fewer slices or files are there than its headers announce.
public struct Incompleteness: Sendable, Hashable, Codable, CustomStringConvertible {
  public let present: Int
  public let announced: Int
  /// The attribute that announces them.
  public let attribute: DICOMTag

  public var description: String {
    "incomplete: \(present) of \(announced) \(attribute == .concatenationTotal ? "files" : "slices")"
      + " are there (\(attribute)); export the series again if the transfer was broken off"
  }

  /// `nil` when nothing is missing, or when the headers announce no number.
  ///
  /// - Parameter isWhole: Whether `slices` are all of the series, not one phase of it.
  init?(_ slices: [ImageSlice], isWhole: Bool) throws(DICOMReadError) {
    let ofSeries =
      isWhole ? [try Self.byConcatenation(slices), try Self.byAcquisition(slices)] : []
    for found in [try Self.bySliceCount(slices)] + ofSeries {
      guard let found, found.announced > found.present else { continue }
      self = found
      return
    }
    return nil
  }

  private init(_ present: Int, of announced: Int, _ attribute: DICOMTag) {
    self.present = present
    self.announced = announced
    self.attribute = attribute
  }

  private static func byConcatenation(_ slices: [ImageSlice]) throws(DICOMReadError) -> Self? {
    guard let header = slices.first(where: { $0.isFrame })?.file.header,
      let total = try header.integer(.concatenationTotal)
    else { return nil }
    return Self(Set(slices.map(\.file.url)).count, of: total, .concatenationTotal)
  }

  private static func bySliceCount(_ slices: [ImageSlice]) throws(DICOMReadError) -> Self? {
    guard let announced = try slices.first?.header.integer(.sliceCount) else { return nil }
    return Self(slices.count, of: announced, .sliceCount)
  }

  /// Images in Acquisition (0020,1002) counts those of one Acquisition Number; some writers give
  /// that of the series, and then the largest number is the whole.
  private static func byAcquisition(_ slices: [ImageSlice]) throws(DICOMReadError) -> Self? {
    var announced: [String: Int] = [:]
    for slice in slices {
      guard let count = try slice.header.integer(.imagesInAcquisition) else { return nil }
      announced[slice.header.code(.acquisitionNumber) ?? ""] = count
    }
    guard slices.count != announced.values.max() else { return nil }
    return Self(slices.count, of: announced.values.reduce(0, +), .imagesInAcquisition)
  }
}
