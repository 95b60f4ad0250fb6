import Kernels

/// How the samples of an image are stored, checked against the bytes that are there.
struct PixelLayout: Sendable, Hashable {
  let rows: Int
  let columns: Int
  let frames: Int
  let stored: StoredSamples.Layout

  var frameSamples: Int { rows * columns }
  var frameBytes: Int { frameSamples * stored.bytesPerSample }

  /// - Throws: ``DICOMReadError`` when the image is not one grey value per pixel of 8, 16 or 32
  ///   bits, or when rows, columns and frames claim more than the file can hold.
  init(_ file: DICOMFile) throws(DICOMReadError) {
    let header = file.header
    rows = try header.requiredInteger(.rows)
    columns = try header.requiredInteger(.columns)
    frames = try header.integer(.frameCount) ?? 1
    let bits = try header.requiredInteger(.bitsAllocated)
    let used = try header.integer(.bitsStored) ?? bits
    let isSigned = try header.integer(.pixelRepresentation) == 1
    guard (1...65535).contains(rows), (1...65535).contains(columns), (1...65535).contains(frames)
    else { throw Self.refused(.rows, header, "is outside what an image can have") }
    guard try header.integer(.samplesPerPixel) ?? 1 == 1 else {
      throw Self.refused(.samplesPerPixel, header, "says that this is a colour image")
    }
    let lowest = try (header.integer(.highBit) ?? used - 1) - used + 1
    guard [8, 16, 32].contains(bits), (1...bits).contains(used) else {
      throw Self.refused(.bitsAllocated, header, "does not describe 8, 16 or 32 bit samples")
    }
    guard lowest == 0 else {
      throw Self.refused(.highBit, header, "is not Bits Stored (0028,0101) less one")
    }
    guard !file.pixels.isFloat || bits == 32 else {
      throw Self.refused(.bitsAllocated, header, "is not 32 as Float Pixel Data needs")
    }
    stored = .init(
      bytesPerSample: bits / 8, bitsStored: file.pixels.isFloat ? 32 : used, isSigned: isSigned,
      isFloat: file.pixels.isFloat)
    try Self.check(file, claimedBytes: rows * columns * (bits / 8) * frames)
    try Self.checkFrames(file, frames: frames, frameBytes: rows * columns * (bits / 8))
  }

  /// No decoder shrinks real images by more than this; a file that claims more is a trap for
  /// memory, so it is refused before anything is allocated.
  private static let largestCompression = 2000
  /// The same for one frame above ``harmlessBytes``, which holds a body and not air alone.
  private static let largestFrameCompression = 200
  private static let harmlessBytes = 16 << 20

  private static func checkFrames(
    _ file: DICOMFile, frames: Int, frameBytes: Int
  ) throws(DICOMReadError) {
    guard file.pixels.isEncapsulated else { return }
    let there = Int(clamping: file.pixels.length)
    guard frames <= Int(clamping: file.pixels.fragments) else {
      throw .cannotRead(
        file: file.header.file, tag: .frameCount,
        reason: "it claims \(frames) frames but holds \(file.pixels.fragments) fragments")
    }
    guard frameBytes <= harmlessBytes || frameBytes / largestFrameCompression <= there else {
      throw .cannotRead(
        file: file.header.file, tag: .pixelData,
        reason: "a frame claims \(frameBytes) bytes but \(there) are there for all frames")
    }
  }

  static func check(_ file: DICOMFile, claimedBytes: Int) throws(DICOMReadError) {
    let there = Int(clamping: file.pixels.length)
    guard file.pixels.offset > 0 else { throw file.header.missing(.pixelData) }
    let enough =
      file.pixels.isEncapsulated
      ? claimedBytes <= harmlessBytes || claimedBytes / largestCompression <= there
      : claimedBytes <= there
    guard enough else {
      throw .cannotRead(
        file: file.header.file, tag: .pixelData,
        reason: "rows, columns and frames claim \(claimedBytes) bytes but \(there) are there")
    }
  }

  private static func refused(
    _ tag: DICOMTag, _ header: DICOMHeader, _ reason: String
  ) -> DICOMReadError {
    .unusable(
      tag, file: header.file, reason: reason,
      remedy: "Give the reconstructed grey-value images of the series.")
  }
}

