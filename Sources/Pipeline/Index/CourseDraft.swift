import DICOMIO
import Foundation
import Geometry
import Quantities

/// Sorts one patient's series into time points and cycles.
struct CourseDraft {
  private let folder: URL
  private let base: URL
  private let series: [SeriesCatalogue.Series]

  private(set) var timePoints: [CourseProposal.TimePoint] = []
  private(set) var cycles: [CourseProposal.Cycle] = []
  private(set) var agent: String?
  private(set) var undecided: [String] = []

  init(_ patient: SeriesCatalogue.Patient, folder: URL, base: URL) {
    self.folder = folder
    self.base = base
    series = patient.studies.flatMap(\.series)
  }

  /// Nuclides given for treatment. A scan of one of them is dosimetry.
  private static let therapeutic: Set<String> = ["Lu-177", "Y-90", "I-131", "Tb-161"]
  /// Injections this close together are one administration: the clocks of several scanners.
  private static let oneAdministration: TimeInterval = 12 * 3600

  mutating func decide() {
    let originals = series.filter { $0.role == .pet || $0.role == .spect }
    let derived = series.filter { one in
      one.role == .derivedPET
        && !originals.contains { $0.frameOfReference == one.frameOfReference }
    }
    for one in derived {
      undecided.append("\(place(one)) is a derived PET without its original; it was taken as it is")
    }
    let images = (originals + derived)
      .sorted { ($0.start ?? .distantFuture) < ($1.start ?? .distantFuture) }
    guard !images.isEmpty else {
      undecided.append("no PET or SPECT that can be quantified was found")
      return
    }
    for other in series where other.role == .petWithoutAttenuationCorrection {
      undecided.append("left out: \(place(other)), a PET without attenuation correction")
    }
    for image in images where image.start == nil {
      undecided.append("\(place(image)) has no acquisition date; its place in time is a guess")
    }
    cycles(from: images)
    let firstTherapy = cycles.first?.at
    var follow = 0
    var hasBaseline = false
    for image in images {
      let tracer = Self.tracer(image)
      if isTherapeutic(image) {
        addDosimetry(image, tracer)
      } else if !hasBaseline {
        hasBaseline = true
        if let start = image.start, let firstTherapy, start > firstTherapy {
          undecided.append("the first diagnostic scan is after the first cycle: is it a baseline?")
        }
        add(image, id: "base", role: .baseline, cycle: nil, tracer)
      } else {
        follow += 1
        add(image, id: "fu\(follow)", role: .followUp, cycle: nil, tracer)
      }
    }
    if !hasBaseline {
      undecided.append("no diagnostic PET: set the role of one time point to baseline")
    }
  }

  // MARK: Cycles

  private mutating func cycles(from images: [SeriesCatalogue.Series]) {
    let therapy = images.filter(isTherapeutic)
    agent = therapy.compactMap { Self.nuclide($0)?.symbol }.first
    for image in therapy {
      guard let injection = image.uptake?.injection else {
        undecided.append("\(place(image)) has no injection time; its cycle is not known")
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

  // MARK: Time points

  private mutating func addDosimetry(_ image: SeriesCatalogue.Series, _ tracer: String?) {
    guard let number = cycle(of: image), let at = cycles.first(where: { $0.number == number })?.at
    else {
      undecided.append("\(place(image)) belongs to no known cycle and was left out")
      return
    }
    let hours = image.start.map { Int(($0.timeIntervalSince(at) / 3600).rounded()) }
    var id = "c\(number)h\(hours.map(String.init) ?? "x")"
    while timePoints.contains(where: { $0.id == id }) { id += "b" }
    add(image, id: id, role: .dosimetry, cycle: number, tracer)
  }

  private mutating func add(
    _ image: SeriesCatalogue.Series, id: String, role: Course.Role, cycle: Int?, _ tracer: String?
  ) {
    let together = series.filter {
      $0.frameOfReference != nil && $0.frameOfReference == image.frameOfReference
    }
    timePoints.append(
      CourseProposal.TimePoint(
        id: id, role: role, cycle: cycle, emission: path(of: image), isSPECT: image.role == .spect,
        ct: one(together, [.ct], "CT", id), structures: structures(for: image, id: id),
        tracer: tracer, start: image.start))
  }

  /// The path of the only series of a kind in this frame; several are left for the user.
  private mutating func one(
    _ series: [SeriesCatalogue.Series], _ roles: Set<SeriesCatalogue.Role>, _ name: String,
    _ id: String
  ) -> String? {
    let fitting = series.filter { roles.contains($0.role) }
    if fitting.count > 1 {
      undecided.append(
        "\(id): \(fitting.count) \(name) series share the frame; the first was taken: "
          + fitting.map(place).joined(separator: ", "))
    }
    if fitting.isEmpty { undecided.append("\(id): no \(name) in the same frame of reference") }
    return fitting.first.map(path)
  }

  /// Outlines carry no frame in their own header; they lie beside their images.
  private func structures(for image: SeriesCatalogue.Series, id: String) -> String? {
    let study = (image.files.first ?? "").split(separator: "/").dropLast(2)
    return series.first {
      ($0.role == .structureSet || $0.role == .segmentation)
        && ($0.frameOfReference == image.frameOfReference && image.frameOfReference != nil
          || ($0.files.first ?? "").split(separator: "/").starts(with: study) && !study.isEmpty)
    }.map(path)
  }

  // MARK: Names and places

  private func isTherapeutic(_ image: SeriesCatalogue.Series) -> Bool {
    Self.nuclide(image).map { Self.therapeutic.contains($0.symbol) } ?? (image.role == .spect)
  }

  private static func nuclide(_ image: SeriesCatalogue.Series) -> Radionuclide? {
    image.uptake?.radionuclide.flatMap(Radionuclide.init(symbol:))
      ?? image.uptake?.radiopharmaceutical.flatMap { text in
        text.split(separator: " ").lazy.compactMap { Radionuclide(symbol: String($0)) }.first
      }
  }

  /// `Ga-68 DOTATATE`: nuclide and ligand as the headers give them.
  private static func tracer(_ image: SeriesCatalogue.Series) -> String? {
    let nuclide = nuclide(image)?.symbol
    let ligand = image.uptake?.radiopharmaceutical?.split(separator: " ").filter {
      Radionuclide(symbol: String($0)) == nil
    }.map(String.init).joined(separator: " ")
    let words = [nuclide, ligand].compactMap { $0 }.filter { !$0.isEmpty }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// Folder of the series when it holds nothing else, else its first file, relative to `base`.
  private func path(of series: SeriesCatalogue.Series) -> String {
    let first = series.files.first ?? ""
    let parent = first.split(separator: "/").dropLast().joined(separator: "/")
    let others = self.series.filter { $0.uid != series.uid }.flatMap(\.files)
    let isAlone = !others.contains {
      $0.split(separator: "/").dropLast().joined(separator: "/") == parent
    }
    let below = isAlone || series.files.count > 1 ? parent : first
    return relative(folder.appending(path: below))
  }

  private func relative(_ url: URL) -> String {
    let (path, root) = (url.standardizedFileURL.path, base.standardizedFileURL.path)
    let prefix = root.hasSuffix("/") ? root : root + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  private func place(_ series: SeriesCatalogue.Series) -> String {
    "'\(series.files.first ?? "")'"
  }
}
