import Foundation

/// Paints the tissues of one slice, each over those before it.
struct SlicePainter: Sendable {
  let size: SIMD3<Int>
  let spacing: Float
  let origin: SIMD3<Float>
  let tissues: [Tissue]

  func paint(slice k: Int) -> (hounsfield: [Float], region: [Region]) {
    var hounsfield = [Float](repeating: -1000, count: size.x * size.y)
    var region = [Region](repeating: .air, count: size.x * size.y)
    let z = origin.z + Float(k) * spacing
    paintTrunk(z, &hounsfield, &region)
    for tissue in tissues {
      let (low, high) = tissue.solid.bounds
      guard z >= low.z - tissue.edge, z <= high.z + tissue.edge else { continue }
      let columns = range(low.x - tissue.edge, high.x + tissue.edge, axis: 0)
      for j in range(low.y - tissue.edge, high.y + tissue.edge, axis: 1) {
        for i in columns {
          let p = SIMD3(origin.x + Float(i) * spacing, origin.y + Float(j) * spacing, z)
          let distance = tissue.distance(p)
          let cover = min(max(0.5 - distance / tissue.edge, 0), 1)
          guard cover > 0 else { continue }
          let n = i + size.x * j
          hounsfield[n] += (tissue.hounsfield - hounsfield[n]) * cover
          if distance < 0, let painted = tissue.region { region[n] = painted }
        }
      }
    }
    return (hounsfield, region)
  }

  private func range(_ low: Float, _ high: Float, axis: Int) -> Range<Int> {
    let first = max(Int(((low - origin[axis]) / spacing).rounded(.up)), 0)
    let last = min(Int((high - origin[axis]) / spacing), size[axis] - 1)
    return first..<max(first, last + 1)
  }

  /// Skin, fat and muscle: nested outlines of the trunk and head.
  private func paintTrunk(_ z: Float, _ hounsfield: inout [Float], _ region: inout [Region]) {
    let (a, b) = (Self.profile(z, Self.halfWidths), Self.profile(z, Self.halfDepths))
    let fat: Float = z > 290 ? 6 : 17
    for j in 0..<size.y {
      let v = abs(origin.y + Float(j) * spacing) / b
      let vPower = v * v * v.squareRoot()
      guard vPower < 1.05 else { continue }
      for i in 0..<size.x {
        let u = abs(origin.x + Float(i) * spacing) / a
        let power = u * u * u.squareRoot() + vPower
        guard power < 1.05 else { continue }
        let depth = (1 - pow(power, 0.4)) * min(a, b)
        guard depth > -1 else { continue }
        let n = i + size.x * j
        hounsfield[n] = Self.trunk(depth: depth, fat: fat)
        if depth > 0 { region[n] = depth < fat && depth > 2 ? .fat : .soft }
      }
    }
  }

  private static func trunk(depth: Float, fat: Float) -> Float {
    func cover(_ d: Float, _ edge: Float) -> Float { min(max(0.5 + d / edge, 0), 1) }
    var value = -1000 + 1010 * cover(depth, 2)
    value += (-100 - value) * cover(depth - 2, 2)
    return value + (54 - value) * cover(depth - fat, 6)
  }

  private static let heights: [Float] = [
    -400, -330, -290, -230, -150, -60, 40, 130, 215, 262, 285, 305, 330, 400,
  ]
  private static let halfWidths: [Float] = [
    150, 160, 174, 180, 160, 154, 164, 174, 186, 168, 120, 76, 76, 78,
  ]
  private static let halfDepths: [Float] = [
    86, 96, 106, 112, 106, 106, 112, 114, 108, 92, 74, 72, 90, 94,
  ]

  private static func profile(_ z: Float, _ values: [Float]) -> Float {
    guard let upper = heights.firstIndex(where: { $0 >= z }) else { return values[13] }
    guard upper > 0 else { return values[0] }
    let t = (z - heights[upper - 1]) / (heights[upper] - heights[upper - 1])
    return values[upper - 1] + (values[upper] - values[upper - 1]) * t
  }
}
