import CourseStore
import DICOMIO
import Dosimetry
public import Foundation
import Geometry
import Lesions
import Planning
import Quantities
import Registration
import Reporting
import Response
import Volumes

/// Runs all stages of a course, finding in the store what was made before from the same inputs.
public struct CourseRun {
  private let course: Course
  private let output: URL
  private let progress: (String, Double) -> Void

  /// - Parameters:
  ///   - output: Folder for results; made when it is not there.
  ///   - progress: Called with what is being done and the fraction done.
  public init(course: Course, output: URL, progress: @escaping (String, Double) -> Void) {
    self.course = course
    self.output = output
    self.progress = progress
  }

  /// - Throws: What a stage throws; results of earlier runs stay as they were.
  public func run() throws -> RunSummary {
    try AtomicFile.makeFolder(at: output)
    try refuseLinks()
    let lock = try RunLock(folder: output)
    defer { withExtendedLifetime(lock) {} }
    sweepUnfinishedFiles()
    let store = try CourseStore(file: output.appending(path: "course.sqlite"))
    let work = try CourseWork(course: course, store: store, progress: progress).settled()
    let number = try store.beginRun(softwareVersion: Provenance.softwareVersion)
    var results = try work.results()
    if let settings = course.voxelDose {
      results.doseMaps = try work.storedDoseMaps(
        after: results, settings: settings, into: output.appending(path: "dose"))
    }
    let report = ReportStage(results: results, scans: work.scans, output: output, store: store)
    let written = try work.clock.time("report") {
      progress("report", 0.8)
      return try report.run()
    }
    progress("done", 1)
    let summary = RunSummary(
      results: results, stages: work.clock.entries, files: written, output: output)
    try store.finishRun(number, outcome: summary.outcome, tables: ResultTables(results))
    return summary
  }

  /// A link among the results would lead writing out of the folder that the user named.
  private func refuseLinks() throws {
    let inside = FileManager.default.enumerator(
      at: output, includingPropertiesForKeys: [.isSymbolicLinkKey])
    while let file = inside?.nextObject() as? URL {
      if try file.resourceValues(forKeys: [.isSymbolicLinkKey]).isSymbolicLink == true {
        throw PipelineError.linkAmongResults(path: file.path)
      }
    }
  }

  /// Removes what a killed run was writing. Only the holder of the lock may: nobody else writes.
  private func sweepUnfinishedFiles() {
    guard let left = FileManager.default.enumerator(at: output, includingPropertiesForKeys: nil)
    else { return }
    for case let file as URL in left where AtomicFile.isUnfinished(file) {
      try? FileManager.default.removeItem(at: file)
    }
  }
}

/// One run under way.
struct CourseWork {
  let course: Course
  let store: CourseStore
  let progress: (String, Double) -> Void
  let scans: [String: TimePointScans]
  let clock = StageClock()
  let library: PackLibrary

  init(course: Course, store: CourseStore, progress: @escaping (String, Double) -> Void) {
    self.course = course
    self.store = store
    self.progress = progress
    library = PackLibrary(beside: course.folder)
    scans = Dictionary(
      uniqueKeysWithValues: course.timePoints.map {
        (
          $0.id,
          TimePointScans(
            $0, store: store, gaps: course.gaps, quantification: course.quantification(of: $0))
        )
      })
  }

  func results() throws -> CourseResults {
    guard let reference = scans[course.reference] else { throw PipelineError.noReference }
    try clock.time("check") {
      progress("checking the inputs", 0.02)
      try checkOnePatient()
      return ((), false)
    }
    let registration = try registration(to: reference)
    let tracks = try tracks(registration)
    let pack = try PlanStage.pack(course)
    let judged = try tracks.map { try criteria($0) }
    let cycles = try doses(registration, tracks, pack)
    let given = cycles.map(\.dose)
    let cumulative = given.contains { !$0.doses.isEmpty } ? try CumulativeDose.sums(given) : []
    let proposal = try pack.map { pack in
      try clock.time("plan") { (try PlanStage.propose(pack, after: given), false) }
    }
    return CourseResults(
      course: course, registration: registration, tracks: tracks,
      criteria: judged?.outcome, criteriaInput: judged?.input ?? [], cycles: cycles,
      cumulative: cumulative,
      proposal: proposal,
      problems: ProblemList(
        course: course, registration: registration, tracks: tracks, criteria: judged?.outcome,
        cycles: cycles
      ).all(proposal: proposal))
  }

