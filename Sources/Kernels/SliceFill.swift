/// Makes a buffer slice by slice, on all cores.
public enum SliceFill {
  /// - Parameters:
  ///   - length: Elements per slice.
  ///   - count: Number of slices.
  ///   - initial: What every element is before `body` sees its slice.
  ///   - body: Fills slice k. Called once per slice, on several threads at a time; it must not
  ///     depend on any other slice.
  /// - Returns: All slices, slice 0 first.
  @inlinable
  public static func run<Element: BitwiseCopyable>(
    length: Int, count: Int, initial: Element,
    _ body: (_ k: Int, _ slice: inout MutableSpan<Element>) -> Void
  ) -> [Element] {
    var result = [Element](repeating: initial, count: length * count)
    unsafe result.withUnsafeMutableBufferPointer { buffer in
      let buffer = unsafe buffer
      Slabs.forEach(of: count) { slab in
        for k in slab {
          // Each slice is written by one thread only.
          let slice = unsafe UnsafeMutableBufferPointer(
            rebasing: buffer[(k * length)..<((k + 1) * length)])
          var span = unsafe slice.mutableSpan
          body(k, &span)
        }
      }
    }
    return result
  }
}
