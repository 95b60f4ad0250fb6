import DICOMIO
public import Foundation
import Geometry
import Registration
import Reporting
import Response
import Volumes

/// Two scans linked rigidly: the answer of `theratrack register`.
public struct PairRegistration: Sendable {
  private let link: TimePointLink
  private let points: [(fixed: PatientPoint, moving: PatientPoint)]

  /// - Parameters:
  ///   - fixed: File or folder of a CT, PET or SPECT series.
  ///   - moving: The same kind of series.
  ///   - points: CSV of points in the fixed patient frame, or `nil`.
  public init(fixed: URL, moving: URL, points: URL?) throws {
    let wanted = try points.map(Self.read) ?? []
    link = try Self.register(fixed, moving)
    let transform = link.referenceToHere
    self.points = wanted.map { ($0, transform($0)) }
  }

  public var isAssessable: Bool { link.isAssessable }

  private static func register(_ fixed: URL, _ moving: URL) throws -> TimePointLink {
    let (a, b) = (try kind(fixed), try kind(moving))
    guard a == b else { throw PipelineError.notSameKind(fixed: a.rawValue, moving: b.rawValue) }
    let link: Link
    if a == .ct {
      let fixedCT = try CTSeries.load(files: SeriesSelection.series(at: fixed, roles: [.ct]))
      let movingCT = try CTSeries.load(files: SeriesSelection.series(at: moving, roles: [.ct]))
      link = try RigidRegistration.register(
        fixed: fixedCT.volume, fixedFrame: try frame(fixedCT.facts, fixed),
        moving: movingCT.volume, movingFrame: try frame(movingCT.facts, moving))
    } else {
      let (one, other) = (
        try EmissionScan.load(fixed, calibration: nil),
        try EmissionScan.load(moving, calibration: nil)
      )
      link = try EmissionRegistration.register(
        fixed: try one.uptake(), fixedFrame: try frame(one.facts, fixed),
        moving: try other.uptake(), movingFrame: try frame(other.facts, moving))
    }
    return TimePointLink(
      timePoint: "moving", basis: a == .ct ? .ct : .emission,
      referenceToHere: link.fixedToMoving, quality: link.quality)
  }

  private static func frame(_ facts: SeriesFacts, _ url: URL) throws -> FrameOfReference {
    guard let frame = facts.frameOfReference else {
      throw PipelineError.noFrame(timePoint: url.lastPathComponent)
    }
    return frame
  }

  /// Which of CT, PET or SPECT the one image series at `url` is.
  private static func kind(_ url: URL) throws -> SeriesCatalogue.Role {
    let folder = (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? nil
    guard let isFolder = folder else { throw PipelineError.noScan(path: url.path) }
    let catalogue = try SeriesCatalogue.scan(
      folder: isFolder ? url : url.deletingLastPathComponent())
    let name = url.resolvingSymlinksInPath().lastPathComponent
    let series = catalogue.series.filter { isFolder || $0.files.contains(name) }
    let images = series.filter { [.ct, .pet, .spect, .derivedPET].contains($0.role) }
    guard let first = images.first else {
      throw PipelineError.noSeries(
        path: url.path, wanted: "CT, PET or SPECT",
        found: Set(series.map(\.role.rawValue)).sorted().joined(separator: ", "))
    }
    return first.role == .derivedPET ? .pet : first.role
  }

  /// Reads points from CSV with the header `x_mm,y_mm,z_mm`.
  private static func read(_ file: URL) throws -> [PatientPoint] {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw PipelineError.points(path: file.path, line: 0)
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let header = lines.first?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard header == ["x_mm", "y_mm", "z_mm"] else {
      throw PipelineError.points(path: file.path, line: 1)
    }
    var points: [PatientPoint] = []
    for (n, line) in lines.enumerated().dropFirst() {
      let numbers = line.split(separator: ",", omittingEmptySubsequences: false)
        .map { Double($0.trimmingCharacters(in: .whitespaces)) }
      guard numbers.count == 3, let x = numbers[0], let y = numbers[1], let z = numbers[2],
        x.isFinite, y.isFinite, z.isFinite
      else { throw PipelineError.points(path: file.path, line: n + 1) }
      points.append(PatientPoint(x: x, y: y, z: z))
    }
    return points
  }

  // MARK: Output

  private struct File: Encodable {
    struct Mapped: Encodable {
      let fixed_mm, moving_mm: [Double]
    }
    let link: ResultsFile.LinkEntry
    let points: [Mapped]
    let notice = Provenance.statement
  }

  public func json() throws -> String {
    func list(_ p: PatientPoint) -> [Double] {
      [p.millimetres.x, p.millimetres.y, p.millimetres.z]
    }
    let file = File(
      link: ResultsFile.LinkEntry(link),
      points: points.map { .init(fixed_mm: list($0.fixed), moving_mm: list($0.moving)) })
    return String(bytes: try JSONWriter.data(file).dropLast(), encoding: .utf8) ?? ""
  }

  public func text() -> String {
    let quality = link.quality
    func line(_ name: String, _ value: Double?, _ unit: String) -> String {
      name.column(24) + (value.map { "\(Digits.text($0, 2)) \(unit)" } ?? "could not be measured")
    }
    let verdict =
      switch quality?.verdict {
      case .pass, nil: "pass"
      case .warn(let reasons): "warning: " + reasons.joined(separator: "; ")
      case .notAssessable(let reasons): "not assessable: " + reasons.joined(separator: "; ")
      }
    let t = link.referenceToHere.translation
    return
      ([
        "Registered".column(24) + link.basis.rawValue,
        line("Rotation", link.referenceToHere.rotationAngle * 180 / .pi, "°"),
        "Translation".column(24)
          + [t.x, t.y, t.z].map { Digits.text($0, 2) }.joined(separator: ", ") + " mm",
        line("Body seen", quality.map { $0.fixedBodySeen * 100 }, "%"),
        line("Skin, median", quality?.bodySurfaceResidual?.median, "mm"),
        line("Bone, median", quality?.boneResidual?.median, "mm"),
        line("Inverse consistency", quality?.inverseConsistency, "mm"),
        line("Estimated error", quality?.estimatedErrorMillimetres, "mm"),
        "Verdict".column(24) + verdict,
      ]
      + points.map { pair in
        let (a, b) = (pair.fixed.millimetres, pair.moving.millimetres)
        return [a.x, a.y, a.z].map { Digits.text($0, 2) }.joined(separator: ", ") + "  →  "
          + [b.x, b.y, b.z].map { Digits.text($0, 2) }.joined(separator: ", ")
      })
      .joined(separator: "\n")
  }
}
