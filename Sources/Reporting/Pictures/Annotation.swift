import Foundation

/// Marks written over an image: orientation letters, scale bar, corner text.
struct Annotation {
  let style: PictureStyle
  let ground: Ground

  private var margin: Int { max(4, Int(style.textSize * 0.4)) }

  func letters(_ letters: OrientationLetters, in box: PixelBox, on canvas: inout Canvas) {
    let text = style.label(ground.ink, rim: ground.rim)
    let middle = box.middleY + text.capHeight / 2
    let inset = Double(margin)
    canvas.draw(letters.left, atX: Double(box.x) + inset, baseline: middle, text)
    canvas.draw(
      letters.right, atX: Double(box.maxX) - inset, baseline: middle, text, anchor: .right)
    canvas.draw(
      letters.top, atX: box.middleX, baseline: Double(box.y) + inset + text.capHeight, text,
      anchor: .middle)
    canvas.draw(
      letters.bottom, atX: box.middleX, baseline: Double(box.maxY) - inset, text, anchor: .middle)
  }

  /// The scale bar at the lower right: the longest round length below a third of the width.
  func scaleBar(millimetresPerPixel mm: Double, in box: PixelBox, on canvas: inout Canvas) {
    let bar = ScaleBar(imageWidth: box.width, millimetresPerPixel: mm)
    let thickness = max(3, Int(style.textSize / 6))
    let x = box.maxX - 2 * margin - bar.pixels
    let y = box.maxY - 2 * margin - thickness
    canvas.fill(
      PixelBox(x: x - 1, y: y - 1, width: bar.pixels + 2, height: thickness + 2),
      with: ground.rim, opacity: 0.7)
    canvas.fill(
      PixelBox(x: x, y: y, width: bar.pixels, height: thickness), with: ground.ink)
    canvas.draw(
      bar.text, atX: Double(x) + Double(bar.pixels) / 2, baseline: Double(y - margin),
      style.small(ground.ink, rim: ground.rim), anchor: .middle)
  }

  /// Lines of text that end in the lower left corner.
  func lowerLeft(_ lines: [String], in box: PixelBox, on canvas: inout Canvas) {
    let text = style.small(ground.ink, rim: ground.rim)
    for (n, line) in lines.reversed().enumerated() {
      canvas.draw(
        line, atX: Double(box.x + margin),
        baseline: Double(box.maxY - margin - 2) - Double(n) * text.size * 1.3, text)
    }
  }
}

/// A bar of a round length in millimetres.
struct ScaleBar: Hashable {
  let millimetres: Double
  let pixels: Int

  init(imageWidth: Int, millimetresPerPixel mm: Double) {
    let available = Double(imageWidth) * mm / 3
    let lengths = [200.0, 100, 50, 20, 10, 5, 2, 1]
    millimetres = lengths.first { $0 <= available } ?? 1
    pixels = max(1, Int((millimetres / mm).rounded()))
  }

  var text: String { "\(NumberText.short(millimetres)) mm" }
}
