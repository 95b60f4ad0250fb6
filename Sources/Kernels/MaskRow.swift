import Foundation

/// Where a row of a mask begins and ends.
public enum MaskRow {
  /// First to last voxel of `row` that is 1, as offsets from the start of the row; `nil` when none
  /// is. Most rows of an organ's mask are empty; memchr passes over them many bytes at a time.
  ///
  /// - Precondition: `row` lies inside `mask`.
  public static func extent(_ row: Range<Int>, of mask: [UInt8]) -> Range<Int>? {
    precondition(row.lowerBound >= 0 && row.upperBound <= mask.count, "row outside the mask")
    return unsafe mask.withUnsafeBytes { bytes in
      let bytes = unsafe bytes
      // In bounds by the precondition; an empty row has no start address and no voxels.
      guard let base = bytes.baseAddress, !row.isEmpty else { return nil }
      let start = unsafe base + row.lowerBound
      guard let first = unsafe memchr(start, 1, row.count) else { return nil }
      let lower = unsafe UnsafeRawPointer(first) - start
      var upper = row.count
      while unsafe start.load(fromByteOffset: upper - 1, as: UInt8.self) != 1 { upper -= 1 }
      return lower..<upper
    }
  }
}