  /// A course is of one patient; a wrong folder must not mix two.
  private func checkOnePatient() throws {
    let points = course.timePoints
    let files = try points.map { try SeriesSelection.firstFile(at: $0.emission) }
    let groups = try SeriesCatalogue.patientGroups(of: files)
    guard let other = groups.firstIndex(where: { $0 != groups[0] }) else { return }
    throw PipelineError.differentPatient(timePoint: points[other].id, reference: points[0].id)
  }

  // MARK: Register

  /// Every time point linked to the reference, and each directly to the one before it of the same
  /// kind: the loop tells whether the links keep what they promise.
  private func registration(to reference: TimePointScans) throws -> CourseRegistration {
    let stage = RegisterStage(reference: reference)
    var found = CourseRegistration()
    var before: [Course.Chain: RegisterStage.Linked] = [:]
    for (n, point) in course.timePoints.enumerated() {
      guard let moving = scans[point.id] else { continue }
      progress("registering \(point.id)", 0.05 + 0.35 * Double(n) / Double(scans.count))
      if point.id == course.reference {
        found.links.append(try stage.identity())
        continue
      }
      let linked = try linked(moving, by: stage)
      found.add(linked)
      let previous = before.updateValue(linked, forKey: point.chain)
      if let previous, let loop = try loop(previous, linked, by: stage) {
        found.loops.append(loop)
      }
      previous?.scans.releaseCT()
      moving.releaseVoxels()
    }
    for linked in before.values { linked.scans.releaseCT() }
    reference.releaseCT()
    return found
  }

  private func linked(
    _ moving: TimePointScans, by stage: RegisterStage
  ) throws -> RegisterStage.Linked {
    let (id, key) = (moving.point.id, try stage.key(moving))
    let link = try clock.time("register", part: id) {
      try stored("register", key: key) { try stage.link(moving) }
    }
    let deformable = try clock.time("deform", part: id) {
      try stored("deform", key: key) { try stage.deformable(moving, from: link) }
    }
    return .init(scans: moving, link: link, deformable: deformable, key: key)
  }

  private func loop(
    _ a: RegisterStage.Linked, _ b: RegisterStage.Linked, by stage: RegisterStage
  ) throws -> LinkLoop? {
    try clock.time("close", part: "\(a.link.timePoint) to \(b.link.timePoint)") {
      try stored("close", key: stage.key(a, b)) { try stage.loop(a, b) }
    }
  }

  /// The same work with a reference that is one of the time points, should the course ask for the
  /// one nearest to the mean of all.
  func settled() throws -> CourseWork {
    guard course.referenceIsMean, let start = scans[course.reference] else { return self }
    let choices = course.timePoints.filter(\.mayBeMean)
    let stage = RegisterStage(reference: start)
    var maps: [String: any SpatialLink] = [:]
    for point in choices where point.id != course.reference {
      guard let moving = scans[point.id] else { continue }
      progress("looking for the middle of the course", 0.03)
      maps[point.id] = try linked(moving, by: stage).map
      moving.releaseCT()
    }
    let links = try CourseLinks(reference: try start.frame(), links: maps)
    let points = try start.pyramid(.fixed).bodyPoints()
    start.releaseCT()
    var course = course
    let ids = choices.map(\.id).filter { $0 == course.reference || maps[$0] != nil }
    course.reference = links.nearestToMean(of: ids, at: points) ?? course.reference
    return CourseWork(course: course, store: store, progress: progress)
  }

  // MARK: Track and quantify

