/// RLE of PS3.5 annex G, written from the standard: a header of 64 bytes with the offsets of the
/// segments, then the bytes of all samples, the highest byte of each first.
public func runLengthEncoded(_ samples: [UInt32], bytesPerSample: Int) -> [UInt8] {
  let segments = (0..<bytesPerSample).reversed().map { byte in
    packBits(samples.map { UInt8(truncatingIfNeeded: $0 >> (8 * UInt32(byte))) })
  }
  var offsets: [UInt32] = [UInt32(bytesPerSample)]
  var next: UInt32 = 64
  for segment in segments {
    offsets.append(next)
    next += UInt32(segment.count)
  }
  offsets += [UInt32](repeating: 0, count: 16 - offsets.count)
  return offsets.flatMap { littleEndian($0) } + segments.flatMap { $0 }
}

/// Runs of equal bytes as (1 − count, byte), others as (count − 1, bytes), padded to even length.
private func packBits(_ bytes: [UInt8]) -> [UInt8] {
  var packed: [UInt8] = []
  var n = 0
  while n < bytes.count {
    let same = min(bytes[n...].prefix { $0 == bytes[n] }.count, 128)
    if same > 1 {
      packed += [UInt8(bitPattern: Int8(1 - same)), bytes[n]]
      n += same
    } else {
      var end = n + 1
      while end < bytes.count, end - n < 128, bytes[end] != bytes[end - 1] { end += 1 }
      packed += [UInt8(end - n - 1)] + bytes[n..<end]
      n = end
    }
  }
  return packed.count % 2 == 0 ? packed : packed + [0x80]
}
