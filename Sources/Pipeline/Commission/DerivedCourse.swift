import DICOMIO
import Foundation
import Geometry
import Lesions
import Phantoms
import Quantities
import Volumes

/// Writes the site's scan and the follow-ups derived from it as DICOM of a pseudonymous patient:
/// a course that the chain runs on as on any other.
struct DerivedCourse {
  private let site: SiteScan
  private let plan: CommissioningPlan
  private let folder: URL

  /// A follow-up's name and what is known of it.
  struct Visit: Sendable, Codable {
    let id: String
    let truth: DerivedFollowUp.Truth
  }

  init(_ site: SiteScan, _ plan: CommissioningPlan, into folder: URL) {
    (self.site, self.plan, self.folder) = (site, plan, folder)
  }

  /// Writes everything, one follow-up in memory at a time.
  func write(progress: (Double) -> Void) throws -> (course: Course, visits: [Visit]) {
    try write(
      "base", frame: FrameOfReference(uid: uid("frame base")), site.emission, site.ct,
      regions: site.regions, day: 0)
    var visits: [Visit] = []
    for n in 1...plan.repeats {
      progress(Double(n) / Double(plan.repeats + 1))
      let visit = try deriveAndWrite(n)
      visits.append(visit)
    }
    return (course(visits), visits)
  }

  private func deriveAndWrite(_ n: Int) throws -> Visit {
    let id = "follow-up-\(n)"
    let factors = plan.factors(of: n, count: site.lesions.count)
    let derived = try DerivedFollowUp(
      emission: site.emission, ct: site.ct,
      changes: zip(site.lesions, factors).map { .init($0.outline.mask, factor: $1) },
      from: FrameOfReference(uid: uid("frame base")), to: FrameOfReference(uid: uid("frame \(id)")),
      options: plan.options(of: n, deforms: site.ct != nil))
    let motion = derived.truth.motion
    let regions = try site.regions.map {
      NamedRegion(
        name: $0.name, mask: try motion.carried($0.outline.mask, onto: site.emission.grid))
    }
    try write(
      id, frame: motion.to, derived.emission, derived.ct, regions: regions, day: 30 * n)
    return Visit(id: id, truth: derived.truth)
  }

  // MARK: DICOM

  private func uid(_ name: String) -> String { uids.uid(name) }
  private var uids: UIDSource { UIDSource(seed: "theratrack commissioning \(plan.seed)") }

  private func write(
    _ id: String, frame: FrameOfReference, _ emission: Volume<ActivityConcentration>,
    _ ct: Volume<Hounsfield>?, regions: [NamedRegion], day: Int
  ) throws {
    let place = folder.appending(path: id)
    let later = Double(day) * 86_400
    let start = site.start.addingTimeInterval(later)
    var tracer = site.tracer
    tracer.injection = tracer.injection.addingTimeInterval(later)
    let pet = try PETSeriesWriter.write(
      emission, header: header(id, "PET", 2, frame: frame, start: start), tracer: tracer,
      beds: .init(slices: emission.grid.size.z, duration: .seconds(180)),
      into: place.appending(path: "pet"))
    if let ct {
      _ = try CTSeriesWriter.write(
        ct, header: header(id, "CT", 1, frame: frame, start: start),
        into: place.appending(path: "ct"))
    }
    guard !regions.isEmpty else { return }
    var structures = StructureSetWriter(header: pet.header, drawnOn: pet, label: "Regions")
    for region in regions { try structures.add(region.outline.mask, named: region.name) }
    try structures.write(to: place.appending(path: "rtstruct/0001.dcm"))
  }

  /// Nothing of the patient but what uptake needs.
  private func header(
    _ id: String, _ kind: String, _ number: Int, frame: FrameOfReference, start: Date
  ) -> SeriesHeader {
    let facts = site.series.header
    return SeriesHeader(
      patientName: "Commissioning", patientID: "COMMISSIONING", sex: facts.sex ?? .other,
      weight: .kilograms(facts.weight ?? 0), height: .metres(facts.height ?? 0),
      studyUID: uid("study \(id)"), studyID: id, studyStart: start,
      studyDescription: "derived for commissioning", seriesUID: uid("series \(id) \(kind)"),
      seriesNumber: number, seriesDescription: kind, start: start, frame: frame, uids: uids)
  }

  /// The site's own settings on the derived scans.
  private func course(_ visits: [Visit]) -> Course {
    func point(_ id: String, _ role: Course.Role) -> Course.TimePoint {
      let place = folder.appending(path: id)
      return Course.TimePoint(
        id: id, role: role, cycle: nil, emission: place.appending(path: "pet"),
        ct: site.ct == nil ? nil : place.appending(path: "ct"),
        structures: site.regions.isEmpty ? nil : place.appending(path: "rtstruct"),
        tracer: site.point.tracer, calibration: nil, totalActivity: nil)
    }
    return Course(
      id: "commissioning", folder: folder, agent: nil, patient: site.course.patient, cycles: [],
      timePoints: [point("base", .baseline)] + visits.map { point($0.id, .followUp) },
      reference: "base", limits: nil, lesions: site.course.lesions,
      resolution: site.course.resolution, dosimetry: site.course.dosimetry,
      repeatability: site.course.repeatability)
  }
}
