import Foundation
import Response
import Yams

/// The packs that the project ships, read as the command reads them.
enum PackFiles {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "plugins")

  static func names(_ kind: String) -> [String] {
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder.appending(path: kind), includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.pathExtension == "yaml" }
      .map { $0.deletingPathExtension().lastPathComponent }.sorted()
  }

  static func criteria(_ id: String) throws -> CriteriaPack {
    let pack = try YAMLDecoder().decode(CriteriaPack.self, from: text("criteria", id))
    try pack.check()
    return pack
  }

  static func tracer(_ file: String) throws -> TracerPack {
    let pack = try YAMLDecoder().decode(TracerPack.self, from: text("tracers", file))
    try pack.check()
    return pack
  }

  static func text(_ kind: String, _ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: "\(kind)/\(name).yaml"), encoding: .utf8)
  }
}
