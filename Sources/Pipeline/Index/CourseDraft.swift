import DICOMIO
import Foundation
import Geometry
import Quantities

/// Sorts one patient's series into time points and cycles.
struct CourseDraft {
  private let paths: SeriesPaths
  private let patient: SeriesCatalogue.Patient
  private var series: [SeriesCatalogue.Series] { patient.series }

  private(set) var timePoints: [CourseProposal.TimePoint] = []
  private(set) var cycles: [CourseProposal.Cycle] = []
  private(set) var agent: String?
  private(set) var undecided: [String] = []
  private var leftOutReasons: [String: String] = [:]
  private var used: Set<String> = []

  init(_ patient: SeriesCatalogue.Patient, folder: URL, base: URL) {
    self.patient = patient
    paths = SeriesPaths(patient.series, folder: folder, base: base)
  }

  /// Nuclides given for treatment. A scan of one of them is dosimetry.
  private static let therapeutic: Set<String> = [
    "Lu-177", "Y-90", "I-131", "Tb-161", "Cu-67", "Re-186", "Re-188", "Sm-153", "Ho-166", "Ac-225",
    "Ra-223", "Th-227", "Pb-212", "Ra-224", "At-211", "Bi-213",
  ]
  /// Injections this close together are one administration: the clocks of several scanners.
  private static let oneAdministration: TimeInterval = 12 * 3600
  /// Dosimetry scans this close together are beds or repeats of one time point; the earliest two
  /// of a protocol are hours apart.
  private static let dosimetryWindow: TimeInterval = 45 * 60
  /// Diagnostic scans of one injection within this time are one visit: early and late images.
  private static let diagnosticWindow: TimeInterval = 4 * 3600

  mutating func decide() {
    undecided += patient.remarks
    let images = chosenImages()
    guard !images.isEmpty else {
      undecided.append("no PET or SPECT that can be quantified was found")
      return
    }
    for image in images where image.start == nil {
      undecided.append("\(image.place) has no acquisition date; its place in time is a guess")
    }
    cycles(from: images)
    assignRoles(images)
    checkTracers()
  }

  /// One image for each visit, in time.
  private mutating func chosenImages() -> [SeriesCatalogue.Series] {
    let visits = patient.visits { image in
      isTherapeutic(image) ? Self.dosimetryWindow : Self.diagnosticWindow
    }
    let usual = Self.usualReconstructions(visits)
    var images: [SeriesCatalogue.Series] = []
    for visit in visits {
      let choice = SeriesChoice.emission(among: visit.images, usual: usual)
      note(choice)
      guard let image = choice.chosen else {
        undecided.append(
          "a visit was left out, none of its images can be used: "
            + choice.passedOver.map { "\($0.series.place): \($0.reason)" }.joined(separator: "; "))
        continue
      }
      images.append(image)
      noteDoubts(image)
      noteTies(choice, "PET or SPECT")
      for other in choice.passedOver where other.isForUser {
        undecided.append(
          "\(image.place) was taken; \(other.series.place) may be meant: \(other.reason)")
      }
    }
    return images
  }

  private mutating func noteDoubts(_ image: SeriesCatalogue.Series) {
    if image.role == .derivedPET {
      undecided.append(
        "\(image.place) is a derived PET without its original; it was taken as it is")
    }
    if image.grid == nil || image.isIncomplete {
      undecided.append("\(image.place): " + image.problems.joined(separator: "; "))
    }
  }

  /// Reconstructions that every visit of several has.
  private static func usualReconstructions(_ visits: [SeriesCatalogue.Visit]) -> Set<String> {
    guard visits.count > 1 else { return [] }
    let perVisit = visits.map { Set($0.images.compactMap(\.traits.reconstruction)) }
    return perVisit.dropFirst().reduce(perVisit[0]) { $0.intersection($1) }
  }

  private mutating func assignRoles(_ images: [SeriesCatalogue.Series]) {
    let firstTherapy = cycles.first?.at
    var follow = 0
    var hasBaseline = false
    for image in images {
      if isTherapeutic(image) {
        addDosimetry(image)
      } else if !hasBaseline {
        hasBaseline = true
        if let start = image.start, let firstTherapy, start > firstTherapy {
          undecided.append("the first diagnostic scan is after the first cycle: is it a baseline?")
        }
        add(image, id: "base", role: .baseline, cycle: nil)
      } else {
        follow += 1
        add(image, id: "fu\(follow)", role: .followUp, cycle: nil)
      }
    }
    if !hasBaseline {
      undecided.append("no diagnostic PET: set the role of one time point to baseline")
    }
  }

  /// A change of tracer between diagnostic scans changes uptake by itself.
  private mutating func checkTracers() {
    guard let baseline = timePoints.first(where: { $0.role == .baseline })?.tracer else { return }
    for point in timePoints where point.role == .followUp {
      if let tracer = point.tracer, tracer != baseline {
        undecided.append(
          "\(point.id) shows another tracer than the baseline; their uptake cannot be compared")
      }
    }
  }

  // MARK: Cycles

