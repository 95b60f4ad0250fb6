import Foundation
import Geometry
import Lesions
import Quantities
import Reporting
import Response
import Volumes

/// One panel per lesion: every diagnostic time point on one scale, and the change.
struct LesionPictures {
  let results: CourseResults
  let tracks: TrackResult
  let scans: [ShownScan]
  let change: ChangeLayer?
  let software: String
  let window: DisplayWindow<SUVbw>

  func all() throws -> [(track: String, picture: Picture)] {
    try tracks.lesions.compactMap { lesion in
      guard let centre = centre(of: lesion) else { return nil }
      let panel = LesionPanel(
        id: lesion.id, heading: heading(lesion), statement: statement(lesion), centre: centre,
        views: scans.map { view(of: lesion, at: $0, centre: centre) }, change: change,
        changeCaptions: change == nil ? [] : ["before to after"], window: window)
      return (
        lesion.id, try panel.picture(named: "lesion-\(lesion.id)", software: software)
      )
    }
  }

  /// Where the lesion is in the reference frame: where it was first outlined.
  private func centre(of lesion: TrackResult.TrackedLesion) -> PatientPoint? {
    for scan in scans {
      if let outline = tracks.outline(of: lesion, at: scan.id) {
        return scan.link.referenceToHere.inverse(outline.centroid)
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
    of lesion: TrackResult.TrackedLesion, at scan: ShownScan, centre: PatientPoint
  ) -> LesionPanel<SUVbw>.View {
    let through = scan.id == results.course.reference ? nil : scan.link.referenceToHere
    guard scan.link.isAssessable else {
      return .init(
        label: scan.label, content: .notAssessable(reason: "no link to the reference"),
        captions: [])
    }
    let place = scan.link.referenceToHere(centre)
    guard scan.suv.grid.contains(place) else {
      return .init(
        label: scan.label, content: .notAssessable(reason: "out of field"), captions: [])
    }
    let outline = tracks.outline(of: lesion, at: scan.id)
    return .init(
      label: scan.label,
      content: .shown(
        emission: Layer(scan.suv, through: through),
        ct: scan.ct.map { Layer($0, through: through) }, outline: outline?.outline.mask),
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
  /// With a fixed number of decimals and a decimal point.
  static func text(_ value: Double, _ decimals: Int) -> String {
    value.formatted(
      .number.precision(.fractionLength(decimals)).grouping(.never).locale(.init(identifier: "en")))
  }
}
