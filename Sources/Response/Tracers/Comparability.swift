/// How a PET was made, as far as uptake depends on it.
public struct ImageOrigin: Sendable, Hashable, Codable {
  /// Manufacturer and model of the scanner; `nil` when the header does not say.
  public var scanner: String?
  /// Method of reconstruction, as the header spells it.
  public var reconstruction: String?
  /// The harmonisation standard the image meets, as a person states it: `EARL1`, `EARL2`.
  public var standard: String?
  /// Filter applied before measuring, for example `5 mm`.
  public var filter: String?

  public init(
    scanner: String?, reconstruction: String? = nil, standard: String? = nil,
    filter: String? = nil
  ) {
    self.scanner = scanner
    self.reconstruction = reconstruction
    self.standard = standard
    self.filter = filter
  }
}

/// Whether the uptake of two scans may be compared, and by which noise.
///
/// EARL1 and EARL2 images differ in recovery by design (Kaalep 2018, EJNMMI 45:1344); comparing
/// them needs the sharper one filtered to EARL1. Two scanners of one standard still differ
/// (EJNMMI Res 2019, s13550-019-0569-7: 6 to 8 % in the mean).
public enum Comparability: Sendable, Hashable, Codable {
  case sameScanner
  /// Another scanner or reconstruction that meets the same standard; what differs, in words.
  case otherScanner(String)
  case notComparable(reason: String)

  public init(_ before: ImageOrigin, _ after: ImageOrigin) {
    if let a = before.standard, let b = after.standard, a != b {
      self = .notComparable(
        reason: "\(a) and \(b) images are not pooled: filter the sharper one (filter: … mm) and "
          + "state the standard it then meets")
      return
    }
    let changed = [
      Self.difference("scanner", before.scanner, after.scanner),
      Self.difference("reconstruction", before.reconstruction, after.reconstruction),
      Self.difference("filter", before.filter ?? "none", after.filter ?? "none"),
    ].compactMap { $0 }
    guard !changed.isEmpty else {
      self = .sameScanner
      return
    }
    let what = changed.joined(separator: ", ")
    guard before.standard != nil, after.standard != nil else {
      self = .notComparable(
        reason: "\(what): state the standard that both images meet (standard: EARL1)")
      return
    }
    self = .otherScanner(what)
  }

  private static func difference(_ what: String, _ a: String?, _ b: String?) -> String? {
    guard let a, let b, a != b else { return nil }
    return "\(what) changed from \(a) to \(b)"
  }
}
