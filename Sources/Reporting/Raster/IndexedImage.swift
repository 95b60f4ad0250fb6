import Kernels
import Quantities

/// A picture as indices into a palette: a third of the bytes of RGB, and quicker to pack.
public struct IndexedImage: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// One per pixel, row by row from the top.
  public let indices: [UInt8]
  /// At most 256.
  public let palette: [RGB]

  init(width: Int, height: Int, indices: [UInt8], palette: [RGB]) {
    precondition(indices.count == width * height, "indices do not fill the picture")
    precondition((1...256).contains(palette.count), "a palette has 1 to 256 colours")
    (self.width, self.height, self.indices, self.palette) = (width, height, indices, palette)
  }

  /// Window and colour map applied to samples in base units.
  ///
  /// - Parameter range: The samples of this picture, as offsets into `samples`.
  public init<Value>(
    _ samples: [Float], in range: Range<Int>, width: Int, height: Int,
    window: DisplayWindow<Value>
  ) {
    self.init(
      width: width, height: height,
      indices: WindowLevels.bytes(
        samples, in: range, from: Float(window.lower.inBaseUnit),
        levelsPerUnit: Float(255 / (window.upper.inBaseUnit - window.lower.inBaseUnit))),
      palette: window.colourMap.colours)
  }

  /// The same picture in red, green and blue.
  public var canvas: Canvas {
    let bytes = palette.map { [$0.red, $0.green, $0.blue] }
    return Canvas(width: width, height: height, samples: indices.flatMap { bytes[Int($0)] })
  }
}

extension IndexedImage {
  /// A canvas with at most 256 colours, in the order of their first use; `nil` with more.
  init?(_ canvas: Canvas) {
    self.init(all: [canvas])
  }

  /// Canvases of one size, one below the other, with a palette for all of them.
  init?(all canvases: [Canvas]) {
    guard let first = canvases.first else { return nil }
    var finder = PaletteFinder()
    var indices: [UInt8] = []
    indices.reserveCapacity(canvases.count * first.width * first.height)
    for canvas in canvases {
      guard finder.append(canvas.samples, to: &indices) else { return nil }
    }
    self.init(
      width: first.width, height: first.height * canvases.count, indices: indices,
      palette: finder.palette)
  }
}

/// Collects the colours of pictures in an open table of four times as many slots.
private struct PaletteFinder {
  private(set) var palette: [RGB] = []
  private var colours = [UInt32](repeating: .max, count: 1024)
  private var entries = [UInt8](repeating: 0, count: 1024)

  /// False when a 257th colour turns up.
  mutating func append(_ samples: [UInt8], to indices: inout [UInt8]) -> Bool {
    for n in stride(from: 0, to: samples.count, by: 3) {
      let colour =
        UInt32(samples[n]) << 16 | UInt32(samples[n + 1]) << 8 | UInt32(samples[n + 2])
      // Knuth's multiplicative hashing: the upper ten bits pick the slot.
      var slot = Int((colour &* 2_654_435_769) >> 22)
      while colours[slot] != colour {
        guard colours[slot] == .max else {
          slot = (slot + 1) & 1023
          continue
        }
        guard palette.count < 256 else { return false }
        (colours[slot], entries[slot]) = (colour, UInt8(palette.count))
        palette.append(RGB(red: samples[n], green: samples[n + 1], blue: samples[n + 2]))
      }
      indices.append(entries[slot])
    }
    return true
  }
}
