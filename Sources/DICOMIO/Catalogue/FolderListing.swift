import Foundation

/// The regular files below a folder, and what was left aside on the way.
///
/// Nothing outside the folder is touched, nothing is opened, and no link to a folder is followed:
/// so there are no loops, and pipes and devices cannot block.
struct FolderListing {
  /// Paths below the folder, sorted.
  private(set) var paths: [String] = []
  private(set) var skipped: [SeriesCatalogue.SkippedFile] = []
  private let root: String
  private var links: [(path: String, target: String)] = []

  /// - Parameter root: A folder with its links resolved.
  init(_ root: URL) {
    self.root = root.path
    var open = [""]
    while let folder = open.popLast() { open += list(folder) }
    takeLinksToUnlistedFiles()
    paths.sort()
  }

  /// Lists one folder; returns the folders in it.
  private mutating func list(_ folder: String) -> [String] {
    let place = folder.isEmpty ? root : "\(root)/\(folder)"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
      skip(folder, "the folder cannot be opened; check its permissions")
      return []
    }
    var folders: [String] = []
    for name in names {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      let kind = EntryKind(atPath: "\(root)/\(path)")
      if name.hasPrefix(".") {
        skip(path, kind == .folder ? "a hidden folder; it is not searched" : "a hidden file")
        continue
      }
      switch kind {
      case .file: paths.append(path)
      case .folder: folders.append(path)
      case .link: note(link: path)
      case .special: skip(path, "a pipe, socket or device, not a file")
      case .gone:
        skip(path, "its name is not valid UTF-8, or it vanished; rename it to have it read")
      }
    }
    return folders
  }

  private mutating func note(link path: String) {
    let target = URL(filePath: "\(root)/\(path)").resolvingSymlinksInPath().path
    switch EntryKind(atPath: target) {
    case _ where !target.hasPrefix(root + "/"):
      skip(path, "a link that leads out of the folder")
    case .file: links.append((path, target))
    case .folder: skip(path, "a link to a folder, which is searched at its own place")
    default: skip(path, "a link that leads to no file")
    }
  }

  /// Some archives keep each file once in a hidden folder and show it by links: those are read.
  private mutating func takeLinksToUnlistedFiles() {
    var listed = Set(paths.map { "\(root)/\($0)" })
    for link in links.sorted(by: { $0.path < $1.path }) {
      if listed.insert(link.target).inserted {
        paths.append(link.path)
      } else {
        skip(link.path, "a link to a file that is read at its own place")
      }
    }
  }

  private mutating func skip(_ path: String, _ reason: String) {
    skipped.append(.init(path: path.isEmpty ? "." : path, reason: reason))
  }
}

/// What a name in a folder stands for.
private enum EntryKind {
  case file, folder, link, special, gone

  init(atPath path: String) {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0 else {
      self = .gone
      return
    }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    default: self = .special
    }
  }
}
