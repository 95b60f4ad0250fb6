import Dosimetry
import Foundation
import Geometry
import Lesions
import Planning
import Quantities
import Registration
import Response

/// `results.json`: every number of a run, with its unit in the key. See docs/formats.md.
struct ResultsFile: Encodable {
  let format = 1
  let software = "theratrack \(Provenance.softwareVersion)"
  let notice = Provenance.statement
  let course: String
  let reference: String
  let links: [LinkEntry]
  let loops: [LoopEntry]
  let lesions: [LesionEntry]
  let burdens: [BurdenEntry]
  let edits: [EditEntry]
  /// Uptake above the level that is no lesion, with its rule.
  let excluded: [ExcludedEntry]
  /// What the voxels of each lesion did, where there is a response map.
  let response: [ResponseEntry]
  let criteria: CriteriaEntries
  let criteriaInput: [CriteriaInputRow]
  let cycles: [CycleDose]
  let cumulative: [CumulativeDose]
  let nextCycle: NextCycleProposal?
  let problems: [CourseResults.Problem]
  let doseMaps: DoseMapResults?

  enum CodingKeys: String, CodingKey {
    case format, software, notice, course, reference, links, loops, lesions, criteria, cycles,
      cumulative
    case criteriaInput = "criteria_input"
    case burdens = "tumour_burden"
    case edits
    case response = "response_volumes"
    case excluded = "excluded_uptake"
    case nextCycle = "next_cycle"
    case problems
    case doseMaps = "dose_maps"
  }

  init(_ results: CourseResults, response: [ResponseEntry] = []) {
    self.response = response
    course = results.course.id
    reference = results.course.reference
    links = results.links.map { LinkEntry($0, results.registration) }
    loops = results.loops.map(LoopEntry.init)
    let tracks = results.tracks
    lesions = tracks.map { tracks in tracks.lesions.map { LesionEntry($0, tracks) } } ?? []
    criteria = CriteriaEntries(results.criteria)
    criteriaInput = results.criteriaInput
    burdens = tracks?.burdenEntries ?? []
    edits = tracks?.edits.map(EditEntry.init) ?? []
    cycles = results.cycles.map(\.dose)
    cumulative = results.cumulative
    excluded = tracks?.excludedEntries ?? []
    nextCycle = results.proposal
    problems = results.problems
    doseMaps = results.doseMaps
  }

  /// x ↦ rotation · x + translation, from the reference frame to the time point's.
  struct LinkEntry: Encodable {
    let timePoint: String
    let basis: String
    let rotationRows: [[Double]]
    let translation: [Double]
    let rotationAngle: Double
    let localError: Double?
    let quality: LinkQuality?
    /// What tissue is followed by: `rigid` or `deformable`; `nil` for nothing.
    let followed: CourseRegistration.Followed?
    let refusalOfMap: String?
    /// What was measured about the deformable map; `nil` without one.
    let deformable: DeformableQuality?

    enum CodingKeys: String, CodingKey {
      case timePoint = "time_point"
      case basis
      case rotationRows = "rotation_rows"
      case translation = "translation_mm"
      case rotationAngle = "rotation_angle_deg"
      case localError = "local_error_mm"
      case followed = "tissue_follows"
      case refusalOfMap = "map_refused"
      case quality, deformable
    }

    init(_ link: TimePointLink, _ registration: CourseRegistration? = nil) {
      timePoint = link.timePoint
      basis = link.basis.rawValue
      let c = link.referenceToHere.columns
      rotationRows = (0..<3).map { row in c.map { $0[row] } }
      let t = link.referenceToHere.translation
      translation = [t.x, t.y, t.z]
      rotationAngle = link.referenceToHere.rotationAngle * 180 / .pi
      localError = link.localErrorMillimetres
      quality = link.quality
      followed = registration?.followed(at: timePoint)
      refusalOfMap = registration?.refusalOfMap(at: timePoint)
      deformable = registration?.deformable[timePoint]?.quality
    }
  }

