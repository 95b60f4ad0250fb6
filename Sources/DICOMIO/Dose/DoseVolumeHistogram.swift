/// One item of DVH Sequence (3004,0050), PS3.3 C.8.8.4, as the planning system computed it.
public struct DoseVolumeHistogram: Sendable, Hashable, Codable {
  /// DVH Type (3004,0001).
  public enum Form: String, Sendable, Hashable, Codable {
    case differential = "DIFFERENTIAL"
    case cumulative = "CUMULATIVE"
    case natural = "NATURAL"
  }

  public struct Bin: Sendable, Hashable, Codable {
    /// Width of the bin in ``unit``; bins join without gaps from 0.
    public let width: Double
    /// In ``volumeUnits``.
    public let volume: Double
  }

  public let form: Form
  public let unit: DoseImage.Unit
  /// DVH Volume Units (3004,0054): `CM3`, `PERCENT` or `PER_U`.
  public let volumeUnits: String
  public let bins: [Bin]
  /// Numbers of the regions in the structure set.
  public let regions: [Int]
  public let minimum: Double?
  public let maximum: Double?
  public let mean: Double?

  init(_ item: DICOMHeader) throws(DICOMReadError) {
    guard let form = Form(rawValue: try item.required(.dvhType)),
      let unit = DoseImage.Unit(rawValue: try item.required(.doseUnits))
    else { throw Self.unusable(item, "has a type or unit that DICOM does not define") }
    let data = try item.numbers(.dvhData)
    let count = try item.requiredInteger(.dvhBinCount)
    guard data.count == 2 * count else {
      throw Self.unusable(item, "announces \(count) bins and has \(data.count / 2)")
    }
    let scaling = try item.number(.dvhDoseScaling) ?? 1
    self.form = form
    self.unit = unit
    volumeUnits = try item.required(.dvhVolumeUnits)
    bins = (0..<count).map { Bin(width: data[2 * $0] * scaling, volume: data[2 * $0 + 1]) }
    var regions: [Int] = []
    for reference in item.items(.dvhReferencedROI) {
      if let number = try reference.integer(.referencedRegion) { regions.append(number) }
    }
    self.regions = regions
    (minimum, maximum, mean) = try (
      item.number(.dvhMinimum), item.number(.dvhMaximum), item.number(.dvhMean)
    )
  }

  private static func unusable(_ item: DICOMHeader, _ reason: String) -> DICOMReadError {
    .unusable(
      .dvhSequence, file: item.file, reason: reason,
      remedy: "Export the dose again, with or without histograms.")
  }
}
