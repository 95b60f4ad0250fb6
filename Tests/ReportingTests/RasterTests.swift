import Foundation
import Kernels
import Testing

@testable import Reporting

@Suite struct RasterTests {
  private func noisyCanvas() -> Canvas {
    var canvas = Canvas(width: 61, height: 37)
    for y in 0..<37 {
      for x in 0..<61 {
        canvas[x, y] = RGB(
          red: UInt8((x * 7 + y * 13) % 256), green: UInt8((x * y) % 256),
          blue: UInt8((x * 31 + y) % 256))
      }
    }
    return canvas
  }

  @Test func picturesSurviveTheWayThroughPNG() throws {
    let rich = noisyCanvas()
    #expect(IndexedImage(rich) == nil)
    #expect(try PNGFile.decode(PNGFile.encode(rich)) == rich)
    var plain = Canvas(width: 20, height: 10, filledWith: RGB(red: 1, green: 2, blue: 3))
    plain[3, 4] = .white
    #expect(IndexedImage(plain)?.palette.count == 2)
    #expect(try PNGFile.decode(PNGFile.encode(plain)) == plain)
  }

  @Test func sixteenBitGreySurvivesTheWayThroughPNG() throws {
    // Rows that differ in both bytes, since the filter works byte by byte.
    let words: [UInt16] = [0, 255, 256, 65535, 32768, 257, 1, 65280, 511, 65534, 128, 40000]
    let decoded = try PNGFile.decodeGrey16(PNGFile.encode(grey16: words, width: 3, height: 4))
    #expect(decoded.words == words)
    #expect((decoded.width, decoded.height) == (3, 4))
  }

