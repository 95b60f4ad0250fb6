import Foundation
import Geometry
import Lesions
import Quantities
import Reporting
import Response
import Volumes

/// One panel per lesion: every diagnostic time point on one scale, and the change.
struct LesionPictures {
  let tracks: TrackResult
  /// The scan in whose frame everything is shown.
  let reference: ShownScan
  let scans: [ShownScan]
  let change: ChangeLayer?
  let software: String
  let window: DisplayWindow<SUVbw>
  let style: PictureStyle

  /// A scan brought into the reference frame once for all panels.
  private struct Brought {
    let scan: ShownScan
    let emission: Layer<SUVbw>
    let ct: Layer<Hounsfield>?
  }

  func all() throws -> [(track: String, picture: Picture)] {
    let brought = try scans.map { scan in
      Brought(
        scan: scan, emission: Layer(try scan.inReference(reference)),
        ct: try scan.ctInReference(reference).map { Layer($0) })
    }
    return try tracks.lesions.compactMap { lesion in
      guard let centre = try centre(of: lesion) else { return nil }
      let panel = LesionPanel(
        id: lesion.id, heading: heading(lesion), statement: statement(lesion), centre: centre,
        views: try brought.map { try view(of: lesion, at: $0, centre: centre) }, change: change,
        changeCaptions: change == nil ? [] : ["before to after"], window: window,
        style: style)
      return (
        lesion.id,
        try panel.picture(named: "lesion-\(lesion.id)", software: software)
          .made(from: scans.flatMap(\.sources))
      )
    }
  }

  /// Where the lesion is in the reference frame: where it was first outlined.
  private func centre(of lesion: TrackResult.TrackedLesion) throws -> PatientPoint? {
    for scan in scans {
      if let outline = tracks.outline(of: lesion, at: scan.id) {
        return try scan.inReference(outline.outline, reference).centroid
      }
    }
    return nil
  }

  private func heading(_ lesion: TrackResult.TrackedLesion) -> String {
    lesion.points.last.map { "· \($0.words)" } ?? ""
  }

  private func statement(_ lesion: TrackResult.TrackedLesion) -> String {
    let last = lesion.changes.last { $0.metric == .suvPeak }
    guard let last else { return "one time point only: no change can be stated" }
    switch last.change {
    case .value(let change): return change.description
    case .notAssessable(let reason): return "SUVpeak: not assessable, \(reason)"
    }
  }

  private func view(
    of lesion: TrackResult.TrackedLesion, at brought: Brought, centre: PatientPoint
  ) throws -> LesionPanel<SUVbw>.View {
    let scan = brought.scan
    func refused(_ reason: String) -> LesionPanel<SUVbw>.View {
      .init(label: scan.label, content: .notAssessable(reason: reason), captions: [])
    }
    guard scan.link.isAssessable else { return refused("no link to the reference") }
    guard scan.suv.grid.contains(scan.link.referenceToHere(centre)) else {
      return refused("out of field")
    }
    let outline = try tracks.outline(of: lesion, at: scan.id).map {
      try scan.inReference($0.outline, reference)
    }
    return .init(
      label: scan.label,
      content: .shown(emission: brought.emission, ct: brought.ct, outline: outline),
      captions: captions(lesion.point(scan.id)))
  }

  private func captions(_ point: TrackResult.Point?) -> [String] {
    guard let metrics = point?.metrics else { return [point?.words ?? "no outline"] }
    let peak = metrics.suvPeak.value?.value.inBaseUnit ?? metrics.suvMax.inBaseUnit
    let name = metrics.suvPeak.value == nil ? "SUVmax" : "SUVpeak"
    return [
      "\(name) \(Digits.text(peak, 1)) g/mL",
      "\(Digits.text(metrics.metabolicVolume.millilitres, 1)) mL · \(point?.words ?? "")",
    ]
  }
}

/// Numbers in running text.
enum Digits {
  /// With a fixed number of significant digits; very large and small ones as powers of ten.
  static func significant(_ value: Double, _ digits: Int) -> String {
    let isExtreme = value != 0 && !(1e-3..<1e6).contains(abs(value))
    let english = Locale(identifier: "en")
    return isExtreme
      ? value.formatted(
        .number.notation(.scientific).precision(.significantDigits(digits)).locale(english))
      : value.formatted(
        .number.precision(.significantDigits(digits)).grouping(.never).locale(english))
  }

  /// A factor a person stated: as short as it is.
  static func factor(_ value: Double) -> String {
    value.formatted(
      .number.precision(.significantDigits(1...3)).grouping(.never).locale(.init(identifier: "en")))
  }

  /// With a fixed number of decimals and a decimal point.
  static func text(_ value: Double, _ decimals: Int) -> String {
    value.formatted(
      .number.precision(.fractionLength(decimals)).grouping(.never).locale(.init(identifier: "en")))
  }
}
