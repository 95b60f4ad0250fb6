import DICOMIO
import Foundation
import Geometry
import Lesions
import Quantities
import Registration
import Reporting
import Response
import Volumes

/// Makes the pictures of a course from its diagnostic scans.
struct PictureStage {
  let results: CourseResults
  let scans: [String: TimePointScans]

  /// The pictures, by where the report shows them.
  struct Pictures {
    /// Every diagnostic scan from the front and the left, and turning.
    var projections: [(still: Picture, turning: Picture)] = []
    /// Three planes through the hottest lesion of each scan.
    var fused: [Picture] = []
    var responseMap: Picture?
    /// The change over CT, in three planes.
    var responseSlices: Picture?
    /// By track.
    var lesions: [(track: String, picture: Picture)] = []
    /// What the voxels of each lesion did.
    var responses: [LesionResponse] = []
    /// What the map's grey means, or why there is no map.
    var mapNote = ""
    var dose = DosePictureStage.Pictures()
    /// Every slice of a scan, by the name of its folder.
    var slices: [(folder: String, series: SliceSeries<SUVbw>, scan: ShownScan)] = []

    var all: [Picture] {
      [responseMap, responseSlices].compactMap { $0 } + fused
        + projections.flatMap { [$0.still, $0.turning] } + lesions.map(\.picture) + dose.all
    }
  }

  static let software = "theratrack \(Provenance.softwareVersion)"
  /// CT is shown at this voxel size at the finest; pictures need no more.
  static let displaySpacing = 1.6

  private var settings: Course.PictureSettings { results.course.pictures }

  func pictures() throws -> Pictures {
    guard let tracks = results.tracks else { return Pictures() }
    var pictures = Pictures()
    let shown = try tracks.scans.map(\.timePoint).compactMap { id in
      try scans[id].map { try ShownScan($0, results: results, spacing: Self.displaySpacing) }
    }
    let plain = settings.window ?? .suv(to: Self.top(tracks), colourMap: settings.colours)
    // Over CT only a map that has no grey can be read.
    let fusing = DisplayWindow(from: plain.lower, to: plain.upper, colourMap: .ember)
    for scan in shown {
      if settings.kinds.contains(.projections) {
        pictures.projections.append(try projections(of: scan, plain))
      }
      if settings.kinds.contains(.fused), let picture = try fused(scan, fusing, tracks) {
        pictures.fused.append(picture)
      }
      if settings.kinds.contains(.slices) { pictures.slices += try slices(scan, plain) }
    }
    let reference = shown.first { $0.id == results.course.reference }
    var change: ChangeLayer?
    if let reference, let before = shown.first, let after = shown.dropFirst().last {
      let map = try ChangeMap(
        before: before, after: after, reference: reference, results: results)
      change = map.layer
      pictures.mapNote = map.note
      pictures.responses = try map.responses(tracks)
      if let change, settings.kinds.contains(.change) {
        pictures.responseMap = try BeforeAfterChange(
          before: Layer(before.inReference(reference)), after: Layer(after.inReference(reference)),
          change: change, window: plain, beforeLabel: before.label, afterLabel: after.label,
          style: settings.style
        ).picture(named: "response-map", software: Self.software)
          .made(from: before.petSource + after.petSource)
        pictures.responseSlices = try responseSlices(change, before, after, reference, tracks)
      }
    } else {
      pictures.mapNote = "There is no follow-up scan to compare with."
    }
    if let reference, shown.count > 1, settings.kinds.contains(.lesions) {
      pictures.lesions = try LesionPictures(
        tracks: tracks, reference: reference, scans: shown, change: change,
        software: Self.software, window: fusing, style: settings.style
      ).all()
    }
    return pictures
  }

  private func slices(
    _ scan: ShownScan, _ window: DisplayWindow<SUVbw>
  ) throws -> [(folder: String, series: SliceSeries<SUVbw>, scan: ShownScan)] {
    try (settings.planes ?? [.axial]).map { plane in
      (
        "slices-\(scan.id)-\(plane.rawValue)",
        try SliceSeries(scan.suv, plane: plane, window: window, depth: settings.depth), scan
      )
    }
  }

  /// The upper end of the window: above most lesions, a round number.
  private static func top(_ tracks: TrackResult) -> Double {
    let peaks = tracks.lesions.flatMap(\.points).compactMap { $0.metrics?.suvMax.inBaseUnit }
    let sorted = peaks.sorted()
    guard !sorted.isEmpty else { return 10 }
    let high = sorted[Int(0.8 * Double(sorted.count - 1))]
    return max(5, (high / 5).rounded(.up) * 5)
  }

  private func projections(
    of scan: ShownScan, _ window: DisplayWindow<SUVbw>
  ) throws -> (still: Picture, turning: Picture) {
    let projection = MaximumIntensityProjection(
      Layer(scan.suv), window: window, timePoint: scan.label, style: settings.style)
    return (
      try projection.sheet(
        named: "mip-\(scan.id)", turnedBy: [0, 90], software: Self.software
      ).made(from: scan.petSource),
      try projection.rotation(
        named: "mip-\(scan.id)-turning", frames: settings.frames, millimetresPerPixel: 2.5,
        software: Self.software
      ).made(from: scan.petSource)
    )
  }

