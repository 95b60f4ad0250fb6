import DICOMIO
public import Foundation
import Geometry
import Registration
import Reporting

/// Two scans linked: the answer of `theratrack register`.
public struct PairRegistration: Sendable {
  /// Which map carries points from the fixed to the moving scan.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    case rigid, affine, deformable
  }

  /// What a rigid link between two CTs brings into agreement.
  public enum Follows: String, Sendable, Hashable, Codable, CaseIterable {
    /// Bone: dose and uptake are compared place by place, whatever the breath.
    case skeleton
    /// All tissue: the least distance on average.
    case body
  }

  private let pair: PairLink
  private let points: [Mapped]

  private struct Mapped: Sendable {
    let fixed, moving: PatientPoint
    let errorMillimetres: Double?
  }

  private var link: TimePointLink { pair.link }

  /// - Parameters:
  ///   - fixed: File or folder of a CT, PET or SPECT series.
  ///   - moving: The same kind of series, or a CT with an emission image.
  ///   - points: CSV of points in the fixed patient frame, or `nil`.
  ///   - method: `nil` takes deformable for two CTs and rigid for all other pairs.
  ///   - follows: What the rigid link of two CTs follows; a deformable map starts from it.
  ///   - allowGaps: Interpolates missing slices instead of refusing the series.
  public init(
    fixed: URL, moving: URL, points: URL?, method: Method? = nil, follows: Follows = .skeleton,
    allowGaps: Bool = false
  ) throws {
    let wanted = try points.map(LandmarkFile.read) ?? []
    let pair = try PairLink(
      fixed: fixed, moving: moving, method: method, follows: follows,
      gaps: allowGaps ? .interpolate : .refuse)
    self.pair = pair
    self.points = wanted.map {
      Mapped(
        fixed: $0, moving: pair.map($0), errorMillimetres: pair.errorMillimetres(at: $0))
    }
  }

  public var isAssessable: Bool { link.isAssessable }

  // MARK: Output

  private struct File: Encodable {
    /// One row of the points file, in order: where it lies in the moving frame, and how far from
    /// there it may lie (68 % radius; null where the link could not be assessed).
    struct Row: Encodable {
      let x_mm, y_mm, z_mm: Double
      let sd_mm: Double?
      let fixed_mm, moving_mm: [Double]

      enum CodingKeys: String, CodingKey {
        case x_mm, y_mm, z_mm, sd_mm, fixed_mm, moving_mm
      }

      init(_ point: Mapped) {
        let (a, b) = (point.fixed.millimetres, point.moving.millimetres)
        (x_mm, y_mm, z_mm) = (b.x, b.y, b.z)
        sd_mm = point.errorMillimetres
        (fixed_mm, moving_mm) = ([a.x, a.y, a.z], [b.x, b.y, b.z])
      }

      func encode(to encoder: any Encoder) throws {
        var row = encoder.container(keyedBy: CodingKeys.self)
        try row.encode(x_mm, forKey: .x_mm)
        try row.encode(y_mm, forKey: .y_mm)
        try row.encode(z_mm, forKey: .z_mm)
        // A missing key would look like a file of an older version.
        try row.encode(sd_mm, forKey: .sd_mm)
        try row.encode(fixed_mm, forKey: .fixed_mm)
        try row.encode(moving_mm, forKey: .moving_mm)
      }
    }
    let link: ResultsFile.LinkEntry
    let method: PairRegistration.Method
    /// What was measured about the deformable map; absent for other methods.
    let deformable: DeformableQuality?
    let points: [Row]
    let notice = Provenance.statement
  }

  public func json() throws -> String {
    let file = File(
      link: ResultsFile.LinkEntry(link), method: pair.method,
      deformable: pair.deformable?.quality, points: points.map(File.Row.init))
    return String(bytes: try JSONWriter.data(file).dropLast(), encoding: .utf8) ?? ""
  }

  public func text() -> String {
    let quality = link.quality
    func line(_ name: String, _ value: Double?, _ unit: String) -> String {
      name.column(24) + (value.map { "\(Digits.text($0, 2)) \(unit)" } ?? "could not be measured")
    }
    let verdict = quality?.verdict.words ?? "pass"
    let t = link.referenceToHere.translation
    return
      ([
        "Registered".column(24) + link.basis.rawValue,
        "Points mapped by".column(24) + pair.method.rawValue + " map",
        line("Rotation", link.referenceToHere.rotationAngle * 180 / .pi, "°"),
        "Translation".column(24)
          + [t.x, t.y, t.z].map { Digits.text($0, 2) }.joined(separator: ", ") + " mm",
        line("Body seen", quality.map { $0.fixedBodySeen * 100 }, "%"),
        line("Skin, median", quality?.bodySurfaceResidual?.median, "mm"),
        line("Bone, median", quality?.boneResidual?.median, "mm"),
        line("Inverse consistency", quality?.inverseConsistency, "mm"),
        line("Error, 68 %", link.localErrorMillimetres, "mm"),
        "Verdict".column(24) + verdict,
      ]
      + (pair.deformable?.quality.text ?? [])
      + points.map { pair in
        let (a, b) = (pair.fixed.millimetres, pair.moving.millimetres)
        return [a.x, a.y, a.z].map { Digits.text($0, 2) }.joined(separator: ", ") + "  →  "
          + [b.x, b.y, b.z].map { Digits.text($0, 2) }.joined(separator: ", ")
      })
      .joined(separator: "\n")
  }
}

extension DeformableQuality {
  /// The table that AAPM TG-132 asks for, and the verdict, one per line.
  fileprivate var text: [String] {
    ["Deformable map".column(24) + verdict.words]
      + toleranceTable.map { check in
        let sign = check.isUpperLimit ? "at most" : "at least"
        let unit = check.unit == "1" ? "" : " " + check.unit
        return ("  " + check.measure).column(36)
          + "\(Digits.text(check.value, 2))\(unit) (\(sign) \(Digits.text(check.tolerance, 1)))"
          + (check.isMet ? "" : "  not met")
      }
  }
}

extension LinkVerdict {
  var words: String {
    switch self {
    case .pass: "pass"
    case .warn(let reasons): "warning: " + reasons.joined(separator: "; ")
    case .notAssessable(let reasons): "not assessable: " + reasons.joined(separator: "; ")
    }
  }
}
