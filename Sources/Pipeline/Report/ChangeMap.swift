import Geometry
import Lesions
import Quantities
import Reporting
import Response
import Volumes

/// The voxel-wise change between two scans, with what counts as noise.
struct ChangeMap {
  private let map: ResponseMap?
  /// The scan before, and the one in whose frame the map lies.
  private let before, reference: ShownScan
  let layer: ChangeLayer?
  let note: String
  /// The time point of the scan after.
  private let afterID: String

  /// Uptake below this at both scans is background: half of the least seed level in use.
  private static let floor = SUVbw.gramsPerMillilitre(2)
  /// Shown where neither literature nor site gives a test-retest variation: that of FDG SUVmax
  /// in QIBA's profile. Always labelled as assumed.
  private static let assumedVariation = 0.12

  init(
    before: ShownScan, after: ShownScan, reference: ShownScan, results: CourseResults
  ) throws {
    (self.before, self.reference) = (before, reference)
    afterID = after.id
    if let broken = [before, after].first(where: { $0.link.localErrorMillimetres == nil }) {
      (map, layer) = (nil, nil)
      note = "No response map: \(broken.link.refusal ?? "the scans are not linked")."
      return
    }
    // Of two links that were found apart from each other, squares add.
    let error = [before, after].compactMap(\.link.localErrorMillimetres)
      .reduce(0) { ($0 * $0 + $1 * $1).squareRoot() }
    let (variation, source) = try Self.variation(results, before: before)
    let options = ResponseMap.Options(
      floor: Self.floor, withinSubjectCV: variation, registrationError: .millimetres(error))
    let map = ResponseMap(
      before: try before.inReference(reference), after: try after.inReference(reference),
      options: options)
    self.map = map
    note =
      "Grey: within 95 % of what repeatability (within-subject variation "
      + "\(Int((variation * 100).rounded())) %, \(source)) and a registration error of "
      + "\((error * 10).rounded() / 10) mm explain. Uptake below SUV 2 at both scans is not judged. "
      + (after.field == nil
        ? "Breathing is not followed: edges of moving organs may show as change."
        : "Breathing is followed by a deformable map of the two CTs.")
    layer = try ChangeLayer(
      change: map.logRatio,
      assessed: Mask(grid: map.grid) {
        [.decrease, .withinNoise, .increase].contains(map.change(at: $0))
      },
      beyondNoise: Mask(grid: map.grid) {
        [.decrease, .increase].contains(map.change(at: $0))
      },
      noiseLimits: nil,
      noiseSource: "95 % repeatability (\(source)) and registration error",
      confidence: .init(
        levels: Self.confidence.map(\.level),
        grades: map.deviations.map { z in
          UInt8(Self.confidence.count { abs(Double(z)) > $0.quantile })
        }))
  }

  /// Two-sided quantiles of the normal distribution.
  private static let confidence: [(level: Double, quantile: Double)] = [
    (0.95, 1.959_964), (0.99, 2.575_829), (0.999, 3.290_527),
  ]

  private static func variation(
    _ results: CourseResults, before: ShownScan
  ) throws(PackError) -> (value: Double, source: String) {
    if let site = results.course.repeatability {
      return (site.withinSubjectVariation, site.source)
    }
    let name = results.course.timePoint(before.id)?.tracer
    let pack = try PackLibrary(beside: results.course.folder).tracer(named: name)
    let tracer = pack?.tracer ?? Tracer(rawValue: name ?? "unknown tracer")
    if let known = RepeatabilityTable(pack).entry(for: tracer, .suvMax).value {
      return (known.withinSubjectCV, known.source)
    }
    return (assumedVariation, "assumed, no test-retest data for \(tracer.rawValue)")
  }

  /// What happened inside each lesion of the scan before.
  func responses(_ tracks: TrackResult) throws -> [LesionResponse] {
    guard let map else { return [] }
    return try tracks.lesions.compactMap { lesion in
      guard let found = tracks.outline(of: lesion, at: before.id)?.outline else { return nil }
      let outline =
        before.id == reference.id ? found : Outline(try before.inReference(found, reference))
      guard outline.grid == map.grid else { return nil }
      return LesionResponse(
        track: lesion.shownName, from: before.id, to: afterID,
        fractions: map.fractions(in: outline))
    }
  }
}
