import Foundation
import Glibc

/// Keeps two runs from writing to one folder: an advisory lock that ends with the process.
final class RunLock {
  private let descriptor: Int32

  /// - Throws: ``PipelineError/otherRunActive(path:)`` when another run holds the folder.
  init(folder: URL) throws {
    let path = folder.appending(path: ".run.lock").path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      throw PipelineError.otherRunActive(path: folder.path)
    }
  }

  deinit { close(descriptor) }
}
