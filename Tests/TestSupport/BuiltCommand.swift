import Foundation

/// Runs the built `theratrack`, as a user would.
public enum BuiltCommand {
  /// What a finished command left behind.
  public struct Outcome: Sendable {
    public let exitCode: Int32
    /// Whether a signal ended the process.
    public let wasKilled: Bool
    public let output: String
    public let errors: String

    /// Standard output read as one JSON object; empty when it is none.
    public var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
    }
  }

  /// The executable beside the test bundle.
  public static var executable: URL {
    let bundle = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appending(path: "theratrack")
  }

  /// Runs `theratrack` with arguments and waits for it.
  public static func run(_ arguments: [String], environment: [String: String] = [:]) throws
    -> Outcome
  {
    try run(program: executable, arguments, environment: environment)
  }

  /// Runs `sh -c` with `$TOOL` set to the command: for limits and kills.
  public static func shell(_ script: String) throws -> Outcome {
    try run(
      program: URL(filePath: "/bin/sh"), ["-c", script], environment: ["TOOL": executable.path])
  }

  private static func run(
    program: URL, _ arguments: [String], environment: [String: String]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: a full pipe would stop the child while nobody reads.
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (output, errors) = (folder.appending(path: "out"), folder.appending(path: "err"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Outcome(
      exitCode: process.terminationStatus,
      wasKilled: process.terminationReason == .uncaughtSignal,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// A new empty folder; the caller removes it, or the system does.
  public static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "theratrack-tests-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}