  /// Two time points registered directly, against the way through the reference.
  struct LoopEntry: Encodable {
    let from, to, map: String
    let gap: DeformableQuality.Spread?
    let promisedFactor: Double?
    let notAssessable: String?

    enum CodingKeys: String, CodingKey {
      case from, to, map
      case gap = "gap_mm"
      case promisedFactor = "promised_factor"
      case notAssessable = "not_assessable"
    }

    init(_ loop: LinkLoop) {
      (from, to) = (loop.from, loop.to)
      map = loop.isDeformable ? "deformable" : "rigid"
      gap = loop.closure.value?.gap
      promisedFactor = loop.closure.value?.promisedFactor
      notAssessable = loop.closure.reason
    }
  }

  struct LesionEntry: Encodable {
    let id: String
    let name: String?
    let points: [PointEntry]
    let changes: [ChangeEntry]

    init(_ lesion: TrackResult.TrackedLesion, _ tracks: TrackResult) {
      id = lesion.id
      name = lesion.name
      points = lesion.points.map { PointEntry($0, tracks) }
      changes = lesion.changes.map(ChangeEntry.init)
    }
  }

  /// Metrics by key and unit: `suvmax_g_per_mL`. A metric that is missing stands under
  /// `not_assessable` with its reason.
  struct PointEntry: Encodable {
    let timePoint: String
    let fate: String
    let centre: [Double]?
    let metrics: [String: Double]
    let missing: [String: String]
    /// Inside the first own outline, carried here.
    let carried: [String: Double]?
    let carriedMissing: String?
    let carriedChange: ChangeEntry?
    let ratios: [String: Double]?
    let features: [LesionFeature]?

    enum CodingKeys: String, CodingKey {
      case timePoint = "time_point"
      case fate
      case centre = "suvmax_at_mm"
      case metrics
      case missing = "not_assessable"
      case carried = "carried_outline"
      case carriedMissing = "carried_outline_not_assessable"
      case carriedChange = "carried_outline_change"
      case ratios, features
    }

    init(_ point: TrackResult.Point, _ tracks: TrackResult) {
      timePoint = point.timePoint
      fate = point.words
      let at = point.metrics?.suvMaxAt.millimetres
      centre = at.map { [$0.x, $0.y, $0.z] }
      var (values, reasons): ([String: Double], [String: String]) = ([:], [:])
      for metric in UptakeMetric.allCases {
        guard let value = tracks.value(metric, of: point) else { continue }
        switch value {
        case .value(let value): values[metric.fileKey] = value
        case .notAssessable(let reason): reasons[metric.fileKey] = reason
        }
      }
      carried = point.carried?.value?.metrics.carriedValues
      carriedChange = point.carried?.value.map {
        ChangeEntry(
          .init(
            from: $0.drawnAt, to: point.timePoint, metric: .suvMean, change: $0.change))
      }
      carriedMissing = point.carried?.reason
      ratios = point.measures?.ratios.values
      for (key, reason) in point.measures?.ratios.reasons ?? [:] { reasons[key] = reason }
      features = point.measures?.features.features
      (metrics, missing) = (values, reasons)
    }
  }

  struct ChangeEntry: Encodable {
    let from, to, metric: String
    let percent, lower, upper, z, p: Double?
    let judgement: String

    enum CodingKeys: String, CodingKey {
      case from, to, metric, z, p, judgement
      case percent = "change_percent"
      case lower = "lower_limit_percent"
      case upper = "upper_limit_percent"
    }

    init(_ change: TrackResult.Change) {
      (from, to, metric) = (change.from, change.to, change.metric.fileKey)
      let value = change.change.value
      percent = value?.percent
      lower = value?.noise?.lowerPercent
      upper = value?.noise?.upperPercent
      z = value?.noise?.z
      p = value?.noise?.p
      judgement = value?.judgement.words ?? change.change.reason ?? ""
    }
  }
}

extension UptakeMetric {
  /// Key with its unit: `volume_mL`, `suvmax_g_per_mL`.
  var fileKey: String { key + "_" + shownUnit.replacing("/", with: "_per_") }
}
