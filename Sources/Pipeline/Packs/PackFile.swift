import Foundation
import Planning
import Response
import Yams

/// Reads a pack of `plugins` and says what is wrong with it by file and key.
enum PackFile {
  static func tracer(_ file: URL) throws(PackError) -> TracerPack {
    try read(file) { (pack: TracerPack) in try pack.check() }
  }

  static func criteria(_ file: URL) throws(PackError) -> CriteriaPack {
    try read(file) { (pack: CriteriaPack) in
      try pack.check()
      guard pack.id == file.deletingPathExtension().lastPathComponent else {
        throw PackProblem(key: "id", reason: "'\(pack.id)' is not the name of the file")
      }
    }
  }

  static func limits(_ file: URL) throws(PackError) -> LimitPack {
    try read(file) { (pack: LimitPack) in try pack.check() }
  }

  private static func read<Pack: Codable>(
    _ file: URL, check: (Pack) throws -> Void
  ) throws(PackError) -> Pack {
    let path = file.path
    do {
      let text = try String(contentsOf: file, encoding: .utf8)
      let pack = try YAMLDecoder().decode(Pack.self, from: text)
      if let key = try unknownKey(in: text, of: pack) {
        throw PackError(file: path, key: key, reason: "is not a key of this file")
      }
      try check(pack)
      return pack
    } catch let error as PackError {
      throw error
    } catch let problem as PackProblem {
      throw PackError(file: path, key: problem.key, reason: problem.reason)
    } catch let error as DecodingError {
      throw PackError(file: path, key: nil, reason: Course.explain(error))
    } catch let error as YamlError {
      throw PackError(file: path, key: nil, reason: "it is not YAML: \(error)")
    } catch let error as PlanningError {
      throw PackError(file: path, key: nil, reason: error.description)
    } catch {
      throw PackError(file: path, key: nil, reason: "the file cannot be read")
    }
  }

  /// The first key that is written and was not read: a misspelt one would be lost in silence.
  private static func unknownKey<Pack: Encodable>(
    in text: String, of pack: Pack
  ) throws -> String? {
    guard let written = try Yams.compose(yaml: text) else { return nil }
    let known = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(pack))
    return unknownKey(written, known, at: "")
  }

  private static func unknownKey(_ written: Node, _ known: Any, at path: String) -> String? {
    switch written {
    case .mapping(let mapping):
      guard let known = known as? [String: Any] else { return nil }
      for (key, value) in mapping {
        let name = key.string ?? "?"
        let place = path.isEmpty ? name : "\(path).\(name)"
        guard let inner = known[name] else {
          if value.null != nil { continue }
          return place
        }
        if let found = unknownKey(value, inner, at: place) { return found }
      }
    case .sequence(let sequence):
      guard let known = known as? [Any], known.count == sequence.count else { return nil }
      for (n, value) in sequence.enumerated() {
        if let found = unknownKey(value, known[n], at: "\(path)[\(n)]") { return found }
      }
    case .scalar, .alias: break
    }
    return nil
  }
}

/// Why a pack cannot be used.
public struct PackError: Error, Hashable, Sendable, CustomStringConvertible {
  public let file: String
  public let key: String?
  public let reason: String

  public var description: String {
    "'\(file)': \(key.map { "\($0): " } ?? "")\(reason). 'theratrack plugins check' checks all packs."
  }
}
