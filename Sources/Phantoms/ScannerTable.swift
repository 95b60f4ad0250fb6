/// The couch: it moves on its own from visit to visit.
struct ScannerTable: Sendable {
  private let x: Double
  private let y: Double

  init(seed: UInt64, visit: String) {
    var random = SeededGenerator(seed: seed, stream: "table \(visit)")
    x = random.uniform(-6...6)
    y = random.uniform(133...143)
  }

  /// The HU of the table where there is air: a carbon shell around foam, curved to hold a back.
  func over(_ value: Float, x px: Double, y py: Double) -> Float {
    guard value < -700 else { return value }
    let dx = px - x
    let depth = py - y + 0.00045 * dx * dx
    guard abs(dx) < 215, depth > -2, depth < 29 else { return value }
    let shell = min(abs(depth), abs(depth - 27))
    let wall = Float(min(max(1.5 - shell, 0), 1))
    let foam: Float = depth > 0 && depth < 27 ? -930 : -1000
    return max(value, foam + (-150 - foam) * wall)
  }
}
