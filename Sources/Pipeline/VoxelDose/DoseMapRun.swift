import CourseStore
import DICOMIO
import Dosimetry
public import Foundation
import Geometry
import Lesions
import Quantities
import Reporting
import Transport
import Volumes

/// `theratrack dose COURSE`: dose maps of every cycle and of all together.
///
/// The stages before it, register to dose, are those of a run, and are found again in the store of
/// the output folder; the maps are written into its folder `dose`.
public struct DoseMapRun {
  private let course: Course
  private let settings: DoseMapSettings
  private let output: URL
  private let progress: (String, Double) -> Void

  public init(
    course: Course, settings: DoseMapSettings, output: URL,
    progress: @escaping (String, Double) -> Void
  ) {
    self.course = course
    self.settings = settings
    self.output = output
    self.progress = progress
  }

  /// - Throws: ``DoseMapError``, `TransportError` and what the stages before throw.
  public func run() throws -> DoseMapResults {
    guard course.agent != nil else { throw DoseMapError.noAgent }
    try AtomicFile.makeFolder(at: output)
    let lock = try RunLock(folder: output)
    defer { withExtendedLifetime(lock) {} }
    let store = try CourseStore(file: output.appending(path: "course.sqlite"))
    let work = try CourseWork(course: course, store: store, progress: progress).settled()
    let maps = try work.storedDoseMaps(
      after: try work.results(), settings: settings, into: output.appending(path: "dose"))
    progress("done", 1)
    return maps
  }
}

extension CourseWork {
  /// The maps as they were made before from the same inputs, while their files are still there, or
  /// new ones.
  func storedDoseMaps(
    after results: CourseResults, settings: DoseMapSettings, into output: URL
  ) throws -> DoseMapResults {
    let key = try doseMapKey(results, settings)
    if let known = try store.result(of: "dose map", key: key, as: DoseMapResults.self),
      known.files.allSatisfy({
        FileManager.default.fileExists(atPath: output.appending(path: $0).path)
      })
    {
      return known
    }
    let maps = try doseMaps(after: results, settings: settings, into: output)
    try store.keep(maps, of: "dose map", key: key, softwareVersion: Provenance.softwareVersion)
    return maps
  }

  private func doseMapKey(_ results: CourseResults, _ settings: DoseMapSettings) throws -> Digest {
    let encoder = JSONEncoder.sorted
    var parts = [Provenance.softwareVersion, course.id, results.course.agent?.radionuclide.symbol]
      .compactMap { $0 }
    parts.append(try encoder.encode(settings).base64EncodedString())
    parts.append(String(describing: course.dosimetry.rbe))
    parts.append(try encoder.encode(results.cycles).base64EncodedString())
    for point in course.timePoints where point.role == .dosimetry || point.id == course.reference {
      guard let scan = scans[point.id] else { continue }
      parts += try results.registration.parts(of: point.id)
      parts += [
        point.id, try scan.digest(.emission), try scan.digest(.ct), try scan.digest(.structures),
      ]
    }
    return Digest(of: parts)
  }

  /// Makes the maps of all cycles that have scans and writes them.
  func doseMaps(
    after results: CourseResults, settings: DoseMapSettings, into output: URL
  ) throws -> DoseMapResults {
    guard let agent = course.agent else { throw DoseMapError.noAgent }
    try AtomicFile.makeFolder(at: output)
    let stage = DoseMapStage(
      course: course, agent: agent, registration: results.registration,
      organs: try doseStage(
        agent, results.registration, results.tracks, try PlanStage.pack(course)),
      settings: settings)
    var files = DoseMapFiles(course: course, output: output)
    var maps: [CycleDoseMap] = []
    for cycle in course.cycles {
      let points = course.timePoints.filter { $0.role == .dosimetry && $0.cycle == cycle.number }
      let images = points.compactMap { scans[$0.id] }
      guard let result = results.cycles.first(where: { $0.dose.cycle == cycle.number }),
        !images.isEmpty
      else { continue }
      progress("dose map of cycle \(cycle.number)", 0.8)
      let map = try clock.time("dose map", part: "cycle \(cycle.number)") {
        (try stage.run(cycle, images, result), false)
      }
      if let scan = scans[map.timePoint] {
        try files.write(map, scans: scan)
        scan.release()
      }
      maps.append(map)
    }
    guard !maps.isEmpty else { throw DoseMapError.noDosimetry }
    let sum = try cumulative(maps, results, stage, &files)
    try files.writeHistograms(maps, sum)
    let answer = try DoseMapResults(
      maps, sum, settings: settings, radionuclide: agent.radionuclide, files: files.written)
    try AtomicFile.write(JSONWriter.data(answer), to: output.appending(path: "dose.json"))
    return answer
  }

