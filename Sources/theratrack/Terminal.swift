import Foundation

/// What goes to the person at the terminal: errors, notes, and a progress bar on terminals only.
enum Terminal {
  static func error(_ text: String) {
    FileHandle.standardError.write(Data((harmless(text) + "\n").utf8))
  }

  /// The answer of a command, on standard output.
  static func output(_ text: String) {
    FileHandle.standardOutput.write(Data((harmless(text) + "\n").utf8))
  }

  /// Names from files may hold codes that move the cursor, recolour or reverse text: only line
  /// ends and tabs pass.
  private static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control
      let isMark =
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      let passes = scalar == "\n" || scalar == "\t" || !(isControl || isMark)
      result.append(passes ? scalar : "\u{FFFD}")
    }
    return String(result)
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
