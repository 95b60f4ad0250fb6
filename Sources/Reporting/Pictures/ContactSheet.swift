public import Foundation

/// All pictures of a folder on one sheet, small, with their names: to choose from, and to see at
/// a glance what a run drew.
public struct ContactSheet: Sendable {
  /// A picture as it lies in the folder.
  struct Item: Sendable {
    let name: String
    let canvas: Canvas
    let kind: PictureSidecar.Kind

    var aspect: Double { Double(canvas.width) / Double(canvas.height) }
  }

  let items: [Item]
  public var style: PictureStyle

  /// Reads every picture of `folder` that has a sidecar. Turning projections are left out, since
  /// a sheet shows them still.
  public init(
    folder: URL, style: PictureStyle = PictureStyle(textMillimetres: 2.2)
  ) throws(ReportingError) {
    self.style = style
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted {
        $0.compare($1, options: .numeric) == .orderedAscending
      }
    } catch {
      throw .cannotRead(path: folder.path, reason: error.localizedDescription)
    }
    var items: [Item] = []
    for name in names where name.hasSuffix(".png") {
      let file = folder.appending(path: name)
      let sidecar = file.deletingPathExtension().appendingPathExtension("json")
      guard let text = try? Data(contentsOf: sidecar),
        let facts = try? JSONDecoder().decode(PictureSidecar.self, from: text),
        facts.kind != .rotatingProjection, let png = try? Data(contentsOf: file)
      else { continue }
      items.append(
        Item(
          name: String(name.dropLast(4)), canvas: try PNGFile.decode(png), kind: facts.kind))
    }
    guard !items.isEmpty else { throw .noPictures(path: folder.path) }
    // In the order of the report, and there by name.
    let order = Dictionary(
      uniqueKeysWithValues: PictureSidecar.Kind.allCases.enumerated().map { ($1, $0) })
    self.items = items.enumerated().sorted {
      (order[$0.element.kind] ?? 0, $0.offset) < (order[$1.element.kind] ?? 0, $1.offset)
    }.map(\.element)
  }

  /// Rows as wide as the sheet, each picture as high as its row.
  ///
  /// - Parameters:
  ///   - width: Of the sheet, in pixels.
  ///   - rowHeight: The height that rows come close to.
  public func picture(
    named name: String, width: Int = 1500, rowHeight: Int = 250, software: String
  ) -> Picture {
    let rows = rows(width: width, rowHeight: rowHeight)
    let label = style.lineHeight + style.gap / 2
    let height = rows.reduce(style.gap) { $0 + $1.height + label + style.gap }
    var canvas = Canvas(width: width, height: height)
    var y = style.gap
    for row in rows {
      var x = style.gap
      for item in row.items {
        let cell = Int((item.aspect * Double(row.height)).rounded())
        let lettering = style.small(Ink.text)
        canvas.draw(
          lettering.fitted(item.name, within: Double(cell)), atX: Double(x),
          baseline: Double(y) + style.textSize, lettering)
        canvas.draw(item.canvas.reduced(toWidth: cell), atX: x, y: y + label)
        x += cell + style.gap
      }
      y += row.height + label + style.gap
    }
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: .contactSheet, timePoints: [], layers: [], at: .nowhere, canvas: canvas,
        style: style, legend: items.map { "\($0.name): \($0.kind.rawValue)" },
        software: software))
  }

  private func rows(width: Int, rowHeight: Int) -> [(items: [Item], height: Int)] {
    var rows: [(items: [Item], height: Int)] = []
    var row: [Item] = []
    /// The height at which a row fills the sheet.
    func filling(_ row: [Item]) -> Double {
      let room = Double(width - style.gap * (row.count + 1))
      return room / row.reduce(0) { $0 + $1.aspect }
    }
    for item in items {
      row.append(item)
      guard filling(row) <= Double(rowHeight) else { continue }
      rows.append((row, max(1, Int(filling(row)))))
      row = []
    }
    if !row.isEmpty { rows.append((row, min(rowHeight, max(1, Int(filling(row)))))) }
    return rows
  }
}
