public import Foundation
import Planning
import Reporting
import Response

/// What packs there are and whether they are sound: the answer of `theratrack plugins`.
public struct PackListing: Sendable, Encodable {
  public let folders: [String]
  public let packs: [Entry]

  public struct Entry: Sendable, Encodable {
    public let kind: PackLibrary.Kind
    public let file: String
    /// As the course file names it.
    public let name: String?
    /// What it holds, in one line.
    public let summary: String?
    /// What is wrong with it; `nil` when it is sound.
    public let problem: String?
    public let key: String?
  }

  public var isSound: Bool { !packs.contains { $0.problem != nil } }

  /// - Parameter files: Packs to look at; all that are found when it is empty.
  public init(library: PackLibrary = PackLibrary(), files: [URL] = []) {
    folders = library.folders.map(\.path)
    packs =
      files.isEmpty
      ? PackLibrary.Kind.allCases.flatMap { kind in
        library.files(kind).map { Self.entry($0, kind) }
      } : files.map { Self.entry($0, Self.kind(of: $0)) }
  }

  /// By the key that every pack begins with.
  private static func kind(of file: URL) -> PackLibrary.Kind {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    if text.contains("theratrack_tracer:") { return .tracers }
    return text.contains("theratrack_criteria:") ? .criteria : .limits
  }

  private static func entry(_ file: URL, _ kind: PackLibrary.Kind) -> Entry {
    do throws(PackError) {
      let (name, summary) =
        switch kind {
        case .tracers: describe(try PackFile.tracer(file))
        case .criteria: describe(try PackFile.criteria(file))
        case .limits: describe(try PackFile.limits(file))
        }
      return Entry(
        kind: kind, file: file.path, name: name, summary: summary, problem: nil, key: nil)
    } catch {
      return Entry(
        kind: kind, file: file.path, name: nil, summary: nil, problem: error.reason, key: error.key)
    }
  }

  private static func describe(_ pack: TracerPack) -> (String, String) {
    let window = pack.uptake.window.map {
      "\(Digits.text($0.lowerBound, 0)) to \(Digits.text($0.upperBound, 0)) min"
    }
    let variation = pack.repeatability.map {
      "\($0.metric.key) \(Digits.text(100 * $0.withinSubjectCV, 1)) %"
        + ($0.site == .any ? "" : " (\($0.site.rawValue))")
    }
    return (
      pack.name,
      "\(window ?? "no window"); variation "
        + (variation.isEmpty ? "none known" : variation.joined(separator: ", "))
    )
  }

  private static func describe(_ pack: CriteriaPack) -> (String, String) {
    let least = pack.leastConfidence
    return (
      pack.id,
      "\(pack.name), \(pack.images.rawValue); least known rule: \(least.rawValue), \(least.words)"
    )
  }

  private static func describe(_ pack: LimitPack) -> (String, String) {
    (pack.name, "\(pack.radionuclide); \(pack.organs.map(\.organ).joined(separator: ", "))")
  }

  // MARK: Output

  public func text() -> String {
    var lines = folders.isEmpty ? ["no plugins folder was found"] : folders
    for kind in PackLibrary.Kind.allCases {
      let entries = packs.filter { $0.kind == kind }
      if entries.isEmpty { continue }
      lines += ["", kind.rawValue.capitalized]
      lines += entries.map { entry in
        if let problem = entry.problem {
          return "  ✕ \(entry.file): \(entry.key.map { "\($0): " } ?? "")\(problem)"
        }
        return "  " + (entry.name ?? "").column(22) + (entry.summary ?? "")
      }
    }
    return lines.joined(separator: "\n")
  }

  public func json() throws -> String {
    String(bytes: try JSONWriter.data(self).dropLast(), encoding: .utf8) ?? ""
  }
}

extension CriteriaPack {
  /// Of all rules that can make a verdict, how well the least known is known.
  var leastConfidence: SourceConfidence {
    verdicts.flatMap(\.rules).map(\.confidence).min() ?? .none
  }
}
