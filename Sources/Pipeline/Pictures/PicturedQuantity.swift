import CourseStore
import DICOMIO
import Foundation
import Geometry
import Quantities
import Reporting
import Volumes

/// How each kind of image is shown unless the user says otherwise.
protocol PicturedQuantity: DisplayQuantity {
  /// - Parameter isAlone: Without CT below it.
  static func colours(isAlone: Bool) -> ColourMap
  static func usualWindow(of volume: Volume<Self>, _ map: ColourMap) -> DisplayWindow<Self>
  /// Whether a window may be typed without a unit: only SUV is written so everywhere.
  static var needsUnit: Bool { get }
  /// The point whose planes are shown.
  static func placeOfInterest(in volume: Volume<Self>) -> PatientPoint
}

extension PicturedQuantity {
  static var needsUnit: Bool { true }

  /// From 0 to the largest value, rounded up to one digit.
  static func usualWindow(of volume: Volume<Self>, _ map: ColourMap) -> DisplayWindow<Self> {
    let most = Double(volume.samples.max() ?? 0)
    guard most > 0, most.isFinite else {
      return DisplayWindow(from: .zero, to: Self(inBaseUnit: 1), colourMap: map)
    }
    let unit = pow(10, log10(most).rounded(.down))
    return DisplayWindow(
      from: .zero, to: Self(inBaseUnit: (most / unit).rounded(.up) * unit), colourMap: map)
  }

  /// The largest value.
  static func placeOfInterest(in volume: Volume<Self>) -> PatientPoint {
    let samples = volume.samples
    let n = samples.indices.max { samples[$0] < samples[$1] } ?? 0
    let at = volume.grid.ijk(at: n)
    return volume.grid.patientPoint(i: at.x, j: at.y, k: at.z)
  }
}

extension Hounsfield: PicturedQuantity {
  static func colours(isAlone: Bool) -> ColourMap { .grey }
  static func usualWindow(
    of volume: Volume<Hounsfield>, _ map: ColourMap
  ) -> DisplayWindow<Hounsfield> {
    let soft = DisplayWindow<Hounsfield>.softTissue
    return DisplayWindow(from: soft.lower, to: soft.upper, colourMap: map)
  }
  static func placeOfInterest(in volume: Volume<Hounsfield>) -> PatientPoint {
    let middle = volume.grid.size / 2
    return volume.grid.patientPoint(i: middle.x, j: middle.y, k: middle.z)
  }
}

extension SUVbw: PicturedQuantity {
  static func colours(isAlone: Bool) -> ColourMap { isAlone ? .inverseGrey : .ember }
  static func usualWindow(of volume: Volume<SUVbw>, _ map: ColourMap) -> DisplayWindow<SUVbw> {
    .suv(to: 10, colourMap: map)
  }
  static var needsUnit: Bool { false }
}

extension ActivityConcentration: PicturedQuantity {
  static func colours(isAlone: Bool) -> ColourMap { isAlone ? .inverseGrey : .ember }
}

extension AbsorbedDose: PicturedQuantity {
  static func colours(isAlone: Bool) -> ColourMap { .ember }
}

/// The volume of a scan, in the quantity it is read in.
enum ShownImage: Sendable {
  case ct(Volume<Hounsfield>)
  case suv(Volume<SUVbw>)
  case concentration(Volume<ActivityConcentration>)
  case dose(Volume<AbsorbedDose>)
}

/// A scan read for a picture, with what the sidecar says of it.
struct LoadedImage {
  let image: ShownImage
  let frame: FrameOfReference?
  let source: PictureSource

  /// - Parameter url: File or folder of a CT, PET or SPECT series, or an RT Dose file.
  init(_ url: URL) throws {
    if let dose = try Self.dose(url) {
      guard dose.unit == .gray else { throw PictureError.relativeDose(path: url.lastPathComponent) }
      image = .dose(dose.dose.scaled(by: 1, as: AbsorbedDose.self))
      frame = dose.facts.frameOfReference
      source = try Self.source("dose", [url])
      return
    }
    let role = try SeriesSelection.imageRole(at: url)
    let files = try SeriesSelection.series(at: url, roles: [role])
    guard role != .ct else {
      let ct = try CTSeries.load(files: files)
      (image, frame) = (.ct(ct.volume), ct.facts.frameOfReference)
      source = try Self.source("CT", files)
      return
    }
    let emission = try EmissionScan.load(url)
    frame = emission.facts.frameOfReference
    switch emission.image {
    case .pet(let series):
      image = .suv(try series.suvVolume())
      source = try Self.source("PT", files)
    case .spect:
      image = .concentration(try emission.concentration().volume)
      source = try Self.source("NM", files)
    }
  }

  private static func source(_ role: String, _ files: [URL]) throws -> PictureSource {
    let digests = try files.sorted { $0.path < $1.path }.map {
      Digest(of: try Data(contentsOf: $0, options: .mappedIfSafe)).hexadecimal
    }
    return PictureSource(timePoint: nil, role: role, digest: Digest(of: digests).hexadecimal)
  }

  /// `nil` when the file is something else, or a folder.
  private static func dose(_ url: URL) throws -> DoseImage? {
    let isFile = (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) ?? false
    guard isFile == true, try SeriesCatalogue.kind(of: url) == .dose else { return nil }
    return try DoseImage.load(file: url)
  }
}

extension VoxelGrid {
  /// From the first to the last voxel centre along the axis across a plane, in millimetres.
  func range(across plane: PatientPlane) -> ClosedRange<Double> {
    let places = [0, size.x - 1].flatMap { i in
      [0, size.y - 1].flatMap { j in
        [0, size.z - 1].map { k in
          let p = patientPoint(i: i, j: j, k: k).millimetres
          switch plane {
          case .axial: return p.z
          case .coronal: return p.y
          case .sagittal: return p.x
          }
        }
      }
    }
    return (places.min() ?? 0)...(places.max() ?? 0)
  }

  func reaches(_ position: Double, across plane: PatientPlane) -> Bool {
    let range = range(across: plane)
    let half = spacing.max() / 2
    return position >= range.lowerBound - half && position <= range.upperBound + half
  }
}
