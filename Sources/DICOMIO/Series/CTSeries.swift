public import Foundation
import Geometry
public import Quantities
public import Volumes

/// A CT series as one volume on the Hounsfield scale.
public struct CTSeries: Sendable {
  public let facts: SeriesFacts
  public let volume: Volume<Hounsfield>

  /// What voxels outside the reconstructed circle become: air, so that no later step takes the
  /// scanner's Pixel Padding Value for tissue.
  public static let padding = Hounsfield.hounsfieldUnits(-1000)

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
  ) throws(DICOMReadError) -> CTSeries {
    let files = try DICOMFile.readAll(urls)
    for file in files {
      try file.header.require(
        SOPClass.ct, or: SOPClass.multiFrameCT, remedy: "Give the CT images of one series.")
    }
    let slices = try SeriesPhase.select(phases, from: ImageSlice.all(of: files))
    for slice in slices { try refuseLocaliser(slice.header) }
    let stack = try SliceStack(
      slices, what: "CT images",
      rules: .init(gaps: gaps, correctsTilt: true, isWholeSeries: phases.isEmpty))
    let stored = try SampleReader.read(stack.slices, rescale: rescale)
    let samples = stack.assembled(stored, air: Float(padding.inBaseUnit))
    return CTSeries(
      facts: SeriesFacts(stack),
      volume: try .reading(grid: stack.grid, samples: samples, file: slices[0].header.file))
  }

  private static func refuseLocaliser(_ header: DICOMHeader) throws(DICOMReadError) {
    guard !header.texts(.imageType).contains("LOCALIZER") else {
      throw .unsupported(
        .imageType, file: header.file, what: "a localiser (topogram)",
        remedy: "Leave localiser images out and give the axial series.")
    }
  }

  private static func rescale(_ header: DICOMHeader) throws(DICOMReadError) -> Rescale {
    guard header.text(.rescaleSlope) != nil else { throw header.missing(.rescaleSlope) }
    var rescale = try Rescale(header)
    if let padding = try storedValue(.pixelPadding, header) {
      let limit = try storedValue(.pixelPaddingLimit, header) ?? padding
      rescale.padding = min(padding, limit)...max(padding, limit)
      rescale.paddingValue = Float(Self.padding.inBaseUnit)
    }
    return rescale
  }

  /// A stored value. Some writers give those of signed images as unsigned: −2000 as 63536.
  private static func storedValue(
    _ tag: DICOMTag, _ header: DICOMHeader
  ) throws(DICOMReadError) -> Int? {
    guard let value = try header.integer(tag) else { return nil }
    let isSigned = try header.integer(.pixelRepresentation) == 1
    return isSigned && (0x8000...0xFFFF).contains(value) ? value - 0x10000 : value
  }
}

extension Volume {
  /// Joins a grid with samples that were read for it.
  static func reading(
    grid: VoxelGrid, samples: [Float], file: String
  ) throws(DICOMReadError) -> Volume {
    do throws(VolumeError) {
      return try Volume(grid: grid, samples: samples)
    } catch {
      throw .cannotRead(file: file, tag: .pixelData, reason: error.description)
    }
  }
}
