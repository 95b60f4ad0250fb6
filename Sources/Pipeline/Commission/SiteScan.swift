import CourseStore
import DICOMIO
import Foundation
import Geometry
import Lesions
import Phantoms
import Quantities
import Volumes

/// The site's own scan that follow-ups are derived from, with its lesions and organs.
struct SiteScan {
  let course: Course
  let point: Course.TimePoint
  let series: PETSeries
  let emission: Volume<ActivityConcentration>
  let ct: Volume<Hounsfield>?
  let frame: FrameOfReference
  let tracer: Radiopharmaceutical
  let start: Date
  /// Lesions by falling maximum, on the emission grid.
  let lesions: [LesionOutline]
  /// Organs and given lesions, on the emission grid.
  let regions: [NamedRegion]

  init(_ course: Course, store: CourseStore) throws {
    guard let point = course.referenceTimePoint else { throw PipelineError.noReference }
    let scans = TimePointScans(
      point, store: store, gaps: course.gaps, quantification: course.quantification(of: point))
    guard case .pet(let stored) = try scans.emission().image else {
      throw CommissioningError.noBaselinePET(timePoint: point.id)
    }
    self.course = course
    self.point = point
    series =
      stored.filling(
        weight: course.patient.weight, height: course.patient.height, sex: course.patient.sex
      ).series
    let (emission, at) = try series.concentrationVolume()
    self.emission = emission
    frame = try scans.frame()
    ct = point.ct == nil ? nil : try scans.ct().volume
    (tracer, start) = try Self.tracer(of: series, at: at, point.id)
    let uptake = try UptakeScan(scans, course: course)
    // By the rules of the tracer, as the chain outlines the follow-ups.
    let pack = try PackLibrary(beside: course.folder).tracer(named: point.tracer)
    let stage = TrackStage(
      course: course, registration: CourseRegistration(),
      tracers: pack.map { [point.id: $0] } ?? [:])
    lesions = try stage.outline(uptake).lesions
    guard !lesions.isEmpty else { throw CommissioningError.noLesions(timePoint: point.id) }
    regions = uptake.organs + uptake.given
  }

  /// The tracer as a header has to state it, and the instant the concentrations are true for.
  private static func tracer(
    of series: PETSeries, at: Date?, _ id: String
  ) throws -> (Radiopharmaceutical, Date) {
    func missing(_ what: String) -> CommissioningError {
      .noTracer(timePoint: id, missing: what)
    }
    let header = series.header
    guard let start = at ?? series.facts.start else { throw missing("when it was acquired") }
    guard let nuclide = header.radionuclide.flatMap(Radionuclide.init(symbol:)) ?? nuclide(header)
    else { throw missing("its radionuclide") }
    guard let dose = header.dose else { throw missing("the injected dose") }
    guard let injection = header.injection ?? clockInjection(header, before: start) else {
      throw missing("when the tracer was injected")
    }
    return (
      Radiopharmaceutical(
        name: header.radiopharmaceutical ?? "tracer", nuclide: nuclide,
        activity: .becquerels(dose), injection: injection), start
    )
  }

  /// By half-life, where the code sequence is missing: within 1 %, which no two of the known
  /// nuclides share.
  private static func nuclide(_ header: PETHeader) -> Radionuclide? {
    guard let halfLife = header.halfLife else { return nil }
    return Radionuclide.all.first { abs(halfLife / $0.halfLife.inSeconds - 1) < 0.01 }
  }

  /// A header with a time of day only means the last such time before the scan.
  private static func clockInjection(_ header: PETHeader, before start: Date) -> Date? {
    guard let clock = header.injectionClock else { return nil }
    let day = 86_400.0
    let midnight = (start.timeIntervalSince1970 / day).rounded(.down) * day
    let sameDay = Date(timeIntervalSince1970: midnight + clock)
    return sameDay <= start ? sameDay : sameDay.addingTimeInterval(-day)
  }
}
