import CodecShim
import Foundation
import TestSupport

@testable import DICOMIO

/// A grey-value image with structure and noise, which a test encodes and reads back.
struct PixelSource {
  var columns = 40
  var rows = 33
  var frames = 1
  var bitsAllocated = 16
  var bitsStored = 16
  var isSigned = false

  /// Stored values: a slope in both directions with steps and noise, filling the range of bits.
  var values: [Int] {
    let span = 1 << bitsStored
    return (0..<(frames * rows * columns)).map { n in
      let (x, y, z) = (n % columns, n / columns % rows, n / columns / rows)
      let noise = Int(truncatingIfNeeded: (UInt32(truncatingIfNeeded: n) &* 2_654_435_761) >> 28)
      let flat = x > columns / 2 && y > rows / 2
      let level = (flat ? span / 3 : (x * span / columns + y * span / rows / 3 + noise)) + 7 * z
      return level % span - (isSigned ? span / 2 : 0)
    }
  }

  /// The words as they are stored, the bits above Bits Stored being zero.
  var words: [UInt32] {
    values.map { UInt32(truncatingIfNeeded: $0) & UInt32((1 << UInt64(bitsStored)) - 1) }
  }

  func words(ofFrame n: Int) -> [UInt32] {
    Array(words[(n * rows * columns)...].prefix(rows * columns))
  }

  func bytes(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { littleEndian($0).prefix(bitsAllocated / 8) }
  }

  /// The header of an image of this kind, without pixels.
  func header() -> TinyDICOM {
    var d = TinyDICOM.ct(z: 0)
    d.setMatrix(columns: UInt16(columns), rows: UInt16(rows))
    d.set(0x0028_0008, "IS", "\(frames)")
    d.set(0x0028_0100, unsigned: [UInt16(bitsAllocated)])
    d.set(0x0028_0101, unsigned: [UInt16(bitsStored)])
    d.set(0x0028_0102, unsigned: [UInt16(bitsStored - 1)])
    d.set(0x0028_0103, unsigned: [isSigned ? 1 : 0])
    return d
  }

  /// One frame, compressed.
  func compressed(_ kind: codecshim_kind, loss: Int32 = 0, frame: Int = 0) -> [UInt8] {
    let samples = words(ofFrame: frame)
    var out = [UInt8](repeating: 0, count: 4 * rows * columns + 4096)
    let capacity = out.count
    let count = unsafe bytes(samples).withUnsafeBytes { source in
      guard let start = source.baseAddress else { return 0 }
      let image = unsafe codecshim_image(
        rows: UInt32(rows), columns: UInt32(columns), bits_allocated: UInt32(bitsAllocated),
        bits_stored: UInt32(bitsStored), is_signed: isSigned ? 1 : 0, samples: start)
      return unsafe codecshim_encode(kind, image, loss, &out, capacity)
    }
    return Array(out.prefix(count))
  }
}

/// The stored values of every frame of a file, as the reader of series gets them.
func storedValues(_ d: TinyDICOM) throws -> [Float] { try storedValues(fileBytes: d.file()) }

func storedValues(fileBytes: [UInt8]) throws -> [Float] {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "image.dcm")
    try Data(fileBytes).write(to: url)
    let file = try DICOMFile(contentsOf: url)
    let layout = try PixelLayout(file)
    let sources = (0..<layout.frames).map {
      SampleReader.Source(file: file, frame: $0, rescale: Rescale(slope: 1, intercept: 0))
    }
    return try SampleReader.read(sources, layout: layout)
  }
}

/// A deflated data set (PS3.5 A.5).
func deflated(_ bytes: [UInt8], repeats: Int = 1) -> [UInt8] {
  var out = [UInt8](repeating: 0, count: bytes.count * repeats / 500 + bytes.count + 1024)
  let capacity = out.count
  let count = unsafe bytes.withUnsafeBytes { source in
    guard let start = source.baseAddress else { return 0 }
    return unsafe codecshim_deflate(start, source.count, repeats, &out, capacity)
  }
  return Array(out.prefix(count))
}
