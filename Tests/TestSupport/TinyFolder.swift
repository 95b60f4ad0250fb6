import Foundation

/// Folders of tiny files for tests of what a folder holds.
extension TinyDICOM {
  /// Writes files below a folder, making the folders on the way.
  public static func write(_ files: [(String, TinyDICOM)], below folder: URL) throws {
    for (path, file) in files {
      let url = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.write(to: url)
    }
  }

  /// A series as files `name/0`, `name/1` … with UIDs of its own, the study left as it is.
  ///
  /// - Parameters:
  ///   - name: Its folder; also what its UIDs are made from.
  ///   - positions: Of the slices along the body, in millimetres.
  public static func series(
    _ name: String, _ slice: (Double) -> TinyDICOM, at positions: [Double],
    _ edit: (inout TinyDICOM) -> Void = { _ in }
  ) -> [(String, TinyDICOM)] {
    let uid = "1.2.3.50." + name.utf8.map(String.init).joined(separator: ".")
    return positions.enumerated().map { n, z in
      var file = slice(z)
      file.set(0x0020_000E, "UI", uid)
      file.set(0x0008_0018, "UI", "\(uid).\(n + 1)")
      edit(&file)
      return ("\(name)/\(n)", file)
    }
  }

  /// Date and time of study, series and acquisition.
  public mutating func setStart(_ date: String, _ time: String) {
    for tag: UInt32 in [0x0008_0020, 0x0008_0021, 0x0008_0022] { set(tag, "DA", date) }
    for tag: UInt32 in [0x0008_0030, 0x0008_0031, 0x0008_0032] { set(tag, "TM", time) }
  }

  /// An RT Structure Set without contours that points at images.
  public static func structureSet(frame: String, series: String, images: [String]) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.481.3")
    d.set(0x0008_0018, "UI", "1.2.3.60.1")
    d.set(0x0008_0020, "DA", "20250101")
    d.set(0x0008_0060, "CS", "RTSTRUCT")
    d.set(0x0010_0020, "LO", "SECRET-ID")
    d.set(0x0020_000D, "UI", "1.2.3")
    d.set(0x0020_000E, "UI", "1.2.3.60")
    let references = images.map { uid in
      var image = TinyDICOM()
      image.set(0x0008_1155, "UI", uid)
      return image
    }
    var ofSeries = TinyDICOM()
    ofSeries.set(0x0020_000E, "UI", series)
    ofSeries.set(0x3006_0016, items: references)
    var ofStudy = TinyDICOM()
    ofStudy.set(0x0008_1155, "UI", "1.2.3")
    ofStudy.set(0x3006_0014, items: [ofSeries])
    var ofFrame = TinyDICOM()
    ofFrame.set(0x0020_0052, "UI", frame)
    ofFrame.set(0x3006_0012, items: [ofStudy])
    d.set(0x3006_0010, items: [ofFrame])
    return d
  }

  /// A DICOMDIR that names files, each by the parts of its path. Its SOP class stands in the meta
  /// header only (PS3.3 F.3).
  public static func mediaDirectory(naming files: [[String]]) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(
      0x0004_1220,
      items: files.map { parts in
        var record = TinyDICOM()
        record.set(0x0004_1430, "CS", "IMAGE")
        record.set(0x0004_1500, "CS", parts.joined(separator: "\\"))
        return record
      })
    return d
  }
}
