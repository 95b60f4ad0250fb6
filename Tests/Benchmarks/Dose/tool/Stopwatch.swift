import Foundation

/// Wall and processor time of a piece of work, all threads (POSIX counts in microseconds).
struct Stopwatch {
  private let start = ContinuousClock.now
  private let before = clock()

  var wall: Double { (ContinuousClock.now - start) / .seconds(1) }
  var processor: Double { Double(clock() - before) * 1e-6 }
}
