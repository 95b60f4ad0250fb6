import Foundation

/// A command-line program that some tests ask for a second opinion.
public struct ExternalTool: Sendable {
  public let path: String

  /// `nil` when the program is not installed; tests that need it are then skipped.
  public init?(_ name: String) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let candidates = folders.map { "\($0)/\(name)" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else {
      return nil
    }
    self.path = path
  }

  /// The program at a path; `nil` when there is none.
  public init?(path: String) {
    guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
    self.path = path
  }

  /// What the program prints, to standard output and standard error together.
  public func output(_ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// Checks a DICOM object against its definition (Debian package dicom3tools).
  public static let dciodvfy = ExternalTool("dciodvfy")
  /// Prints a DICOM object as text (Debian package dcmtk).
  public static let dcmdump = ExternalTool("dcmdump")
}
