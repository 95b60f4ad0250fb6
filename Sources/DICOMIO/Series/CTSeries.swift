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

  /// Reads the files of one series, in any order.
  ///
  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func load(files urls: [URL]) throws(DICOMReadError) -> CTSeries {
    let files = try DICOMFile.readAll(urls)
    for file in files { try check(file.header) }
    let stack = try SliceStack(files, what: "CT images")
    let layout = try PixelLayout(stack.files[0])
    var sources: [SampleReader.Source] = []
    for file in stack.files {
      guard try PixelLayout(file) == layout else {
        throw .mixed(.bitsAllocated, file: stack.files[0].header.file, other: file.header.file)
      }
      sources.append(.init(file: file, frame: 0, rescale: try rescale(file.header)))
    }
    let samples = try SampleReader.read(sources, layout: layout)
    return CTSeries(
      facts: SeriesFacts(
        stack.files.map(\.header), frame: stack.frameOfReference, warnings: stack.warnings),
      volume: try .reading(grid: stack.grid, samples: samples, file: files[0].header.file))
  }

  private static func check(_ header: DICOMHeader) throws(DICOMReadError) {
    try header.require(
      sopClass: SOPClass.ct, remedy: "Give single-slice CT images; convert enhanced ones first.")
    guard !header.texts(.imageType).contains("LOCALIZER") else {
      throw .unsupported(
        .imageType, file: header.file, what: "a localiser (topogram)",
        remedy: "Leave localiser images out and give the axial series.")
    }
  }

  private static func rescale(_ header: DICOMHeader) throws(DICOMReadError) -> Rescale {
    guard header.text(.rescaleSlope) != nil else { throw header.missing(.rescaleSlope) }
    var rescale = try Rescale(header)
    if let padding = try header.integer(.pixelPadding) {
      let limit = try header.integer(.pixelPaddingLimit) ?? padding
      rescale.padding = min(padding, limit)...max(padding, limit)
      rescale.paddingValue = Float(Self.padding.inBaseUnit)
    }
    return rescale
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
