import Foundation

extension Array where Element == Float {
  /// Huge pages of Linux on common processors, in bytes.
  private static let hugePage = 2 << 20

  /// `count` samples, each of which `fill` writes.
  ///
  /// Memory of a whole CT is taken in huge pages where the system offers them: touching 262 MB
  /// for the first time in pages of 4 KiB takes longer than the interpolation that fills them.
  static func fresh(count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      if let start = buffer.baseAddress {
        unsafe adviseHugePages(start, count)
        unsafe fill(start)
      }
      filled = count
    }
  }

  private static func adviseHugePages(_ start: UnsafeMutablePointer<Float>, _ count: Int) {
    #if os(Linux)
      let bytes = UnsafeMutableRawPointer(start)
      let first = unsafe bytes.alignedUp(toMultipleOf: hugePage)
      let end = unsafe (bytes + count * MemoryLayout<Float>.stride)
        .alignedDown(toMultipleOf: hugePage)
      let length = unsafe end - first
      guard length >= hugePage else { return }
      // A refusal only costs time.
      _ = unsafe madvise(first, length, MADV_HUGEPAGE)
    #endif
  }
}
