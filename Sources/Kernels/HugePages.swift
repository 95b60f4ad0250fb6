import Glibc

/// Asks the kernel to back a large buffer that is about to be filled with pages of 2 MB.
///
/// A new buffer of 262 MB costs 64 000 page faults in pages of 4 kB, more than filling it.
/// Debian gives larger pages only where they are asked for (`transparent_hugepage = madvise`).
public enum HugePages {
  private static let pageSize = 4096
  /// Below this a page of 2 MB wastes more memory than it saves time.
  private static let smallestBuffer = 8 << 20

  /// A hint: nothing but speed depends on it, so a refusal is no failure.
  public static func advise(_ buffer: UnsafeMutableRawBufferPointer) {
    guard buffer.count >= smallestBuffer, let start = buffer.baseAddress else { return }
    let inside = unsafe start.alignedUp(toMultipleOf: pageSize)
    _ = unsafe madvise(inside, buffer.count - (inside - start), MADV_HUGEPAGE)
  }
}
