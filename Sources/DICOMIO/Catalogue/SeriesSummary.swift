import Foundation
import Geometry

extension SeriesCatalogue.Series {
  init(_ files: [FoundFile]) {
    let files = files.sorted { $0.path < $1.path }
    let header = files[0].header
    let kinds = Set(files.compactMap { $0.header.code(.sopClass) })
    uid = header.code(.seriesUID) ?? ""
    modality = header.code(.modality) ?? "unknown"
    kind = SOPClass.name(header.code(.sopClass))
    let role = SeriesCatalogue.Role(header)
    self.role = role
    frameOfReference = header.code(.frameOfReference).map(FrameOfReference.init(uid:))
    start = files.compactMap(\.header.acquisitionStart).min() ?? header.seriesStart
    self.files = files.map(\.path)
    uptake = role.hasUptake ? SeriesCatalogue.UptakeSummary(header) : nil
    var problems: [String] = []
    if kinds.count > 1 { problems.append("it mixes \(kinds.count) kinds of objects") }
    if Set(files.map(\.header.patientKey)).count > 1 {
      problems.append("its files name different patients: Patient ID (0010,0020) differs")
    }
    let (grid, gridProblems) = Self.grid(files, role: role)
    self.grid = grid
    self.problems =
      problems + gridProblems + Self.encodingProblems(files)
      + (role == .pet ? Self.uptakeProblems(files.map(\.header)) : [])
  }

  private static func grid(
    _ files: [FoundFile], role: SeriesCatalogue.Role
  ) -> (SeriesCatalogue.GridSummary?, [String]) {
    switch role {
    case .ct, .pet, .petWithoutAttenuationCorrection, .derivedPET:
      do throws(DICOMReadError) {
        let grid = try SliceStack(files.map(\.file), what: "images").grid
        return (.init(grid), [])
      } catch {
        return (nil, [error.message])
      }
    case .spect:
      return (try? .init(multiFrame: files[0].header), [])
    default:
      return (nil, [])
    }
  }

  private static func encodingProblems(_ files: [FoundFile]) -> [String] {
    guard !files.allSatisfy(\.file.hasMetaHeader) else { return [] }
    return ["some files have no DICOM meta header; their encoding was inferred"]
  }

  /// What would make the SUV of this series fail or doubtful.
  private static func uptakeProblems(_ headers: [DICOMHeader]) -> [String] {
    do throws(DICOMReadError) {
      let header = try PETHeader(headers)
      let incomplete = header.declaredSliceCount.map { $0 > headers.count } ?? false
      let conversion = try SUVConversion(header)
      return conversion.warnings
        + (incomplete ? ["Number of Slices (0054,0081) announces more slices than are there"] : [])
    } catch {
      return ["no SUV: " + error.message]
    }
  }
}

extension SeriesCatalogue.Role {
  init(_ header: DICOMHeader) {
    let type = header.texts(.imageType)
    switch header.code(.sopClass) {
    case SOPClass.ct: self = type.contains("LOCALIZER") ? .localiser : .ct
    case SOPClass.pet: self = Self.pet(header, type)
    case SOPClass.nuclearMedicine:
      let isTomographic = type.contains("RECON TOMO") || type.contains("RECON GATED TOMO")
      self = isTomographic ? .spect : .planarNuclearMedicine
    case SOPClass.structureSet: self = .structureSet
    case SOPClass.segmentation: self = .segmentation
    default: self = .other
    }
  }

  private static func pet(_ header: DICOMHeader, _ type: [String]) -> SeriesCatalogue.Role {
    let corrected = header.texts(.correctedImage)
    if !corrected.isEmpty, !corrected.contains("ATTN") { return .petWithoutAttenuationCorrection }
    return type.first == "DERIVED" || type.dropFirst().first == "SECONDARY" ? .derivedPET : .pet
  }

  var hasUptake: Bool {
    switch self {
    case .pet, .petWithoutAttenuationCorrection, .derivedPET, .spect: true
    default: false
    }
  }
}

extension SeriesCatalogue.GridSummary {
  init(_ grid: VoxelGrid) {
    (columns, rows, slices) = (grid.size.x, grid.size.y, grid.size.z)
    spacing = [grid.spacing.x, grid.spacing.y, grid.spacing.z]
  }

  init(multiFrame header: DICOMHeader) throws(DICOMReadError) {
    columns = try header.requiredInteger(.columns)
    rows = try header.requiredInteger(.rows)
    slices = try header.integer(.frameCount) ?? 1
    let pixel = try header.requiredNumbers(.pixelSpacing, count: 2)
    let thickness = try header.number(.sliceThickness)
    let between = try header.number(.spacingBetweenSlices) ?? thickness
    guard let between else { throw header.missing(.spacingBetweenSlices) }
    spacing = [pixel[1], pixel[0], abs(between)]
  }
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
