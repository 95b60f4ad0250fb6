public import Foundation
import Geometry
import Kernels
public import Quantities
public import Volumes

/// A PET value after its rescale, in whatever unit Units (0054,1001) names.
public struct RescaledValue: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "as in Units (0054,1001)"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }
}

/// A PET series: its rescaled samples and what its headers say about uptake.
public struct PETSeries: Sendable {
  public let facts: SeriesFacts
  public let header: PETHeader
  /// stored · slope + intercept, each slice with its own slope and intercept.
  public let rescaled: Volume<RescaledValue>

  /// Reads the files of one series, in any order: single-slice images, or the frames of enhanced
  /// multi-frame ones.
  ///
  /// - Parameters:
  ///   - phases: Which images to take where a series holds several of the same slices; see
  ///     ``SeriesPhase/all(in:)``.
  ///   - gaps: What to do about missing slices.
  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func load(
    files urls: [URL], phases: [SeriesPhase] = [], gaps: SliceGaps = .refuse
  ) throws(DICOMReadError) -> PETSeries {
    let files = try DICOMFile.readAll(urls)
    for file in files {
      try file.header.require(
        SOPClass.pet, or: SOPClass.multiFramePET, remedy: "Give the PET images of one series.")
    }
    let slices = try SeriesPhase.select(phases, from: ImageSlice.all(of: files))
    let stack = try SliceStack(
      slices, what: "PET images", rules: .init(gaps: gaps, isWholeSeries: phases.isEmpty))
    try checkUnitsAgree(stack.slices.map(\.header))
    let header = try PETHeader(stack.slices)
    if header.decayCorrection == "NONE" { try refuseStandIns(stack) }
    let stored = try SampleReader.read(stack.slices, rescale: rescale)
    return PETSeries(
      facts: SeriesFacts(stack), header: header,
      rescaled: try .reading(
        grid: stack.grid, samples: stack.assembled(stored), file: slices[0].header.file))
  }

  private static func rescale(_ header: DICOMHeader) throws(DICOMReadError) -> Rescale {
    guard header.text(.rescaleSlope) != nil else { throw header.missing(.rescaleSlope) }
    return try Rescale(header)
  }

  /// Without decay correction each slice has a factor of its own time, and a slice that is not
  /// there has no time.
  private static func refuseStandIns(_ stack: SliceStack) throws(DICOMReadError) {
    guard let standIn = stack.interpolated.first else { return }
    throw .unusable(
      .decayCorrection, file: stack.slices[standIn.below].header.file,
      reason: "is NONE, so the missing slice at \(standIn.position) cannot be interpolated",
      remedy: "Export the whole series again.")
  }

  /// What decides about SUV must be the same in every slice, or a slice would be wrong unnoticed.
  private static func checkUnitsAgree(_ headers: [DICOMHeader]) throws(DICOMReadError) {
    let first = headers[0]
    let mustAgree: [DICOMTag] = [
      .units, .suvType, .decayCorrection, .philipsSUVFactor, .philipsActivityFactor,
    ]
    for header in headers.dropFirst() {
      for tag in mustAgree where header.text(tag) != first.text(tag) {
        throw .mixed(tag, file: first.file, other: header.file)
      }
    }
  }

  /// How the rescaled values become SUVbw, and which rule that followed.
  public func suvConversion() throws(DICOMReadError) -> SUVConversion {
    try SUVConversion(header)
  }

  public func suvVolume() throws(DICOMReadError) -> Volume<SUVbw> {
    try scaled(by: suvConversion().scales)
  }

  /// SUV by lean body mass (Janmahasatian): SUVbw · lean body mass / weight.
  public func sulVolume() throws(DICOMReadError) -> Volume<SUVlbm> {
    let lean = try header.leanBodyMass() / header.bodyWeight()
    return try scaled(by: suvConversion().scales.map { $0 * lean })
  }

  /// Bq/mL, and the instant they are decay corrected to; `nil` when that differs from slice to
  /// slice (not decay corrected).
  ///
  /// Needs no patient weight for BQML. Values stored as SUV are turned back with dose and weight.
  public func concentrationVolume() throws(DICOMReadError) -> (
    volume: Volume<ActivityConcentration>, referenceTime: Date?
  ) {
    let perUnit: [Double]
    switch header.units {
    case "BQML": perUnit = header.slices.map { _ in 1 }
    case "CNTS" where (header.philipsActivityFactor ?? 0) > 0:
      perUnit = header.slices.map { _ in header.philipsActivityFactor ?? 0 }
    default:
      let conversion = try suvConversion()
      let basis = try DecayBasis(header)
      let weight = try header.bodyWeight().grams
      perUnit = zip(conversion.scales, basis.doses).map { $0 * $1 / weight }
      return (try scaled(by: perUnit), basis.referenceTime)
    }
    return (try scaled(by: perUnit), try referenceTime())
  }

  /// The instant that stored concentrations are decay corrected to.
  private func referenceTime() throws(DICOMReadError) -> Date? {
    switch header.decayCorrection {
    case "START": try ReferenceTimes(header).chosen.instant
    case "NONE": nil
    default: try DecayBasis(header).referenceTime
    }
  }

  func scaled<Value: Quantity>(
    by scales: [Double]
  ) throws(DICOMReadError) -> Volume<Value> {
    // One factor per slice of the files; slices that stand in take that of their neighbour.
    let perSlice = facts.interpolatedSlices.spread(scales)
    let samples = SliceScaling.scaled(rescaled.samples, bySlice: perSlice.map { Float($0) })
    return try .reading(grid: rescaled.grid, samples: samples, file: header.file)
  }
}