  private func cumulative(
    _ maps: [CycleDoseMap], _ results: CourseResults, _ stage: DoseMapStage,
    _ files: inout DoseMapFiles
  ) throws -> CumulativeDoseMap? {
    guard let reference = scans[course.reference] else { throw PipelineError.noReference }
    progress("dose of all cycles", 0.95)
    let grid = try reference.emission().grid()
    let even = try VoxelGrid(
      size: grid.size, spacing: grid.spacing, axes: grid.axes, origin: grid.origin)
    let regions = try referenceRegions(reference, even, stage)
    let sum = try CumulativeDoseMap(maps, on: even, regions: regions)
    try files.write(sum, reference: reference, regions: regions)
    reference.release()
    return sum
  }

  /// Lesions and organs as outlined at the reference; lesions keep the voxels they share.
  private func referenceRegions(
    _ reference: TimePointScans, _ grid: VoxelGrid, _ stage: DoseMapStage
  ) throws -> [RegionCoverage] {
    let frame = try reference.frame()
    let lesions = try stage.organs.lesions.compactMap { lesion in
      try lesion.placedAtReference(frame)?.coverage(on: grid)
    }
    guard let outlines = try reference.outlines() else { return try lesions.withoutOverlap() }
    let fine = try reference.point.ct == nil ? grid : reference.ct().volume.grid
    let organs = try outlines.organNames.filter { $0 != "body" }.compactMap { name in
      try outlines.mask(name, on: fine, frame: frame).flatMap { mask in
        mask.isEmpty
          ? nil : try RegionCoverage(name: name, kind: .organ, mask: mask, averagedOnto: grid)
      }
    }
    return try (lesions + organs).withoutOverlap()
  }
}

extension DoseMapResults {
  init(
    _ maps: [CycleDoseMap], _ sum: CumulativeDoseMap?, settings: DoseMapSettings,
    radionuclide: Radionuclide, files: [String]
  ) throws {
    let kernels = try KernelStore(material: .water).kernels(parent: radionuclide.symbol)
    let isSimulated = settings.method.isSimulated
    method = settings.method
    timeActivity = settings.timeActivity
    self.radionuclide = radionuclide.symbol
    daughters = kernels.members.dropFirst().map(\.symbol)
    decays = isSimulated ? settings.decays : nil
    seed = isSimulated ? settings.seed : nil
    cycles = maps.map(Cycle.init)
    cumulative = sum.map {
      Cumulative(cycles: $0.cycles, regions: $0.regions.map(Region.init))
    }
    self.files = files + ["dose.json"]
    notes = Self.notes(maps, radionuclide, kernels, settings)
    problems =
      maps.flatMap { map in map.problems.map { "cycle \(map.cycle), \($0)" } }
      + maps.compactMap(Self.outsideCT) + maps.compactMap(Self.unreliable)
      + (sum?.problems ?? [])
  }

