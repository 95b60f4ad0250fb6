import CourseStore
import Foundation
import Testing

@Suite struct CourseStoreTests {
  private func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// FIPS 180-4, example B.1: SHA-256 of "abc".
  @Test func theDigestOfAbcIsThePublishedOne() {
    #expect(
      Digest(of: Data("abc".utf8)).hexadecimal
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func whereOnePartEndsCounts() {
    #expect(Digest(of: ["ab", "c"]) != Digest(of: ["a", "bc"]))
  }

  @Test func aResultIsFoundOnlyUnderItsOwnKey() throws {
    let store = try CourseStore(file: try temporaryFolder().appending(path: "course.sqlite"))
    let key = Digest(of: ["ct-1", "ct-2"])
    try store.keep([1.5, 2.5], of: "register", key: key, softwareVersion: "0")
    #expect(try store.result(of: "register", key: key, as: [Double].self) == [1.5, 2.5])
    #expect(try store.result(of: "register", key: Digest(of: ["x"]), as: [Double].self) == nil)
    #expect(try store.result(of: "track", key: key, as: [Double].self) == nil)
    #expect(try store.result(of: "register", key: key, as: [String].self) == nil)
  }

  @Test func aChangedFileHasAnotherDigest() throws {
    let folder = try temporaryFolder()
    let store = try CourseStore(file: folder.appending(path: "course.sqlite"))
    let file = folder.appending(path: "slice.dcm")
    try Data("first".utf8).write(to: file)
    let first = try store.digest(ofFile: file)
    #expect(try store.digest(ofFile: file) == first)
    try Data("second".utf8).write(to: file)
    #expect(try store.digest(ofFile: file) == Digest(of: Data("second".utf8)))
  }

  @Test func resultsOutliveTheProgram() throws {
    let file = try temporaryFolder().appending(path: "course.sqlite")
    let key = Digest(of: ["k"])
    try CourseStore(file: file).keep("kept", of: "dose", key: key, softwareVersion: "0")
    let reopened = try CourseStore(file: file)
    #expect(try reopened.result(of: "dose", key: key, as: String.self) == "kept")
    #expect(try reopened.isIntact())
  }

  @Test func aFileThatIsNoStoreIsRefusedAndLeftAlone() throws {
    let file = try temporaryFolder().appending(path: "course.sqlite")
    let text = Data(repeating: 65, count: 5000)
    try text.write(to: file)
    #expect(throws: CourseStoreError.self) { try CourseStore(file: file) }
    #expect(try Data(contentsOf: file) == text)
  }

  @Test func onlyTheOwnerCanReadTheResults() throws {
    let file = try temporaryFolder().appending(path: "course.sqlite")
    _ = try CourseStore(file: file)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }
}
