import Foundation

/// What goes to the person at the terminal: errors, notes, and a progress bar on terminals only.
enum Terminal {
  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// A progress bar on standard error when that is a terminal, else nothing.
  static func progress() -> @Sendable (String, Double) -> Void {
    guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return { _, _ in } }
    return { label, fraction in
      let width = 28
      let done = Int((min(max(fraction, 0), 1) * Double(width)).rounded())
      let bar = String(repeating: "█", count: done) + String(repeating: "·", count: width - done)
      let end = fraction >= 1 ? "\r\u{1B}[K" : ""
      let line = "\r\u{1B}[K\(bar) \(label)\(end)"
      FileHandle.standardError.write(Data(line.utf8))
    }
  }
}
