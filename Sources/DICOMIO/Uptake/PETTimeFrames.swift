public import Foundation

/// The files of a PET series, split into its time frames: a dynamic series has several images at
/// each position, a gated one several phases.
///
/// One frame is a volume like any other; SUV of a frame needs the whole series only for the time
/// to which all frames are decay corrected.
public struct PETTimeFrames: Sendable, Hashable {
  /// One volume of the series.
  public struct Frame: Sendable, Hashable {
    /// From 1, in time.
    public let number: Int
    /// Begin of its first bed position.
    public let start: Date?
    /// Actual Frame Duration (0018,1242) in seconds, of its first image.
    public let duration: Double?
    public let files: [URL]
  }

  public let frames: [Frame]
  /// Begin of the first frame.
  public let start: Date?

  /// Groups images by position; the n-th image in time of each position belongs to frame n.
  ///
  /// A static series gives one frame. Two images of one position with the same time are left in
  /// one frame, where reading it refuses them as duplicates.
  ///
  /// - Throws: ``DICOMReadError`` when positions have different numbers of images, so that no
  ///   image can be given to a frame for sure.
  public init(files urls: [URL]) throws(DICOMReadError) {
    let files = try DICOMFile.readAll(urls)
    guard files.allSatisfy({ $0.header.code(.sopClass) == SOPClass.pet }) else {
      // A multi-frame object is one file; its own frames are told apart where it is read.
      let start = files.compactMap(\.header.acquisitionStart).min()
      self.start = start
      frames = [Frame(number: 1, start: start, duration: nil, files: urls)]
      return
    }
    var images: [Image] = []
    for file in files { images.append(try Image(file)) }
    guard let first = images.first else { throw .nothingFound(file: "", what: "PET images") }
    start = images.compactMap(\.start).min()
    let positions = Dictionary(grouping: images, by: \.position)
    let counts = Set(positions.values.map(\.count))
    let isTimed = positions.values.allSatisfy { images in
      Set(images.map(\.order)).count == images.count
    }
    guard counts != [1], isTimed else {
      frames = [Frame(1, images)]
      return
    }
    guard counts.count == 1, let count = counts.first else {
      throw .unusable(
        .position, file: first.file.header.file,
        reason: "has between \(counts.min() ?? 0) and \(counts.max() ?? 0) images per slice, so "
          + "time frames are incomplete",
        remedy: "Export all images of the dynamic series.")
    }
    let columns = positions.values.map { $0.sorted { $0.order < $1.order } }
    frames = (0..<count).map { n in Frame(n + 1, columns.map { $0[n] }) }
  }

  /// Reads one frame, with the reference time of the whole series.
  ///
  /// - Parameters:
  ///   - number: From 1.
  ///   - gaps: What to do where slices are missing.
  public func load(
    _ number: Int, gaps: SliceGaps = .refuse
  ) throws(DICOMReadError) -> PETSeries {
    guard let frame = frames.first(where: { $0.number == number }) else {
      throw .nothingFound(
        file: frames.first?.files.first?.lastPathComponent ?? "",
        what: "time frame \(number) of \(frames.count)")
    }
    let series = try PETSeries.load(files: frame.files, gaps: gaps)
    guard frames.count > 1 else { return series }
    var header = series.header
    header.firstAcquisition = start
    return PETSeries(facts: series.facts, header: header, rescaled: series.rescaled)
  }
}

extension PETTimeFrames.Frame {
  fileprivate init(_ number: Int, _ images: [PETTimeFrames.Image]) {
    self.number = number
    start = images.compactMap(\.start).min()
    duration = images.min { $0.order < $1.order }?.duration
    files = images.map(\.file.url).sorted { $0.path < $1.path }
  }
}

extension PETTimeFrames {
  fileprivate struct Image {
    let file: DICOMFile
    /// Image Position (Patient) in hundredths of a millimetre, the distance at which two slices
    /// count as the same.
    let position: [Double]
    let start: Date?
    let duration: Double?
    let order: Order

    init(_ file: DICOMFile) throws(DICOMReadError) {
      let header = file.header
      self.file = file
      position = try header.requiredNumbers(.position, count: 3).map { ($0 * 100).rounded() }
      start = header.acquisitionStart
      duration = try header.number(.frameDuration).map { $0 / 1000 }
      order = Order(
        start: start?.timeIntervalSince1970 ?? 0,
        reference: try header.number(.frameReferenceTime) ?? 0,
        trigger: try header.number(.triggerTime) ?? 0)
    }
  }

  /// What tells the images of one position apart: when they began, when their values occurred,
  /// and in gated series the time after the trigger.
  fileprivate struct Order: Hashable, Comparable {
    let start, reference, trigger: Double

    static func < (a: Order, b: Order) -> Bool {
      (a.start, a.reference, a.trigger) < (b.start, b.reference, b.trigger)
    }
  }
}
