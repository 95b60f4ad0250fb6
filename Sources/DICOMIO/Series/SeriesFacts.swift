public import Foundation
public import Geometry

/// What is known of every image series whatever its modality.
public struct SeriesFacts: Sendable, Hashable, Codable {
  /// Number of files it was read from.
  public let fileCount: Int
  public let frameOfReference: FrameOfReference?
  /// Begin of the acquisition of the first slice in time, else of the series. Wall clock read as
  /// UTC unless the header states its offset.
  public let start: Date?
  /// Slices of the volume that are not in the files, where gaps were allowed.
  public let interpolatedSlices: [InterpolatedSlice]
  /// How much is missing of what the headers announce; `nil` when nothing is.
  public let incompleteness: Incompleteness?
  /// By how much a tilted gantry was undone; `nil` for an upright stack.
  public let gantryTiltDegrees: Double?
  /// For people: what was odd and what was done about it.
  public let warnings: [String]

  /// The facts of one file.
  init(_ header: DICOMHeader, frame: FrameOfReference?, warnings: [String]) {
    self.init(
      headers: [header], fileCount: 1, frame: frame, interpolated: [], incompleteness: nil,
      tilt: nil, warnings: warnings)
  }

  /// The facts of a stack of slices.
  init(_ stack: SliceStack) {
    self.init(
      headers: stack.slices.map(\.header), fileCount: Set(stack.slices.map(\.file.url)).count,
      frame: stack.frameOfReference, interpolated: stack.interpolated,
      incompleteness: stack.incompleteness, tilt: stack.tilt?.degrees, warnings: stack.warnings)
  }

  private init(
    headers: [DICOMHeader], fileCount: Int, frame: FrameOfReference?,
    interpolated: [InterpolatedSlice], incompleteness: Incompleteness?, tilt: Double?,
    warnings: [String]
  ) {
    self.fileCount = fileCount
    frameOfReference = frame
    start = headers.compactMap(\.acquisitionStart).min() ?? headers.first?.seriesStart
    interpolatedSlices = interpolated
    self.incompleteness = incompleteness
    gantryTiltDegrees = tilt
    self.warnings =
      warnings
      + (frame == nil
        ? ["the series has no Frame of Reference UID (0020,0052); it cannot be joined to others"]
        : [])
  }
}