/// The straight line from stored to real values, PS3.3 C.7.6.16.2.9: value = stored · slope + intercept.
struct Rescale: Sendable, Hashable {
  let slope: Double
  let intercept: Double
  /// Stored values that mean "no data here", and what they become.
  var padding: ClosedRange<Int>?
  var paddingValue: Float = 0
}

extension Rescale {
  /// Rescale Slope and Intercept of one image; absent means one and zero.
  init(_ header: DICOMHeader) throws(DICOMReadError) {
    let slope = try header.number(.rescaleSlope) ?? 1
    guard slope != 0 else {
      throw .unusable(
        .rescaleSlope, file: header.file, reason: "is zero",
        remedy: "Export the series again from the scanner.")
    }
    self.init(slope: slope, intercept: try header.number(.rescaleIntercept) ?? 0)
  }
}

/// Reads slices or frames into one buffer, in parallel.
enum SampleReader {
  /// One frame and the place of its samples in the result.
  struct Source {
    let file: DICOMFile
    let frame: Int
    let rescale: Rescale
  }

  /// The rescaled samples of all sources one after the other.
  ///
  /// Each frame is read into a scratch buffer of its slab and rescaled straight into the result,
  /// so memory stays at the result plus one frame per thread.
  static func read(
    _ sources: [Source], layout: PixelLayout
  ) throws(DICOMReadError) -> [Float] {
    let samplesPerFrame = layout.frameSamples
    var failures: [DICOMReadError?] = []
    let samples = unsafe [Float](
      unsafeUninitializedCapacity: samplesPerFrame * sources.count
    ) { target, filled in
      // Not initialised first: each slab writes all of its samples, and touching them twice
      // would cost as much as reading them.
      let target = unsafe target
      unsafe HugePages.advise(UnsafeMutableRawBufferPointer(target))
      failures = Slabs.map(of: sources.count) { range -> DICOMReadError? in
        let slab = unsafe UnsafeMutableBufferPointer(
          rebasing: target[
            (range.lowerBound * samplesPerFrame)..<(range.upperBound * samplesPerFrame)])
        return unsafe readSlab(sources[range], layout: layout, into: slab)
      }
      filled = samplesPerFrame * sources.count
    }
    if let failure = failures.compactMap({ $0 }).first { throw failure }
    return samples
  }

  private static func readSlab(
    _ sources: ArraySlice<Source>, layout: PixelLayout,
    into target: UnsafeMutableBufferPointer<Float>
  ) -> DICOMReadError? {
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: layout.frameBytes, alignment: 16)
    defer { unsafe scratch.deallocate() }
    let count = layout.frameSamples
    var n = 0
    while n < sources.count {
      let file = sources[sources.startIndex + n].file
      do throws(DICOMReadError) {
        let reader = try FrameReader(file)
        repeat {
          let source = sources[sources.startIndex + n]
          try unsafe reader.read(source.frame..<(source.frame + 1), into: scratch)
          let out = unsafe UnsafeMutableBufferPointer(
            rebasing: target[(n * count)..<((n + 1) * count)])
          try unsafe rescale(UnsafeRawBufferPointer(scratch), source, layout, into: out)
          n += 1
        } while n < sources.count && sources[sources.startIndex + n].file.url == file.url
      } catch { return error }
    }
    return nil
  }

  private static func rescale(
    _ stored: UnsafeRawBufferPointer, _ source: Source, _ layout: PixelLayout,
    into out: UnsafeMutableBufferPointer<Float>
  ) throws(DICOMReadError) {
    let rescale = source.rescale
    unsafe StoredSamples.rescale(
      stored, layout: layout.stored, slope: rescale.slope, intercept: rescale.intercept,
      padding: rescale.padding, paddingValue: rescale.paddingValue, into: out)
    guard layout.stored.isFloat else { return }
    guard unsafe out.allSatisfy(\.isFinite) else {
      throw .unusable(
        .pixelData, file: source.file.header.file, reason: "holds samples that are not numbers",
        remedy: "Export the image again without blank samples.")
    }
  }
}
