public import Foundation
import Response

/// The packs a run can use: a site's own beside its course file first, then those of the folder
/// that `THERATRACK_PLUGINS` names, then those that came with the program.
public struct PackLibrary: Sendable {
  /// In the order they are searched; all of them exist.
  public let folders: [URL]

  public enum Kind: String, Sendable, CaseIterable, Encodable {
    case tracers, criteria, limits
  }

  /// - Parameter course: Folder of the course file.
  public init(beside course: URL? = nil) {
    let environment = ProcessInfo.processInfo.environment["THERATRACK_PLUGINS"]
    let candidates =
      [course?.appending(path: "plugins"), environment.map { URL(filePath: $0) }].compactMap { $0 }
      + Self.aboveExecutable
      + [URL(filePath: FileManager.default.currentDirectoryPath).appending(path: "plugins")]
    var found: [URL] = []
    for candidate in candidates.map(\.standardizedFileURL) where !found.contains(candidate) {
      let holdsPacks = Kind.allCases.contains {
        FileManager.default.fileExists(atPath: candidate.appending(path: $0.rawValue).path)
      }
      if holdsPacks { found.append(candidate) }
    }
    folders = found
  }

  /// Of a build in its package folder, and of an installation with `share/theratrack`.
  private static var aboveExecutable: [URL] {
    guard let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return [] }
    var folder = executable.deletingLastPathComponent()
    var found: [URL] = []
    for _ in 0..<5 {
      found.append(folder.appending(path: "share/theratrack/plugins"))
      found.append(folder.appending(path: "plugins"))
      folder = folder.deletingLastPathComponent()
    }
    return found
  }

  /// Every pack of a kind; of two files of one name the first found.
  public func files(_ kind: Kind) -> [URL] {
    var found: [URL] = []
    for folder in folders {
      let inside = try? FileManager.default.contentsOfDirectory(
        at: folder.appending(path: kind.rawValue), includingPropertiesForKeys: nil)
      for file in (inside ?? []).sorted(by: { $0.path < $1.path })
      where file.pathExtension == "yaml"
        && !found.contains(where: { $0.lastPathComponent == file.lastPathComponent })
      {
        found.append(file)
      }
    }
    return found
  }

  /// The pack of a tracer as a course file or header spells it; `nil` when there is none.
  func tracer(named text: String?) throws(PackError) -> TracerPack? {
    guard let text else { return nil }
    for file in files(.tracers) {
      let pack = try PackFile.tracer(file)
      if pack.isNamed(text) { return pack }
    }
    return nil
  }

  func criteria(_ id: String) throws(PackError) -> CriteriaPack {
    guard
      let file = files(.criteria).first(where: {
        $0.deletingPathExtension().lastPathComponent == id
      })
    else {
      let known = files(.criteria).map { $0.deletingPathExtension().lastPathComponent }
      throw PackError(
        file: folders.first?.path ?? "plugins", key: "criteria",
        reason: "there is no criteria pack '\(id)'; known are "
          + (known.isEmpty ? "none, no plugins folder was found" : known.joined(separator: ", ")))
    }
    return try PackFile.criteria(file)
  }
}