  /// The three planes through the hottest lesion, over CT.
  private func fused(
    _ scan: ShownScan, _ window: DisplayWindow<SUVbw>, _ tracks: TrackResult
  ) throws -> Picture? {
    guard let ct = scan.ct,
      let n = tracks.scans.firstIndex(where: { $0.timePoint == scan.id }),
      let hottest = tracks.outlines[n].lesions.first
    else { return nil }
    return FusedSlice(
      ct: Layer(ct), emission: Layer(scan.suv), ctWindow: settings.ctWindow,
      emissionWindow: window, timePoint: scan.label,
      outlines: tracks.outlines[n].lesions.map(\.outline.mask), style: settings.style
    ).picture(
      named: "fused-\(scan.id)", on: try planes(of: ct.grid, through: hottest.maximumAt),
      software: Self.software
    ).made(from: scan.sources)
  }

  /// The change over the reference CT, through the lesion that was hottest before.
  private func responseSlices(
    _ change: ChangeLayer, _ before: ShownScan, _ after: ShownScan, _ reference: ShownScan,
    _ tracks: TrackResult
  ) throws -> Picture? {
    guard let ct = reference.ct,
      let n = tracks.scans.firstIndex(where: { $0.timePoint == before.id }),
      let hottest = tracks.outlines[n].lesions.first
    else { return nil }
    return ResponseSlice(
      ct: Layer(ct), change: change, before: before.label, after: after.label,
      outlines: try tracks.outlines[n].lesions.map {
        try before.inReference($0.outline, reference)
      },
      style: settings.style
    ).picture(
      named: "response-slices",
      on: try planes(of: ct.grid, through: before.inReference(hottest.maximumAt, reference)),
      software: Self.software
    ).made(
      from: before.petSource + after.petSource + reference.sources.filter { $0.role == "CT" })
  }

  private func planes(
    of grid: VoxelGrid, through point: PatientPoint
  ) throws -> [PictureGrid] {
    let planes = settings.planes ?? PatientPlane.allCases
    func covering(_ plane: PatientPlane, _ pixel: Double) throws -> PictureGrid {
      try PictureGrid.covering(grid, plane: plane, through: point, millimetresPerPixel: pixel)
    }
    guard let width = settings.width else { return try planes.map { try covering($0, 0.8) } }
    let extent = try planes.reduce(0.0) { $0 + Double(try covering($1, 1).width) }
    let pixel = extent / (width.millimetres * settings.style.pixelsPerMillimetre)
    return try planes.map { try covering($0, pixel) }
  }
}

/// A diagnostic scan as pictures show it.
struct ShownScan {
  let id: String
  let label: TimePointLabel
  let suv: Volume<SUVbw>
  let ct: Volume<Hounsfield>?
  let link: TimePointLink
  let field: DisplacementField?
  let petSource: [PictureSource]
  /// PET and CT.
  let sources: [PictureSource]

  init(_ scans: TimePointScans, results: CourseResults, spacing: Double) throws {
    id = scans.point.id
    guard let link = results.links.first(where: { $0.timePoint == scans.point.id }) else {
      throw PipelineError.noReference
    }
    self.link = link
    field = results.registration.tissue(at: scans.point.id)?.map?.field
    suv = try UptakeScan.suv(scans, course: results.course)
    ct = try scans.point.ct == nil ? nil : scans.ct().volume.reduced(to: spacing)
    scans.releaseCT()
    petSource = [
      PictureSource(timePoint: id, role: "PT", digest: try scans.digest(.emission))
    ]
    sources =
      ct == nil
      ? petSource
      : petSource + [PictureSource(timePoint: id, role: "CT", digest: try scans.digest(.ct))]
    let times = results.tracks?.scans ?? []
    let own = times.first { $0.timePoint == scans.point.id }?.start
    let base = times.first?.start
    var since: Duration?
    if let own, let base { since = .seconds(own.timeIntervalSince(base)) }
    label = TimePointLabel(id: scans.point.id, sinceBaseline: since)
  }
}

extension ShownScan {
  /// This scan's uptake on the reference scan's grid, following breathing where a map does;
  /// ``ResponseMap/outside`` where this scan does not reach.
  func inReference(_ reference: ShownScan) throws -> Volume<SUVbw> {
    let grid = reference.suv.grid
    guard id != reference.id else { return suv }
    guard let field else {
      return suv.resampled(
        onto: grid, through: link.referenceToHere, outside: ResponseMap.outside)
    }
    return try suv.warped(onto: grid, through: field, outside: ResponseMap.outside)
  }

  /// The same for CT, on the reference's CT grid.
  func ctInReference(_ reference: ShownScan) throws -> Volume<Hounsfield>? {
    guard id != reference.id else { return ct }
    guard let ct, let grid = reference.ct?.grid else { return nil }
    let air = Hounsfield.hounsfieldUnits(-1000)
    guard let field else {
      return ct.resampled(onto: grid, through: link.referenceToHere, outside: air)
    }
    return try ct.warped(onto: grid, through: field, outside: air)
  }

  /// Where a point of this scan lies in the reference scan.
  func inReference(_ p: PatientPoint, _ reference: ShownScan) -> PatientPoint {
    guard id != reference.id else { return p }
    return field?.inverse(of: p) ?? link.referenceToHere.inverse(p)
  }

  /// An outline of this scan on the reference scan's grid.
  func inReference(_ outline: Outline, _ reference: ShownScan) throws -> Mask {
    let mask = outline.mask
    guard id != reference.id else { return mask }
    guard let field else {
      return mask.resampled(onto: reference.suv.grid, through: link.referenceToHere)
    }
    return try mask.warped(onto: reference.suv.grid, through: field)
  }
}
