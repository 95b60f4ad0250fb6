import CourseStore
public import Foundation
import Reporting

/// Commissions the chain on a site's own scan: derives follow-ups with known motion and known
/// change of uptake, writes them as DICOM, runs the chain, and reports its errors with confidence
/// intervals on a page that a physicist can sign. The answer of `theratrack commission`.
public struct Commissioning {
  private let course: Course
  private let plan: CommissioningPlan
  private let output: URL
  private let progress: (String, Double) -> Void

  public init(
    course: Course, plan: CommissioningPlan, output: URL,
    progress: @escaping (String, Double) -> Void
  ) {
    (self.course, self.plan, self.output, self.progress) = (course, plan, output, progress)
  }

  /// - Throws: What a stage of the chain throws, or ``CommissioningError``.
  public func run() throws -> CommissioningReport {
    try AtomicFile.makeFolder(at: output)
    let store = try CourseStore(file: output.appending(path: "commissioning.sqlite"))
    progress("reading the site's scan", 0.02)
    let site = try SiteScan(course, store: store)
    let derived = DerivedCourse(site, plan, into: output.appending(path: "dicom"))
    let (chain, visits) = try derived.write { fraction in
      progress("deriving follow-ups", 0.05 + 0.35 * fraction)
    }
    let work = CourseWork(course: chain, store: store) { label, fraction in
      progress(label, 0.4 + 0.5 * fraction)
    }
    let results = try work.results()
    let scores = CommissioningScorer(site: site, plan: plan, results: results).score(visits)
    let report = CommissioningReport(course: course, plan: plan, visits: visits, scores: scores)
    progress("report", 0.95)
    try report.write(to: output)
    progress("done", 1)
    return report
  }
}
