import Dispatch

/// Splits work into a fixed number of slabs, so that results do not depend on the core count.
///
/// The only place where threads start. The closures run at the same time and are not `Sendable`:
/// each caller sees to it that a slab writes nothing that another slab reads or writes.
public enum Slabs {
  /// How many slabs a range is cut into, whatever the machine.
  public static let count = 32

  /// The slabs of `0..<total`, in order; empty ones are left out.
  public static func ranges(of total: Int) -> [Range<Int>] {
    (0..<count).compactMap {
      let range = (total * $0 / count)..<(total * ($0 + 1) / count)
      return range.isEmpty ? nil : range
    }
  }

  /// Runs `body` on each slab, on as many threads as the machine has.
  public static func forEach(of total: Int, _ body: (Range<Int>) -> Void) {
    let slabs = ranges(of: total)
    withoutActuallyEscaping(body) { body in
      // Sound because concurrentPerform returns only after every slab has ended.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: slabs.count) { unsafe body(slabs[$0]) }
    }
  }

  /// The results of `body`, one per slab, in slab order.
  public static func map<Result>(of total: Int, _ body: (Range<Int>) -> Result) -> [Result] {
    let slabs = ranges(of: total)
    var results = [Result?](repeating: nil, count: slabs.count)
    unsafe results.withUnsafeMutableBufferPointer { slots in
      let slots = unsafe slots
      forEach(of: total) { range in
        // Each slab writes its own slot only.
        guard let slot = slabs.firstIndex(of: range) else { return }
        unsafe slots[slot] = body(range)
      }
    }
    return results.compactMap { $0 }
  }

  /// Sums `body` over the slabs in slab order: the same bits for any number of threads.
  public static func sum(of total: Int, _ body: (Range<Int>) -> Double) -> Double {
    map(of: total, body).reduce(0, +)
  }
}
