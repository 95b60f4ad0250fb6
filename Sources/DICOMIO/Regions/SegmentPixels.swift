/// The stored voxels of a segmentation, kept as they lie in the file: one bit, one byte or two.
struct SegmentPixels: Sendable {
  let kind: SegmentationObject.Kind
  private let perFrame: Int
  private let bits: Int
  /// The stored value that means one.
  private let full: Float
  private let bytes: [UInt8]

  init(_ file: DICOMFile, frames: Int) throws(DICOMReadError) {
    let header = file.header
    kind = try Self.kind(header)
    bits = try header.requiredInteger(.bitsAllocated)
    guard kind.bits.contains(bits) else {
      throw .unsupported(
        .bitsAllocated, file: header.file, what: "a \(kind.rawValue) segmentation of \(bits) bits",
        remedy: "Export the segmentation as BINARY or 8-bit FRACTIONAL.")
    }
    full = Float(max(1, try header.integer(.maximumFractionalValue) ?? 255))
    let (rows, columns) = (
      try header.requiredInteger(.rows), try header.requiredInteger(.columns)
    )
    guard (1...65535).contains(rows), (1...65535).contains(columns) else {
      throw .unusable(
        .rows, file: header.file, reason: "is outside what an image can have",
        remedy: "Export the segmentation again.")
    }
    perFrame = rows * columns
    bytes = try Self.read(file, samples: perFrame * frames, bits: bits, frames: frames)
  }

  private static func kind(
    _ header: DICOMHeader
  ) throws(DICOMReadError) -> SegmentationObject.Kind {
    switch try header.required(.segmentationType) {
    case "BINARY": return .binary
    case "LABELMAP": return .labelMap
    case "FRACTIONAL":
      return header.code(.fractionalType) == "PROBABILITY" ? .probability : .occupancy
    case let other:
      throw .unsupported(
        .segmentationType, file: header.file, what: "a segmentation of type \(other)",
        remedy: "Export the segmentation as BINARY or 8-bit FRACTIONAL.")
    }
  }

  private static func read(
    _ file: DICOMFile, samples: Int, bits: Int, frames: Int
  ) throws(DICOMReadError) -> [UInt8] {
    // Bits run on over frame borders (PS3.5 8.1.1), so all frames are read as one.
    let count = bits == 1 ? (samples + 7) / 8 : samples * (bits / 8)
    try PixelLayout.check(file, claimedBytes: count)
    guard bits != 1 || !file.pixels.isEncapsulated else {
      throw .unsupported(
        .transferSyntax, file: file.header.file, what: "\(file.transferSyntax) of single bits",
        remedy: "Export the segmentation uncompressed.")
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { unsafe buffer.deallocate() }
    try unsafe file.readFrames(0..<(bits == 1 ? 1 : frames), into: buffer)
    return unsafe [UInt8](buffer)
  }

  /// Raises the voxels of a plane to what a frame holds of a segment.
  func raise(_ plane: inout [Float], frame: Int, segment: Int) {
    let start = frame * perFrame
    switch (kind, bits) {
    case (.binary, _):
      for p in 0..<perFrame {
        let n = start + p
        if bytes[n / 8] >> UInt8(n % 8) & 1 == 1 { plane[p] = 1 }
      }
    case (.labelMap, 16):
      for p in 0..<perFrame {
        let n = 2 * (start + p)
        if Int(bytes[n]) | Int(bytes[n + 1]) << 8 == segment { plane[p] = 1 }
      }
    case (.labelMap, _):
      for p in 0..<perFrame where Int(bytes[start + p]) == segment { plane[p] = 1 }
    default:
      for p in 0..<perFrame {
        plane[p] = max(plane[p], min(Float(bytes[start + p]) / full, 1))
      }
    }
  }
}

extension SegmentationObject.Kind {
  /// Bits Allocated that the kind may have (PS3.3 C.8.20.2).
  fileprivate var bits: [Int] {
    switch self {
    case .binary: [1]
    case .probability, .occupancy: [8]
    case .labelMap: [8, 16]
    }
  }
}
