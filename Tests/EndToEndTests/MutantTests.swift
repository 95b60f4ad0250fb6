import Foundation
import TestSupport
import Testing

/// Damaged files end in a documented exit code: no signal, no hang, no flood of memory.
@Suite struct MutantTests {
  private static let isLong = ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil

  /// Reads one file under a limit of 1 GB of address space and 5 s of processor time.
  private func read(_ bytes: [UInt8], in folder: URL) throws -> BuiltCommand.Outcome {
    let file = folder.appending(path: "mutant.dcm")
    try Data(bytes).write(to: file)
    return try BuiltCommand.shell(
      "ulimit -v 1048576; ulimit -t 5; exec \"$TOOL\" show --json '\(file.path)'")
  }

  private func check(_ outcome: BuiltCommand.Outcome, _ what: String) {
    #expect(!outcome.wasKilled && [0, 1, 3].contains(outcome.exitCode), "\(what)")
    #expect(!outcome.json.isEmpty, "\(what)")
  }

  @Test func theSeedsThemselvesAreRead() throws {
    try withTemporaryFolder { folder in
      for seed in SeedObjects.all {
        let outcome = try read(seed.bytes, in: folder)
        #expect(outcome.exitCode == 0, "\(seed.name): \(outcome.output)")
      }
    }
  }

  /// One to eight changed bytes, or a run of bytes doubled or cut out, past the preamble. The
  /// generator is seeded, so a find can be repeated by its number.
  @Test func mutantsEndInADocumentedExitCode() throws {
    let count = Self.isLong ? 2000 : 96
    let seeds = SeedObjects.all
    try withTemporaryFolder { folder in
      for n in 0..<count {
        let seed = seeds[n % seeds.count]
        check(try read(mutant(of: seed.bytes, number: n), in: folder), "\(seed.name), mutant \(n)")
      }
    }
  }

  /// Cut at every 64 bytes; all kinds of objects in the long run, five of them otherwise.
  @Test func truncatedFilesEndInADocumentedExitCode() throws {
    let seeds = Self.isLong ? SeedObjects.all : Array(SeedObjects.all.prefix(5))
    let step = Self.isLong ? 64 : 256
    try withTemporaryFolder { folder in
      for seed in seeds {
        for length in stride(from: 0, to: seed.bytes.count, by: step) {
          let cut = Array(seed.bytes[..<length])
          check(try read(cut, in: folder), "\(seed.name), first \(length) bytes")
        }
      }
    }
  }

  private func mutant(of bytes: [UInt8], number: Int) -> [UInt8] {
    var random = SplitMix(state: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    var mutant = bytes
    func place() -> Int { 128 + Int(random.next() % UInt64(mutant.count - 128)) }
    switch random.next() % 4 {
    case 0:
      let at = place()
      let length = min(Int(random.next() % 64) + 1, mutant.count - at)
      mutant.insert(contentsOf: mutant[at..<(at + length)], at: at)
    case 1:
      let at = place()
      mutant.removeSubrange(at..<min(at + Int(random.next() % 16) + 1, mutant.count))
    default:
      for _ in 0...(random.next() % 8) {
        // Extreme bytes find length and sign mistakes sooner than even ones.
        let extreme: [UInt8] = [0, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())]
        mutant[place()] = extreme[Int(random.next() % 5)]
      }
    }
    return mutant
  }
}

/// Steele, Lea, Flood 2014: a small generator with a fixed sequence.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
