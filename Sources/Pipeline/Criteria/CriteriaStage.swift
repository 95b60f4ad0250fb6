import DICOMIO
import Foundation
import Lesions
import Quantities
import Response

/// Judges a course by the criteria it names, from the lesions followed in PET and from those
/// outlined on CT.
struct CriteriaStage {
  let course: Course
  let library: PackLibrary
  let tracks: TrackResult
  /// The pack of the baseline's tracer.
  let tracer: TracerPack?

  /// The criteria of the course file, or those of the tracer's pack whose every rule has a source
  /// that was read.
  func chosen() throws(PackError) -> [CriteriaOutcome.Chosen] {
    guard let choices = course.criteria else {
      var usual: [CriteriaOutcome.Chosen] = []
      for id in tracer?.criteria ?? [] {
        let pack = try library.criteria(id)
        if pack.leastConfidence >= .secondary {
          usual.append(.init(pack: pack, settings: CriteriaSettings()))
        }
      }
      return usual
    }
    var chosen: [CriteriaOutcome.Chosen] = []
    for choice in choices {
      chosen.append(.init(pack: try library.criteria(choice.id), settings: choice.settings))
    }
    return chosen
  }

  func outcome(_ chosen: [CriteriaOutcome.Chosen], ct: [CTLesions]) -> CriteriaOutcome {
    CriteriaOutcome(
      chosen, tracer: tracerName, refusals: refusals, pet: pet(), ct: ctScans(ct))
  }

  private var tracerName: String? { tracer?.name ?? tracks.scans.first?.tracer }

  private var refusals: [CriteriaMetric: String] {
    let refused = tracks.scans.map(\.refused).reduce([:]) { $0.merging($1) { first, _ in first } }
    return CriteriaMetric.allCases.reduce(into: [:]) { $0[$1] = refused[$1.rawValue] }
  }

  // MARK: PET

  func pet() -> [CriteriaScan] {
    tracks.scans.map { facts in
      var scan = CriteriaScan(
        id: facts.timePoint, days: days(facts),
        lesions: tracks.lesions.compactMap { lesion in
          lesion.point(facts.timePoint).map { self.lesion(lesion, at: $0) }
        },
        suvReferences: facts.regions, facts: clinical(facts),
        uptakeMinutes: facts.uptakeMinutes,
        injectedMegabecquerels: facts.injected?.megabecquerels)
      if let fraction = facts.leanBodyFraction.value {
        scan.sulReferences = facts.regions.mapValues {
          NormalUptake(
            mean: $0.mean * fraction, standardDeviation: $0.standardDeviation.map { $0 * fraction },
            maximum: $0.maximum.map { $0 * fraction })
        }
      }
      return scan
    }
  }

  private func days(_ facts: TrackResult.ScanFacts) -> Double? {
    guard let first = tracks.scans.first?.start, let start = facts.start else { return nil }
    return start.timeIntervalSince(first) / 86_400
  }

  /// What the course file says, and the number of cycles that its dates tell.
  private func clinical(_ facts: TrackResult.ScanFacts) -> [String: ClinicalFact] {
    var known = course.timePoint(facts.timePoint)?.clinical ?? [:]
    if known["cycles_given"] == nil, let start = facts.start, !course.cycles.isEmpty {
      known["cycles_given"] = .number(Double(course.cycles.count { $0.at < start }))
    }
    return known
  }

  private func lesion(
    _ track: TrackResult.TrackedLesion, at point: TrackResult.Point
  ) -> CriteriaLesion {
    let written = course.lesionFacts[track.id]
    var lesion = CriteriaLesion(
      id: track.id, state: .init(point.fate), organ: written?.organ, isNode: written?.node,
      isDistant: written?.distant, isTarget: written?.target)
    for metric in CriteriaMetric.given {
      guard let own = UptakeMetric(key: metric.rawValue),
        let value = tracks.value(own, of: point)
      else { continue }
      switch value {
      case .value(let value): lesion.values[metric] = value
      case .notAssessable(let reason): lesion.reasons[metric] = "\(track.id): \(reason)"
      }
    }
    // Of the uptake, for criteria of PET that ask for its extent.
    lesion.values[.diameter] = tracks.outline(of: track, at: point.timePoint).flatMap {
      AxialDiameters.longest(of: $0.outline)?.millimetres
    }
    return lesion
  }

  // MARK: CT

  /// Lesions of CT are told apart by their names. One that is not outlined again is not gone: its
  /// state has to be written.
  func ctScans(_ measured: [CTLesions]) -> [CriteriaScan] {
    let names = measured.flatMap { $0.lesions.map(\.name) }.uniqued()
    guard !names.isEmpty else { return [] }
    return measured.enumerated().map { n, here in
      let facts = tracks.scans.first { $0.timePoint == here.timePoint }
      return CriteriaScan(
        id: here.timePoint, days: facts.flatMap(days),
        lesions: names.map { name in
          ctLesion(
            name, at: here, wasSeen: measured[..<n].contains { $0.has(name) }, isFirst: n == 0)
        }, facts: facts.map(clinical) ?? [:])
    }
  }

  private func ctLesion(
    _ name: String, at here: CTLesions, wasSeen: Bool, isFirst: Bool
  ) -> CriteriaLesion {
    let written = course.lesionFacts.first { RegionName.canonical($0.key) == name }?.value
    let said = course.timePoint(here.timePoint)?.lesionStates[name]
    let measured = here.lesions.first { $0.name == name }
    let seen: CriteriaLesion.State =
      measured != nil
      ? (isFirst || wasSeen ? .present : .new)
      : (wasSeen
        ? .unknown(
          reason: "'\(name)' is not outlined at \(here.timePoint); write what became of it under "
            + "lesionStates")
        : .notYetSeen)
    var lesion = CriteriaLesion(
      id: name, state: said ?? seen, organ: written?.organ,
      isNode: written?.node ?? (RegionName.isNode(name) ? true : nil),
      isDistant: written?.distant, isTarget: written?.target)
    guard let measured else { return lesion }
    switch measured.diameters {
    case .value(let diameters):
      lesion.values[.diameter] = diameters.longest.millimetres
      lesion.values[.shortAxis] = diameters.shortAxis.millimetres
    case .notAssessable(let reason):
      lesion.reasons[.diameter] = reason
      lesion.reasons[.shortAxis] = reason
    }
    switch measured.attenuation {
    case .value(let mean): lesion.values[.attenuation] = mean
    case .notAssessable(let reason): lesion.reasons[.attenuation] = reason
    }
    return lesion
  }
}

extension CTLesions {
  func has(_ name: String) -> Bool { lesions.contains { $0.name == name } }
}

extension RegionName {
  /// `node 3`, `lymph node left`
  static func isNode(_ name: String) -> Bool {
    name.split(separator: " ").contains { $0.hasPrefix("node") || $0.hasPrefix("lymph") }
  }
}

extension CriteriaLesion.State {
  init(_ fate: LesionTrack.Fate) {
    switch fate {
    case .notYetSeen: self = .notYetSeen
    // One that came back is measured on; its sum grew from nothing.
    case .present, .split, .reappeared: self = .present
    case .new: self = .new
    case .firstAssessable: self = .firstAssessable
    case .vanished: self = .gone
    case .merged(let other): self = .mergedInto(other)
    case .partOf(let other): self = .partOf(other)
    case .outOfField: self = .unknown(reason: "out of field")
    case .notAssessable(let reason): self = .unknown(reason: reason)
    }
  }
}
