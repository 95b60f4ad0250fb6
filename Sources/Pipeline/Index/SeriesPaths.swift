import DICOMIO
import Foundation

/// How the course file names a series: by its folder when that holds nothing else, else by one of
/// its files, which stands for its series in that folder.
struct SeriesPaths {
  private let folder: URL
  private let base: URL
  /// Series with a file in a folder or below it.
  private var seriesBelow: [String: Set<String>] = [:]

  init(_ series: [SeriesCatalogue.Series], folder: URL, base: URL) {
    self.folder = folder
    self.base = base
    for one in series {
      for parent in Set(one.files.map(Self.parent)) {
        var parts = parent.split(separator: "/")
        seriesBelow["", default: []].insert(one.uid)
        while !parts.isEmpty {
          seriesBelow[parts.joined(separator: "/"), default: []].insert(one.uid)
          parts.removeLast()
        }
      }
    }
  }

  private static func parent(_ path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// The deepest folder with all files of a series.
  private func home(of series: SeriesCatalogue.Series) -> String {
    let parents = Set(series.files.map(Self.parent)).map { $0.split(separator: "/") }
    guard var common = parents.first else { return "" }
    for parts in parents {
      common = zip(common, parts).prefix { $0 == $1 }.map(\.0)
    }
    return common.joined(separator: "/")
  }

  private func isAlone(_ series: SeriesCatalogue.Series) -> Bool {
    seriesBelow[home(of: series)] == [series.uid]
  }

  /// Whether neither a folder nor a file can stand for it.
  func isScattered(_ series: SeriesCatalogue.Series) -> Bool {
    Set(series.files.map(Self.parent)).count > 1 && !isAlone(series)
  }

  func path(of series: SeriesCatalogue.Series) -> String {
    relative(isAlone(series) ? home(of: series) : series.files.first ?? "")
  }

  private func relative(_ below: String) -> String {
    let url = below.isEmpty ? folder : folder.appending(path: below)
    let (path, root) = (url.standardizedFileURL.path, base.standardizedFileURL.path)
    let prefix = root.hasSuffix("/") ? root : root + "/"
    if path == root { return "." }
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
