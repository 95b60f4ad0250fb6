import Foundation
import Geometry

extension SeriesCatalogue.Series {
  /// - Parameters:
  ///   - apart: How many images of the same series are listed apart from these.
  ///   - targets: What references may lead to.
  ///   - refusal: Why the series must not be used, where that is known from elsewhere.
  ///   - sharesInstances: Whether another series has images under the same UIDs.
  init(
    _ files: [FoundFile], apart: Int, targets: ReferenceTargets, refusal: String?,
    sharesInstances: Bool
  ) {
    let files = files.sorted { $0.path < $1.path }
    let header = files[0].header
    uid = header.code(.seriesUID) ?? ""
    modality = header.code(.modality) ?? "unknown"
    kind = SOPClass.name(header.code(.sopClass))
    let role = SeriesCatalogue.Role(header).refined(by: files)
    self.role = role
    frameOfReference = header.code(.frameOfReference).map(FrameOfReference.init(uid:))
    start = files.compactMap(\.header.acquisitionStart).min() ?? header.seriesStart
    self.files = files.map(\.path)
    uptake = role.hasUptake ? SeriesCatalogue.UptakeSummary(header) : nil
    traits = SeriesCatalogue.Traits(header, role: role)
    let announced = Self.announcedCount(header, role: role).map { $0 - apart }
    announcedCount = announced
    let (references, referenceProblems) = targets.resolve(ObjectReferences(files.map(\.references)))
    self.references = references
    let (grid, gridProblems) = Self.grid(files, role: role)
    self.grid = grid
    let kinds = Set(files.compactMap { $0.header.code(.sopClass) })
    self.refusal = refusal
    problems =
      [
        refusal,
        sharesInstances
          ? "another series has other images under the same SOP Instance UIDs (0008,0018)" : nil,
        kinds.count > 1 ? "it mixes \(kinds.count) kinds of objects" : nil,
        announced.flatMap { $0 > files.count ? Self.incomplete(files.count, of: $0) : nil },
      ].compactMap { $0 } + gridProblems + referenceProblems + Self.encodingProblems(files)
      + (role == .pet ? Self.uptakeProblems(files) : [])
  }

  private static func grid(
    _ files: [FoundFile], role: SeriesCatalogue.Role
  ) -> (SeriesCatalogue.GridSummary?, [String]) {
    if let frames = files[0].frames { return (frames.summary, []) }
    guard role.isStack else { return (nil, []) }
    if SOPClass.isMultiFrame(files[0].header.code(.sopClass)) {
      return (nil, ["its frames have no position or orientation in (5200,9230) or (5200,9229)"])
    }
    do throws(DICOMReadError) {
      let grid = try SliceStack(files.map(\.file), what: "images").grid
      return (.init(grid), [])
    } catch {
      return (nil, [error.message])
    }
  }

  /// Number of Slices (0054,0081) counts the slices of one time frame (PS3.3 C.8.9.1); Number of
  /// Series Related Instances (0020,1209) is left in some files by the archive that sent them.
  private static func announcedCount(
    _ header: DICOMHeader, role: SeriesCatalogue.Role
  ) -> Int? {
    if let count = try? header.integer(CatalogueTag.seriesInstanceCount), count > 0 { return count }
    guard role.hasUptake, role != .spect, (try? header.integer(.frameCount)) ?? 1 <= 1,
      let slices = try? header.integer(.sliceCount), slices > 0
    else { return nil }
    let times = (try? header.integer(CatalogueTag.timeSliceCount)) ?? 1
    let (count, overflow) = slices.multipliedReportingOverflow(
      by: role == .dynamicPET || role == .gatedPET ? max(1, times) : 1)
    return overflow ? nil : count
  }

  private static func incomplete(_ count: Int, of announced: Int) -> String {
    "incomplete: \(count) of \(announced) images are there, as Number of Slices (0054,0081) or "
      + "Number of Series Related Instances (0020,1209) announces; transfer the series again"
  }

  private static func encodingProblems(_ files: [FoundFile]) -> [String] {
    guard !files.allSatisfy(\.file.hasMetaHeader) else { return [] }
    return ["some files have no DICOM meta header; their encoding was inferred"]
  }

  /// What would make the SUV of this series fail or doubtful.
  private static func uptakeProblems(_ files: [FoundFile]) -> [String] {
    // The functional groups of enhanced images are not kept.
    guard files[0].header.code(.sopClass) == SOPClass.pet else { return [] }
    do throws(DICOMReadError) {
      return try SUVConversion(try PETHeader(files.map(\.header))).warnings
    } catch {
      return [noSUV + error.message]
    }
  }

  static let noSUV = "no SUV: "
}

extension SeriesCatalogue.UptakeSummary {
  init?(_ header: DICOMHeader) {
    guard let facts = try? PETHeader([header]) else { return nil }
    units = facts.units
    decayCorrection = facts.decayCorrection
    correctedImage = facts.correctedImage
    radionuclide = facts.radionuclide
    radiopharmaceutical = facts.radiopharmaceutical
    injectedDoseAsStored = facts.dose
    injection = facts.injection
    halfLifeSeconds = facts.halfLife
    hasPatientWeight = (facts.weight ?? 0) > 0
    hasPatientHeight = (facts.height ?? 0) > 0
  }
}