  private func tracks(_ registration: CourseRegistration) throws -> TrackResult? {
    let points = course.timePoints.filter { $0.role != .dosimetry }
    let diagnostic = points.compactMap { scans[$0.id] }
    guard !diagnostic.isEmpty else { return nil }
    let edits = try course.lesions.edits.map { try EditsFile.read($0) } ?? []
    let stage = TrackStage(
      course: course, registration: registration, tracers: try tracers(points), edits: edits)
    let course = course
    return try clock.time("track") {
      progress("following lesions", 0.42)
      return try stored("track", key: try stage.key(diagnostic)) {
        try stage.run(
          try diagnostic.map { try UptakeScan($0, course: course) }.inOrderOfTime())
      }
    }
  }

  private func tracers(_ points: [Course.TimePoint]) throws(PackError) -> [String: TracerPack] {
    var known: [String: TracerPack] = [:]
    for point in points { known[point.id] = try library.tracer(named: point.tracer) }
    return known
  }

  // MARK: Criteria

  private func criteria(
    _ tracks: TrackResult
  ) throws -> (outcome: CriteriaOutcome, input: [CriteriaInputRow]) {
    let stage = CriteriaStage(
      course: course, library: library, tracks: tracks,
      tracer: try library.tracer(named: tracks.scans.first?.tracer))
    let chosen = try stage.chosen()
    let asksForCT = chosen.contains { $0.pack.images == .ct }
    let ct = try asksForCT ? tracks.scans.compactMap { try ctLesions($0.timePoint) } : []
    let outcome = clock.time("criteria") {
      progress("response criteria", 0.52)
      return (stage.outcome(chosen, ct: ct), false)
    }
    return (outcome, CriteriaInputRow.rows(pet: stage.pet(), ct: stage.ctScans(ct)))
  }

  /// `nil` for a time point without outlines.
  private func ctLesions(_ timePoint: String) throws -> CTLesions? {
    guard let scan = scans[timePoint], scan.point.structures != nil else { return nil }
    return try clock.time("criteria", part: timePoint) {
      try stored("ctlesions", key: try CTLesions.key(scan)) { try CTLesions.measure(scan) }
    }
  }

  // MARK: Dose

  func doseStage(
    _ agent: Course.Agent, _ registration: CourseRegistration, _ tracks: TrackResult?,
    _ pack: LimitPack?
  ) throws -> DoseStage {
    DoseStage(
      course: course, agent: agent, registration: registration,
      lesions: tracks?.lesions(atReference: course.reference) ?? [],
      tissues: pack?.tissues ?? [:], lesionTissue: pack?.lesions?.tissue,
      tables: try DosimetryTables(course.dosimetry, radionuclide: agent.radionuclide))
  }

  private func doses(
    _ registration: CourseRegistration, _ tracks: TrackResult?, _ pack: LimitPack?
  ) throws -> [CycleResult] {
    guard let agent = course.agent else { return [] }
    let stage = try doseStage(agent, registration, tracks, pack)
    var results: [CycleResult] = []
    for cycle in course.cycles {
      let points = course.timePoints.filter { $0.role == .dosimetry && $0.cycle == cycle.number }
      let images = points.compactMap { scans[$0.id] }
      guard !images.isEmpty else { continue }
      let earlier = results
      results.append(
        try clock.time("dose", part: "cycle \(cycle.number)") {
          progress("dose of cycle \(cycle.number)", 0.55 + 0.2 * Double(cycle.number) / 10)
          return try stored("dose", key: try stage.key(cycle, images, after: earlier)) {
            try stage.run(cycle, images, after: earlier)
          }
        })
    }
    return results
  }

  /// The result under this key from the store, or a new one, kept.
  private func stored<Value: Codable>(
    _ stage: String, key: Digest, _ make: () throws -> Value
  ) throws -> (value: Value, reused: Bool) {
    if let known = try store.result(of: stage, key: key, as: Value.self) { return (known, true) }
    let value = try make()
    try store.keep(value, of: stage, key: key, softwareVersion: Provenance.softwareVersion)
    return (value, false)
  }
}

extension [UptakeScan] {
  fileprivate func inOrderOfTime() -> [UptakeScan] {
    sorted { ($0.facts.start ?? .distantFuture) < ($1.facts.start ?? .distantFuture) }
  }
}