  private mutating func cycles(from images: [SeriesCatalogue.Series]) {
    let therapy = images.filter(isTherapeutic)
    agent = therapy.compactMap { TracerName.nuclide($0)?.symbol }.first
    for image in therapy {
      guard let injection = image.uptake?.injection else {
        undecided.append("\(image.place) has no injection time; its cycle is not known")
        continue
      }
      let known = cycles.contains {
        abs($0.at.timeIntervalSince(injection)) < Self.oneAdministration
      }
      if known { continue }
      guard let activity = activity(image) else {
        undecided.append("cycle \(cycles.count + 1): the injected activity is not in the header")
        continue
      }
      cycles.append(.init(number: cycles.count + 1, activity: activity, at: injection))
    }
  }

  /// Radionuclide Total Dose is in Bq in PET (PS3.3 C.8.9.2) and in MBq in NM (C.8.4.10). Below
  /// 10⁵ it cannot be Bq of a therapy.
  private func activity(_ image: SeriesCatalogue.Series) -> Activity? {
    guard let dose = image.uptake?.injectedDoseAsStored, dose > 0 else { return nil }
    return dose < 1e5 ? .megabecquerels(dose) : .becquerels(dose)
  }

  private func cycle(of image: SeriesCatalogue.Series) -> Int? {
    guard let injection = image.uptake?.injection else { return nil }
    return cycles.first {
      abs($0.at.timeIntervalSince(injection)) < Self.oneAdministration
    }?.number
  }

  private func isTherapeutic(_ image: SeriesCatalogue.Series) -> Bool {
    TracerName.nuclide(image).map { Self.therapeutic.contains($0.symbol) } ?? (image.role == .spect)
  }

  // MARK: Time points

  private mutating func addDosimetry(_ image: SeriesCatalogue.Series) {
    guard let number = cycle(of: image), let at = cycles.first(where: { $0.number == number })?.at
    else {
      undecided.append("\(image.place) belongs to no known cycle and was left out")
      leftOutReasons[image.place] = "it belongs to no known cycle"
      return
    }
    let hours = image.start.map { Int(($0.timeIntervalSince(at) / 3600).rounded()) }
    var id = "c\(number)h\(hours.map(String.init) ?? "x")"
    while timePoints.contains(where: { $0.id == id }) { id += "b" }
    add(image, id: id, role: .dosimetry, cycle: number)
  }

  private mutating func add(
    _ image: SeriesCatalogue.Series, id: String, role: Course.Role, cycle: Int?
  ) {
    let ct = SeriesChoice.ct(among: series, for: image)
    note(ct)
    noteTies(ct, "CT")
    if ct.chosen == nil { undecided.append("\(id): no CT in the same frame of reference") }
    let images = [image, ct.chosen].compactMap { $0 }
    let outlines = SeriesChoice.structures(among: series, for: images)
    note(outlines)
    noteTies(outlines, "outlines")
    used.formUnion((images + [outlines.chosen].compactMap { $0 }).map(\.place))
    timePoints.append(
      CourseProposal.TimePoint(
        id: id, role: role, cycle: cycle, emission: path(of: image), isSPECT: image.role == .spect,
        ct: ct.chosen.map { path(of: $0) }, structures: outlines.chosen.map { path(of: $0) },
        tracer: TracerName.text(image), start: image.start))
  }

  private mutating func path(of series: SeriesCatalogue.Series) -> String {
    if paths.isScattered(series) {
      undecided.append(
        "the files of \(series.place) lie in several folders together with other series; move them "
          + "into one folder and correct its path")
    }
    return paths.path(of: series)
  }

  // MARK: What was not taken

  private mutating func note(_ choice: SeriesChoice) {
    for one in choice.passedOver { leftOutReasons[one.series.place] = one.reason }
  }

  private mutating func noteTies(_ choice: SeriesChoice, _ what: String) {
    guard let chosen = choice.chosen, !choice.ties.isEmpty else { return }
    let others = choice.ties.map(\.place).joined(separator: ", ")
    undecided.append(
      "\(choice.ties.count + 1) series are equally fit as \(what); the first was taken: "
        + "\(chosen.place), not \(others)")
    for one in choice.ties {
      leftOutReasons[one.place] =
        "as fit as \(chosen.place), which was taken because it is the first"
    }
  }

  /// Every series that no time point uses, with the reason.
  var leftOut: [CourseProposal.LeftOut] {
    series.filter { !used.contains($0.place) }.map { one in
      .init(
        series: one.files.first ?? "", role: one.role, files: one.instanceCount,
        reason: leftOutReasons[one.place] ?? Self.reasonByRole(one))
    }
  }

  private static func reasonByRole(_ series: SeriesCatalogue.Series) -> String {
    if let refusal = series.refusal { return refusal }
    switch series.role {
    case .localiser: return "a localiser (topogram), not a volume"
    case .projection: return "a projection such as a MIP, not a volume"
    case .screenCapture: return "a screen capture or dose page"
    case .planarNuclearMedicine: return "planar: it has no depth"
    case .dose: return "a dose of another system; a course file has no place for it"
    case .registration: return "a registration of another system; images are registered anew"
    case .other: return "\(series.kind): a course file has no place for it"
    default: return "no time point could be made with it"
    }
  }
}
