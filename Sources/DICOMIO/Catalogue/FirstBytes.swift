import Foundation

/// What the first bytes of a file tell, before any parser sees it: a folder may hold a hundred
/// thousand files that are no DICOM, and each costs one small read.
enum FirstBytes: Equatable {
  case dicom
  /// A packed file, by its kind.
  case archive(String)
  case empty
  case other
  case unreadable(String)

  /// Preamble, `DICM`, and the magic number of tar behind them.
  private static let count = 264

  init(of file: URL) {
    // O_NONBLOCK: should the file have become a pipe meanwhile, opening it must not wait.
    let descriptor = unsafe open(file.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      self = .unreadable(unsafe String(cString: strerror(errno)).lowercased())
      return
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Self.count)
    let got = unsafe read(descriptor, &bytes, Self.count)
    guard got >= 0 else {
      self = .unreadable(unsafe String(cString: strerror(errno)).lowercased())
      return
    }
    self.init(Array(bytes.prefix(got)))
  }

  init(_ bytes: [UInt8]) {
    func holds(_ magic: [UInt8], at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: magic)
    }
    if bytes.isEmpty {
      self = .empty
    } else if holds(Array("DICM".utf8), at: 128)
      || Self.dataSetStarts.contains(where: { holds($0) })
    {
      self = .dicom
    } else if let kind = Self.archives.first(where: { holds($0.magic, at: $0.offset) })?.kind {
      self = .archive(kind)
    } else {
      self = .other
    }
  }

  /// Why the file is not read; `nil` when it may be DICOM.
  var reasonToSkip: String? {
    switch self {
    case .dicom: nil
    case .archive(let kind): "a \(kind) archive; unpack it to have its content read"
    case .empty: "an empty file"
    case .other: "it is not DICOM: it begins neither with a preamble nor with a data set"
    case .unreadable(let reason): "it cannot be opened: \(reason)"
    }
  }

  /// Files without preamble begin with group 0002 or 0008, in either byte order.
  private static let dataSetStarts: [[UInt8]] = [[2, 0], [8, 0], [0, 8]]

  /// Magic numbers as file(1) knows them.
  private static let archives: [(kind: String, offset: Int, magic: [UInt8])] = [
    ("zip", 0, [0x50, 0x4B, 3, 4]), ("zip", 0, [0x50, 0x4B, 5, 6]), ("gzip", 0, [0x1F, 0x8B]),
    ("bzip2", 0, Array("BZh".utf8)), ("xz", 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
    ("7-zip", 0, [0x37, 0x7A, 0xBC, 0xAF]), ("rar", 0, Array("Rar!".utf8)),
    ("zstd", 0, [0x28, 0xB5, 0x2F, 0xFD]), ("tar", 257, Array("ustar".utf8)),
  ]
}
