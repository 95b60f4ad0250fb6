import Foundation
import Glibc
import Testing

@testable import Reporting

@Suite(.serialized) struct AtomicFileTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "atomic-\(UUID().uuidString)")
    try AtomicFile.makeFolder(at: folder)
  }

  private var target: URL { folder.appending(path: "result.csv") }
  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
  }
  private func mode(_ url: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
  }

  @Test func filesAndFoldersAreTheOwnersOnly() throws {
    try AtomicFile.write(Data("x".utf8), to: target)
    #expect(try mode(target) == 0o600)
    #expect(try mode(folder) == 0o700)
    #expect(try names == ["result.csv"])
  }

  /// Each call of a write fails in turn: nothing crashes, nothing is half written, and an error
  /// is always thrown.
  @Test(arguments: 0..<6)
  func theEarlierFileSurvivesAnyFailedCall(failing: Int) throws {
    try AtomicFile.write(Data("earlier".utf8), to: target)
    var calls = FileCalls.system
    let full = SystemError(code: ENOSPC)
    switch failing {
    case 0: calls.create = { _ throws(SystemError) in throw full }
    case 1: calls.write = { _, _ throws(SystemError) in throw full }
    case 2: calls.sync = { _ throws(SystemError) in throw full }
    case 3:
      calls.close = { file throws(SystemError) in
        _ = Glibc.close(file)
        throw full
      }
    case 4: calls.rename = { _, _ throws(SystemError) in throw full }
    default:
      // The disk fills after some bytes.
      let system = calls.write
      calls.write = { file, data throws(SystemError) in
        guard data.count > 3 else { throw full }
        return try system(file, data.prefix(2))
      }
    }
    #expect(throws: ReportingError.diskFull(path: target.path, bytes: 5)) {
      try AtomicFile.write(Data("later".utf8), to: target, through: calls)
    }
    #expect(try Data(contentsOf: target) == Data("earlier".utf8))
    #expect(try names == ["result.csv"])
  }

  /// A real limit of the system: files may not grow beyond 32 MB.
  @Test func aFileThatMayNotGrowLeavesTheEarlierOne() throws {
    try AtomicFile.write(Data("earlier".utf8), to: target)
    signal(SIGXFSZ, SIG_IGN)
    var before = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before)
    var small = before
    small.rlim_cur = 32 << 20
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
    defer { unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before) }
    let bytes = 40 << 20
    #expect(throws: ReportingError.diskFull(path: target.path, bytes: bytes)) {
      try AtomicFile.write(Data(count: bytes), to: target)
    }
    #expect(try Data(contentsOf: target) == Data("earlier".utf8))
    #expect(try names == ["result.csv"])
  }

  @Test func aFolderThatIsMissingIsSaidSo() {
    let lost = folder.appending(path: "absent/result.csv")
    #expect(throws: ReportingError.self) { try AtomicFile.write(Data("x".utf8), to: lost) }
  }

  @Test func aLinkIsReplacedAndNotFollowed() throws {
    let outside = folder.appending(path: "outside")
    try Data("mine".utf8).write(to: outside)
    try FileManager.default.createSymbolicLink(at: target, withDestinationURL: outside)
    try AtomicFile.write(Data("x".utf8), to: target)
    #expect(try Data(contentsOf: outside) == Data("mine".utf8))
    #expect(try Data(contentsOf: target) == Data("x".utf8))
  }
}