  private static func notes(
    _ maps: [CycleDoseMap], _ radionuclide: Radionuclide, _ kernels: DecayKernels,
    _ settings: DoseMapSettings
  ) -> [String] {
    var notes = [
      "Voxels are as blurred as the images: partial volume is not undone in the maps, as it is in "
        + "the regions' doses of 'theratrack run'."
    ]
    notes += maps.compactMap { map in
      map.fittedVoxels.map { "Cycle \(map.cycle): \($0.words)." }
    }
    if settings.method == .local {
      notes.append("Photons are left out: cross-dose is missing.")
    } else {
      notes.append(
        "Cross dose: mean dose from decays outside the region"
          + (settings.method.isSimulated
            ? ", by the kernel: a simulation does not tell decays apart. None is stated for regions "
              + "with voxels where no kernel is right." : "."))
    }
    if maps.contains(where: { $0.highLET != nil }) {
      notes.append(
        "Dose of alphas and recoils is in the sum and apart in dose-high-let-*.dcm; in BED it counts "
          + "\(Self.rbe(maps)) times, without a quadratic term.")
    }
    notes += maps.compactMap(Self.simulated)
    if !kernels.leftOut.isEmpty {
      notes.append(
        "Daughters that live long on their own are not counted: "
          + kernels.leftOut.joined(separator: ", ") + ".")
    }
    return notes
  }

  private static func rbe(_ maps: [CycleDoseMap]) -> String {
    guard let stated = maps.compactMap(\.biology.statedRBE).first else {
      return
        "\(Digits.factor(VoxelEffect.relativeBiologicalEffectiveness)) (MIRD pamphlet 22; "
        + "dosimetry.rbe of the course file states none)"
    }
    return "\(Digits.factor(stated)) (RBE of the course file)"
  }

  private static func outsideCT(_ map: CycleDoseMap) -> String? {
    guard map.shareOutsideCT > 0.01 else { return nil }
    let percent = Digits.text(map.shareOutsideCT * 100, 1)
    return "cycle \(map.cycle): \(percent) % of the decays lie where the CT of '\(map.timePoint)' "
      + "does not reach; they are not in the map"
  }

  private static func simulated(_ map: CycleDoseMap) -> String? {
    guard !map.simulated.isEmpty, let error = map.simulatedError else { return nil }
    return
      "Cycle \(map.cycle): \(map.simulated.voxelCount) voxels of lung or bone, which electrons of "
      + "long range cross, are done by Monte Carlo, with a statistical standard deviation of "
      + "\(Digits.text(error * 100, 1)) % (median voxel); all others by the kernel."
  }

  private static func unreliable(_ map: CycleDoseMap) -> String? {
    guard !map.unreliable.isEmpty else { return nil }
    return
      "cycle \(map.cycle): in \(map.unreliable.voxelCount) voxels electrons of long range cross "
      + "lung or bone, where no kernel is right; use --method hybrid or montecarlo"
  }
}

extension DoseMapResults.Cycle {
  init(_ map: CycleDoseMap) {
    cycle = map.cycle
    timePoint = map.timePoint
    timePoints = map.timePoints
    let grid = map.dose.grid
    spacing = [grid.spacing.x, grid.spacing.y, grid.spacing.z]
    size = [grid.size.x, grid.size.y, grid.size.z]
    shareOutsideCT = map.shareOutsideCT
    unreliableVoxels = map.unreliable.voxelCount
    simulatedVoxels = map.simulated.isEmpty ? nil : map.simulated.voxelCount
    simulatedError = map.simulatedError
    largestGray = Double(map.dose.samples.max() ?? 0)
    fittedVoxels = map.fittedVoxels
    regions = map.regionResults.map(DoseMapResults.Region.init)
  }
}

extension CycleDoseMap {
  /// The median over the simulated voxels of their relative statistical standard deviation.
  fileprivate var simulatedError: Double? {
    guard let statistical else { return nil }
    let errors = simulated.offsets.compactMap { voxel -> Float? in
      dose.samples[voxel] > 0 ? statistical.samples[voxel] / dose.samples[voxel] : nil
    }
    return errors.isEmpty ? nil : Double(errors.sorted()[errors.count / 2])
  }
}
