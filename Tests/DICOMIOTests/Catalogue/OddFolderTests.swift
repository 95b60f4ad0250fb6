import DICOMIO
import Foundation
import TestSupport
import Testing

/// Folders as they come from discs, archives and people.
@Suite struct OddFolderTests {
  private func reason(_ path: String, in catalogue: SeriesCatalogue) -> String {
    catalogue.skipped.first { $0.path == path }?.reason ?? "not skipped"
  }

  @Test(.timeLimit(.minutes(1)))
  func pipesSocketsLinksAndLoopsDoNotBlock() throws {
    try withTemporaryFolder { folder in
      try TinyDICOM.write([("sub/a", .ct(z: 0)), (".hidden/b", .ct(z: 3))], below: folder)
      #expect(unsafe mkfifo(folder.appending(path: "pipe").path, 0o600) == 0)
      let manager = FileManager.default
      for (name, target) in [
        ("loop", folder.path), ("sub/up", ".."), ("self", "self"), ("null", "/dev/null"),
        ("again", "sub/a"), ("kept", ".hidden/b"), ("gone", "nothing"),
      ] {
        try manager.createSymbolicLink(
          atPath: folder.appending(path: name).path, withDestinationPath: target)
      }
      let catalogue = try SeriesCatalogue.scan(folder: folder)
      // A file that only a link shows is read through it, others at their own place.
      #expect(catalogue.series.map(\.files) == [["kept", "sub/a"]])
      #expect(reason("pipe", in: catalogue).contains("pipe"))
      #expect(reason("null", in: catalogue).contains("out of the folder"))
      #expect(reason("sub/up", in: catalogue).contains("link"))
      #expect(reason("again", in: catalogue).contains("own place"))
      #expect(reason(".hidden", in: catalogue).contains("hidden"))
      #expect(Set(catalogue.skipped.map(\.path)).isSuperset(of: ["loop", "self", "gone"]))
    }
  }

  @Test func namesOfAnyKindAreRead() throws {
    try withTemporaryFolder { folder in
      let names = [
        "with space", "line\nbreak", "ünïcode", String(repeating: "n", count: 200), "-rf",
      ]
      for (n, name) in names.enumerated() {
        try TinyDICOM.ct(z: Double(n) * 3).write(to: folder.appending(path: name))
      }
      let bytes: [CChar] = (folder.path + "/bad").utf8CString.dropLast() + [-1, 0]
      let descriptor = unsafe open(bytes, O_CREAT | O_WRONLY, 0o600)
      #expect(descriptor >= 0)
      close(descriptor)
      let catalogue = try SeriesCatalogue.scan(folder: folder)
      #expect(catalogue.series.map(\.files) == [names.sorted()])
      #expect(catalogue.skipped.count == 1)
      #expect(catalogue.skipped.first?.reason.contains("UTF-8") == true)
    }
  }

  @Test(arguments: [
    ("zip", [0x50, 0x4B, 3, 4, 0, 0]), ("gzip", [0x1F, 0x8B, 8, 0]),
    ("7-zip", [0x37, 0x7A, 0xBC, 0xAF]),
  ])
  func archivesAreNamedNotRead(kind: String, magic: [UInt8]) throws {
    try withTemporaryFolder { folder in
      try TinyDICOM.ct(z: 0).write(to: folder.appending(path: "a"))
      try Data(magic).write(to: folder.appending(path: "export"))
      let catalogue = try SeriesCatalogue.scan(folder: folder)
      #expect(reason("export", in: catalogue).contains("\(kind) archive"))
    }
  }

  @Test func aTarIsKnownByItsMagicAndAnEmptyFileByItsSize() throws {
    try withTemporaryFolder { folder in
      try TinyDICOM.ct(z: 0).write(to: folder.appending(path: "a"))
      var tar = [UInt8](repeating: 0x61, count: 512)
      tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
      try Data(tar).write(to: folder.appending(path: "all.tar"))
      try Data().write(to: folder.appending(path: "empty"))
      let catalogue = try SeriesCatalogue.scan(folder: folder)
      #expect(reason("all.tar", in: catalogue).contains("tar archive"))
      #expect(reason("empty", in: catalogue) == "an empty file")
    }
  }

  @Test func aFolderWithoutReadableDICOMSaysWhy() throws {
    try withTemporaryFolder { folder in
      let whole = TinyDICOM.ct(z: 0).file()
      try Data(whole.prefix(whole.count - 4)).write(to: folder.appending(path: "a"))
      let error = #expect(throws: DICOMReadError.self) {
        try SeriesCatalogue.scan(folder: folder)
      }
      #expect(error?.message.contains("(7FE0,0010)") == true, "\(error?.message ?? "")")
    }
  }

  @Test func aThousandOtherFilesAreEachNamed() throws {
    try withTemporaryFolder { folder in
      try TinyDICOM.ct(z: 0).write(to: folder.appending(path: "a"))
      let junk = Data(repeating: 0x7A, count: 300)
      for n in 0..<1000 { try junk.write(to: folder.appending(path: "junk\(n)")) }
      let catalogue = try SeriesCatalogue.scan(folder: folder)
      #expect(catalogue.skipped.count == 1000)
      #expect(catalogue.skipped.allSatisfy { $0.reason.contains("not DICOM") })
    }
  }
}
