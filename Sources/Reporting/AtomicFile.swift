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

  static func write(_ data: Data, to url: URL, through calls: FileCalls) throws(ReportingError) {
    // Fixed name per target and process: a left-over of a killed run is overwritten by nobody
    // else, and two processes never share it.
    let temporary = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(getpid()).partial").path
    do {
      try fill(temporary, with: data, calls)
      try calls.rename(temporary, url.path)
      try calls.syncFolder(url.deletingLastPathComponent().path)
    } catch {
      calls.remove(temporary)
      let isFull = [ENOSPC, EDQUOT, EFBIG].contains(error.code)
      throw isFull
        ? .diskFull(path: url.path, bytes: data.count)
        : .cannotWrite(path: url.path, bytes: data.count, reason: error.reason)
    }
  }

  private static func fill(
    _ path: String, with data: Data, _ calls: FileCalls
  ) throws(SystemError) {
    calls.remove(path)
    let file = try calls.create(path)
    do throws(SystemError) {
      var rest = data[...]
      while !rest.isEmpty { rest = rest.dropFirst(try calls.write(file, rest)) }
      try calls.sync(file)
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
      remove: { path in _ = unsafe unlink(path) })
  }
}
