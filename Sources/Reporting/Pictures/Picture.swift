public import Foundation

/// A finished picture and the statement of what it shows.
public struct Picture: Sendable, Hashable {
  /// File stem, for example `fused-axial-base`.
  public let name: String
  /// The picture, or the first frame of an animation.
  public let canvas: Canvas
  public private(set) var sidecar: PictureSidecar
  /// The frames after the first; empty for a still picture.
  let furtherFrames: [Canvas]
  /// The same plot as SVG; `nil` for what is made of pixels.
  let svg: String?

  init(
    name: String, canvas: Canvas, sidecar: PictureSidecar, furtherFrames: [Canvas] = [],
    svg: String? = nil
  ) {
    (self.name, self.canvas, self.sidecar) = (name, canvas, sidecar)
    (self.furtherFrames, self.svg) = (furtherFrames, svg)
  }

  /// The same picture, with what it was made from in its sidecar.
  public func made(from sources: [PictureSource]) -> Picture {
    var picture = self
    picture.sidecar.sources = sources
    return picture
  }

  public func png() throws(ReportingError) -> Data {
    guard !furtherFrames.isEmpty else {
      return try PNGFile.encode(canvas, pixelsPerInch: sidecar.pixelsPerInch)
    }
    return try PNGFile.encode(
      animation: [canvas] + furtherFrames, milliseconds: sidecar.frameMilliseconds ?? 100,
      pixelsPerInch: sidecar.pixelsPerInch)
  }

  /// Writes `NAME.png` and `NAME.json` into `folder`, and `NAME.svg` for a plot.
  @discardableResult
  public func write(to folder: URL) throws(ReportingError) -> [URL] {
    try write(png: folder.appending(path: name + ".png"))
  }

  /// Writes the picture to `file`, and its sidecar, and SVG for a plot, beside it.
  ///
  /// - Returns: The files, the picture first.
  @discardableResult
  public func write(png file: URL) throws(ReportingError) -> [URL] {
    let stem = file.deletingPathExtension()
    var files = [file, stem.appendingPathExtension("json")]
    try AtomicFile.write(png(), to: file)
    try AtomicFile.write(JSONWriter.data(sidecar), to: files[1])
    if let svg {
      files.append(stem.appendingPathExtension("svg"))
      try AtomicFile.write(Data(svg.utf8), to: files[2])
    }
    return files
  }
}

/// A scan or result that a picture was made from.
public struct PictureSource: Sendable, Hashable, Codable {
  /// The time point's own id in the course; `nil` for a scan outside a course.
  public let timePoint: String?
  /// `PT`, `CT`, `NM`, `dose`.
  public let role: String
  /// SHA-256 over the SHA-256 of each file, in order of their paths.
  public let digest: String?

  public init(timePoint: String?, role: String, digest: String?) {
    (self.timePoint, self.role, self.digest) = (timePoint, role, digest)
  }

  enum CodingKeys: String, CodingKey {
    case role
    case timePoint = "time_point"
    case digest = "sha256"
  }
}