  /// Compressor and buffers are kept from picture to picture; the bytes do not tell.
  @Test func aPicturesBytesDoNotDependOnThoseBefore() throws {
    let encoder = PNGEncoder()
    let colours = [RGB(grey: 0), RGB(grey: 128), RGB(grey: 255)]
    for side in [40, 7, 64] {
      let indices = (0..<(side * side)).map { UInt8(($0 * $0 / 7) % 3) }
      let image = IndexedImage(width: side, height: side, indices: indices, palette: colours)
      #expect(try PNGFile.encode(image, with: encoder) == PNGFile.encode(image))
      let words = indices.map { UInt16($0) * 1000 }
      #expect(
        try PNGFile.encode(grey16: words, width: side, height: side, with: encoder)
          == PNGFile.encode(grey16: words, width: side, height: side))
    }
  }

  @Test func exactlyTwoHundredAndFiftySixColoursFitAPalette() throws {
    var canvas = Canvas(width: 257, height: 1)
    for x in 0..<257 {
      canvas[x, 0] = RGB(red: UInt8(x % 256), green: UInt8(x * 7 % 256), blue: UInt8(x * 91 % 256))
    }
    #expect(IndexedImage(canvas)?.palette.count == 256)
    #expect(try PNGFile.decode(PNGFile.encode(canvas)) == canvas)
    canvas[256, 0] = RGB(red: 255, green: 0, blue: 1)
    #expect(IndexedImage(canvas) == nil)
    #expect(try PNGFile.decode(PNGFile.encode(canvas)) == canvas)
  }

  static let steps: [(Double, UInt8)] = [
    (-5, 0), (0, 0), (0.49, 0), (0.51, 1), (254.6, 255), (1e9, 255), (.nan, 0), (-.infinity, 0),
    (.infinity, 255),
  ]

  @Test(arguments: steps)
  func aWindowHasAnEntryForEveryNumber(steps: Double, entry: UInt8) {
    let bytes = WindowLevels.bytes(
      [9, Float(steps) / 4 - 3], in: 1..<2, from: -3, levelsPerUnit: 4)
    #expect(bytes == [entry])
  }

  /// Frames share one size and palette; readers without animation see the first.
  @Test func anAnimationHoldsAllItsFrames() throws {
    let frames = [RGB.white, .black, RGB(grey: 90)].map {
      Canvas(width: 5, height: 4, filledWith: $0)
    }
    let png = try PNGFile.encode(animation: frames, milliseconds: 120)
    #expect(try PNGFile.decode(png) == frames[0])
    let names = chunks(of: png).map(\.name)
    #expect(
      names == [
        "IHDR", "acTL", "PLTE", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND",
      ])
    let numbers = chunks(of: png).filter { ["fcTL", "fdAT"].contains($0.name) }
      .map { $0.data.prefix(4).reduce(0) { $0 << 8 | Int($1) } }
    #expect(numbers == [0, 1, 2, 3, 4])
  }

  /// 300 pixels per inch are 11811 per metre.
  @Test func thePrintedSizeIsWrittenIntoTheFile() throws {
    let png = try PNGFile.encode(noisyCanvas(), pixelsPerInch: 300)
    let size = try #require(chunks(of: png).first { $0.name == "pHYs" }).data
    #expect(size == [0, 0, 0x2E, 0x23, 0, 0, 0x2E, 0x23, 1])
  }

  private func chunks(of png: Data) -> [(name: String, data: [UInt8])] {
    let bytes = [UInt8](png)
    var chunks: [(name: String, data: [UInt8])] = []
    var place = 8
    while place + 8 <= bytes.count {
      let length = bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      chunks.append(
        (
          String(decoding: bytes[(place + 4)..<(place + 8)], as: UTF8.self),
          Array(bytes[(place + 8)..<(place + 8 + length)])
        ))
      place += 12 + length
    }
    return chunks
  }

  /// A time or text chunk would be identity or noise.
  @Test func aPNGHoldsNothingButThePicture() throws {
    let names = chunks(of: try PNGFile.encode(noisyCanvas())).map(\.name)
    #expect(names == ["IHDR", "IDAT", "IEND"])
  }

  @Test func bytesThatAreNotPNGAreRefused() {
    #expect(throws: ReportingError.cannotDecodePNG) { try PNGFile.decode(Data("no".utf8)) }
    #expect(throws: ReportingError.cannotDecodePNG) { try PNGFile.decode(Data()) }
  }

  /// A square of 2.5 by 2 pixels that starts at a quarter pixel: coverage by hand.
  @Test func coverageIsTheExactShareOfEachPixel() throws {
    var path = Path()
    path.add([[1.25, 1], [3.75, 1], [3.75, 3], [1.25, 3]])
    let coverage = try #require(path.coverage(width: 10, height: 10))
    #expect(coverage.box == PixelBox(x: 1, y: 1, width: 3, height: 2))
    #expect(coverage.shares == [0.75, 1, 0.75, 0.75, 1, 0.75])
  }

  /// Area of a disc of radius 20: π r² within the error of a 200-sided polygon.
  @Test func theAreaOfADiscIsRight() throws {
    var path = Path()
    path.add(
      (0..<200).map {
        SIMD2(25 + 20 * cos(Double($0) * .pi / 100), 25 + 20 * sin(Double($0) * .pi / 100))
      })
    let area = try #require(path.coverage(width: 50, height: 50)).shares.reduce(0, +)
    #expect(abs(Double(area) / (.pi * 400) - 1) < 3e-4)
  }

  @Test func pathsBeyondThePictureAreCut() throws {
    var path = Path()
    path.add([[-5, -5], [5, -5], [5, 5], [-5, 5]])
    let coverage = try #require(path.coverage(width: 3, height: 3))
    #expect(coverage.shares == [Float](repeating: 1, count: 9))
    var away = Path()
    away.add([[20, 20], [30, 20], [30, 30]])
    #expect(away.coverage(width: 3, height: 3) == nil)
  }

  @Test func theTypefaceHasEveryCharacterAPictureNeeds() {
    let ascii = String(String.UnicodeScalarView((0x20...0x7E).compactMap(Unicode.Scalar.init)))
    for face in [Typeface.regular, .bold] {
      #expect(face.canDraw(ascii + "µμ²³−·±Δ°×≤≥–…½"))
    }
    #expect(!Typeface.regular.canDraw("漢"))
  }

  /// DejaVu Sans 2.37: the advance of "0" is 1303 of 2048 units.
  @Test func lettersHaveTheirPublishedWidth() {
    let width = Typeface.regular.width(of: "0000", size: 100)
    #expect(abs(width - 4 * 100 * 1303.0 / 2048) < 0.3)
  }

  @Test func textIsDrawnInsideItsOwnBox() {
    var canvas = Canvas(width: 120, height: 40)
    let style = Lettering(size: 20)
    canvas.draw("H8", atX: 10, baseline: 30, style)
    let dark = (0..<40).flatMap { y in (0..<120).map { ($0, y) } }
      .filter { canvas[$0.0, $0.1].green < 128 }
    let (xs, ys) = (dark.map(\.0), dark.map(\.1))
    #expect(!dark.isEmpty)
    #expect((xs.min() ?? 0) >= 10 && Double(xs.max() ?? 0) <= 10 + style.width(of: "H8"))
    #expect((ys.min() ?? 0) >= 14 && (ys.max() ?? 40) <= 30)
  }

  @Test func longTextIsBrokenOrCut() {
    let style = Lettering(size: 20)
    let lines = style.wrapped("one two three four five six", within: 100)
    #expect(lines.count > 1)
    #expect(lines.allSatisfy { style.width(of: $0) <= 100 })
    #expect(lines.joined(separator: " ") == "one two three four five six")
    #expect(style.width(of: style.fitted("incomprehensibilities", within: 100)) <= 100)
  }
}
