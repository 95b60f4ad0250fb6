public import Foundation
import Glibc

/// Files that are either complete or not there.
///
/// Bytes go to a temporary name in the same folder, are synced and then renamed, so a full disk
/// or a killed run leaves the earlier file as it was. Files are readable by their owner only.
public enum AtomicFile {
  /// Writes `data` to `url`, replacing an earlier file; mode 0600.
  public static func write(_ data: Data, to url: URL) throws(ReportingError) {
    try write(data, to: url, through: .system)
  }

  /// Writes many files, each whole or not at all: all bytes are on the disk before the first
  /// name changes.
  public static func write(_ files: [(url: URL, data: Data)]) throws(ReportingError) {
    try write(files, through: .system)
  }

  /// Makes a folder and those above it that are missing; mode 0700.
  public static func makeFolder(at url: URL) throws(ReportingError) {
    do {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .cannotMakeFolder(path: url.path, reason: error.localizedDescription)
    }
  }

  /// Whether a file is the temporary one of a write that did not finish.
  public static func isUnfinished(_ url: URL) -> Bool {
    url.lastPathComponent.hasPrefix(".") && url.pathExtension == "partial"
  }

  /// Fixed name per target and process: a left-over of a killed run is overwritten by nobody
  /// else, and two processes never share it.
  private static func temporary(for url: URL) -> String {
    url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(getpid()).partial").path
  }

  static func write(
    _ files: [(url: URL, data: Data)], through calls: FileCalls
  ) throws(ReportingError) {
    var at = 0
    do throws(SystemError) {
      for (n, file) in files.enumerated() {
        at = n
        try fill(temporary(for: file.url), with: file.data, calls, isSynced: false)
      }
      // Waiting begins when all is written, so that the disk works meanwhile.
      for (n, file) in files.enumerated() {
        at = n
        try calls.syncWritten(temporary(for: file.url))
      }
      for (n, file) in files.enumerated() {
        at = n
        try calls.rename(temporary(for: file.url), file.url.path)
      }
      let folders = Set(files.map { $0.url.deletingLastPathComponent().path }).sorted()
      for folder in folders { try calls.syncFolder(folder) }
    } catch {
      for file in files { calls.remove(temporary(for: file.url)) }
      throw failure(error, files[at].url, bytes: files[at].data.count)
    }
  }

  private static func failure(_ error: SystemError, _ url: URL, bytes: Int) -> ReportingError {
    let isFull = [ENOSPC, EDQUOT, EFBIG].contains(error.code)
    return isFull
      ? .diskFull(path: url.path, bytes: bytes)
      : .cannotWrite(path: url.path, bytes: bytes, reason: error.reason)
  }

  static func write(_ data: Data, to url: URL, through calls: FileCalls) throws(ReportingError) {
    let temporary = temporary(for: url)
    do throws(SystemError) {
      try fill(temporary, with: data, calls)
      try calls.rename(temporary, url.path)
      try calls.syncFolder(url.deletingLastPathComponent().path)
    } catch {
      calls.remove(temporary)
      throw failure(error, url, bytes: data.count)
    }
  }

  private static func fill(
    _ path: String, with data: Data, _ calls: FileCalls, isSynced: Bool = true
  ) throws(SystemError) {
    calls.remove(path)
    let file = try calls.create(path)
    do throws(SystemError) {
      var rest = data[...]
      while !rest.isEmpty { rest = rest.dropFirst(try calls.write(file, rest)) }
      if isSynced { try calls.sync(file) }
    } catch {
      try? calls.close(file)
      throw error
    }
    try calls.close(file)
  }
}

/// A failed call to the operating system.
struct SystemError: Error, Hashable {
  let code: Int32

  var reason: String { unsafe String(cString: strerror(code)) }

  /// Passes a call's result on, or throws what `errno` says when it is negative.
  static func check<Result: SignedInteger>(_ result: Result) throws(SystemError) -> Result {
    guard result >= 0 else { throw SystemError(code: errno) }
    return result
  }
}

/// The calls an atomic write is made of; tests let each of them fail in turn.
struct FileCalls {
  var create: (String) throws(SystemError) -> Int32
  var write: (Int32, Data) throws(SystemError) -> Int
  var sync: (Int32) throws(SystemError) -> Void
  var close: (Int32) throws(SystemError) -> Void
  var rename: (String, String) throws(SystemError) -> Void
  var syncFolder: (String) throws(SystemError) -> Void
  /// Waits until a file written earlier is on the disk.
  var syncWritten: (String) throws(SystemError) -> Void
  var remove: (String) -> Void

  static var system: FileCalls {
    FileCalls(
      create: { path throws(SystemError) in
        // O_EXCL does not follow a link that somebody left under the temporary name.
        try SystemError.check(unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
      },
      write: { file, data throws(SystemError) in
        let written = unsafe data.withUnsafeBytes {
          unsafe Glibc.write(file, $0.baseAddress, $0.count)
        }
        return try SystemError.check(written)
      },
      sync: { file throws(SystemError) in _ = try SystemError.check(fsync(file)) },
      close: { file throws(SystemError) in _ = try SystemError.check(Glibc.close(file)) },
      rename: { old, new throws(SystemError) in
        _ = try SystemError.check(unsafe Glibc.rename(old, new))
      },
      syncFolder: { path throws(SystemError) in
        let folder = try SystemError.check(unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        defer { _ = Glibc.close(folder) }
        _ = try SystemError.check(fsync(folder))
      },
      syncWritten: { path throws(SystemError) in
        let file = try SystemError.check(unsafe open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC))
        defer { _ = Glibc.close(file) }
        _ = try SystemError.check(fsync(file))
      },
      remove: { path in _ = unsafe unlink(path) })
  }
}
