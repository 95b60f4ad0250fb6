/// Turns stored pixel words into rescaled floats: value = stored · slope + intercept.
public enum StoredSamples {
  /// How one stored sample is laid out in memory, in the byte order of this machine.
  public struct Layout: Sendable, Hashable {
    /// 1, 2 or 4.
    public let bytesPerSample: Int
    /// Bits that count, from the lowest up; the bits above them are ignored.
    public let bitsStored: Int
    public let isSigned: Bool
    /// Whether samples are IEEE 754 floats of 4 bytes.
    public let isFloat: Bool

    public init(bytesPerSample: Int, bitsStored: Int, isSigned: Bool, isFloat: Bool = false) {
      precondition([1, 2, 4].contains(bytesPerSample), "samples have 1, 2 or 4 bytes")
      precondition((1...(8 * bytesPerSample)).contains(bitsStored), "stored bits fit the sample")
      precondition(!isFloat || bitsStored == 32, "floats have 32 bits")
      self.bytesPerSample = bytesPerSample
      self.bitsStored = bitsStored
      self.isSigned = isSigned
      self.isFloat = isFloat
    }
  }

  /// Writes one float per stored sample. Samples that equal `padding` become `paddingValue`.
  ///
  /// - Precondition: `bytes` holds exactly one sample per element of `out`.
  public static func rescale(
    _ bytes: UnsafeRawBufferPointer, layout: Layout, slope: Double, intercept: Double,
    padding: ClosedRange<Int>? = nil, paddingValue: Float = 0,
    into out: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(bytes.count == out.count * layout.bytesPerSample, "one sample each")
    let line = Line(slope: slope, intercept: intercept, padding: padding, fill: paddingValue)
    if layout.isFloat {
      for n in out.indices {
        let stored = unsafe bytes.loadUnaligned(fromByteOffset: 4 * n, as: Float.self)
        unsafe out[n] = Float(Double(stored) * slope + intercept)
      }
      return
    }
    switch (layout.bytesPerSample, layout.isSigned) {
    case (1, true): unsafe run(bytes, as: Int8.self, layout, line, out)
    case (1, false): unsafe run(bytes, as: UInt8.self, layout, line, out)
    case (2, true): unsafe run(bytes, as: Int16.self, layout, line, out)
    case (2, false): unsafe run(bytes, as: UInt16.self, layout, line, out)
    case (_, true): unsafe run(bytes, as: Int32.self, layout, line, out)
    default: unsafe run(bytes, as: UInt32.self, layout, line, out)
    }
  }

  private struct Line {
    let slope: Double
    let intercept: Double
    let padding: ClosedRange<Int>?
    let fill: Float
  }

  @inline(__always)
  private static func run<Word: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, as _: Word.Type, _ layout: Layout, _ line: Line,
    _ out: UnsafeMutableBufferPointer<Float>
  ) {
    // Shifting up and down again drops the unused bits and extends the sign.
    let unused = Word(Word.bitWidth - layout.bitsStored)
    if Word.bitWidth <= 16 {
      unsafe runShort(bytes, unused: unused, line, out)
      return
    }
    for n in out.indices {
      let word = unsafe bytes.loadUnaligned(
        fromByteOffset: n * MemoryLayout<Word>.size, as: Word.self)
      let stored = (word &<< unused) &>> unused
      if let padding = line.padding, padding.contains(Int(stored)) {
        unsafe out[n] = line.fill
      } else {
        unsafe out[n] = Float(Double(stored) * line.slope + line.intercept)
      }
    }
  }

  /// A word of up to 16 bits is exact in a float. The loops hold no optional and no branch that
  /// depends on data, so that they are vectorised.
  @inline(__always)
  private static func runShort<Word: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, unused: Word, _ line: Line,
    _ out: UnsafeMutableBufferPointer<Float>
  ) {
    guard let source = bytes.baseAddress, let target = out.baseAddress else { return }
    let (slope, intercept, fill) = (Float(line.slope), Float(line.intercept), line.fill)
    let count = out.count
    guard let padding = line.padding else {
      for n in 0..<count {
        let word = unsafe source.loadUnaligned(
          fromByteOffset: n &* (Word.bitWidth / 8), as: Word.self)
        let stored = Int32(truncatingIfNeeded: (word &<< unused) &>> unused)
        unsafe target[n] = Float(stored) * slope + intercept
      }
      return
    }
    let lowest = Int32(clamping: padding.lowerBound)
    let span = UInt32(bitPattern: Int32(clamping: padding.upperBound) &- lowest)
    for n in 0..<count {
      let word = unsafe source.loadUnaligned(
        fromByteOffset: n &* (Word.bitWidth / 8), as: Word.self)
      let stored = Int32(truncatingIfNeeded: (word &<< unused) &>> unused)
      let value = Float(stored) * slope + intercept
      unsafe target[n] = UInt32(bitPattern: stored &- lowest) <= span ? fill : value
    }
  }
}
