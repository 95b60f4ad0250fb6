import Foundation

extension Drawing {
  /// The drawing in pixels, by the same outlines as all pictures.
  func canvas(pixelsPerInch: Double) -> Canvas {
    let scale = pixelsPerInch / 96
    var canvas = Canvas(
      width: max(1, Int((width * scale).rounded(.up))),
      height: max(1, Int((height * scale).rounded(.up))))
    for mark in marks { canvas.draw(mark, scale: scale) }
    return canvas
  }
}

extension Canvas {
  fileprivate mutating func draw(_ mark: Mark, scale: Double) {
    switch mark {
    case .line(let points, let style):
      let scaled = points.map { $0 * scale }
      for piece in style.pieces(of: scaled, scale: scale) {
        stroke(piece, width: max(style.width * scale, 1), with: style.colour)
      }
    case .area(let points, let colour, let opacity):
      var path = Path()
      path.add(points.map { $0 * scale })
      fill(path, with: colour, opacity: opacity)
    case .text(let text, let place, let style, let anchor, let isUpright):
      let lettering = Lettering(
        size: style.size * scale, isBold: style.isBold, colour: style.colour)
      let text = PlainText.safe(text)
      if isUpright {
        drawUpwards(text, at: place * scale, lettering, anchor: anchor)
      } else {
        draw(text, atX: place.x * scale, baseline: place.y * scale, lettering, anchor: anchor)
      }
    }
  }

  /// Text that reads from the bottom to the top.
  private mutating func drawUpwards(
    _ text: String, at place: SIMD2<Double>, _ style: Lettering, anchor: Lettering.Anchor
  ) {
    let width = style.width(of: text)
    let start: Double =
      switch anchor {
      case .left: 0
      case .middle: -width / 2
      case .right: -width
      }
    var turned = Path()
    for contour in style.typeface.path(of: text, size: style.size, origin: [start, 0]).contours {
      turned.add(contour.map { SIMD2(place.x + $0.y, place.y - $0.x) })
    }
    fill(turned, with: style.colour)
  }
}

extension LineStyle {
  /// The pieces of a line that are drawn: all of it, or its dashes.
  fileprivate func pieces(of points: [SIMD2<Double>], scale: Double) -> [[SIMD2<Double>]] {
    guard let dash else { return [points] }
    let lengths = [dash.on * scale, dash.off * scale]
    var pieces: [[SIMD2<Double>]] = []
    var (phase, left) = (0, lengths[0])
    for (a, b) in zip(points, points.dropFirst()) where a != b {
      let length = ((b - a) * (b - a)).sum().squareRoot()
      var along = 0.0
      while along < length {
        let step = min(left, length - along)
        let (from, to) = (a + (b - a) * (along / length), a + (b - a) * ((along + step) / length))
        if phase == 0 { pieces.append([from, to]) }
        along += step
        left -= step
        if left <= 1e-9 {
          phase = 1 - phase
          left = lengths[phase]
        }
      }
    }
    return pieces
  }
}
