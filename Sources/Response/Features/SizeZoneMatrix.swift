import Foundation
import Kernels

/// Connected zones of one grey level by level and size (IBSI grey level size zone matrix, 3D).
struct SizeZoneMatrix {
  private let zones: [(level: Double, size: Double)]
  private let voxelCount: Double

  init(_ levels: GreyLevels) {
    var sets = DisjointSets(count: levels.levels.count)
    for (n, level) in levels.levels.enumerated() where level > 0 {
      let place = levels.place(n)
      for direction in GreyLevels.directions {
        guard let m = levels.index(place &+ direction), levels.levels[m] == level else {
          continue
        }
        sets.join(n, m)
      }
    }
    var sizes: [Int: Int] = [:]
    for (n, level) in levels.levels.enumerated() where level > 0 {
      sizes[sets.root(of: n), default: 0] += 1
    }
    zones = sizes.keys.sorted().map { (Double(levels.levels[$0]), Double(sizes[$0] ?? 0)) }
    voxelCount = Double(levels.voxelCount)
  }

  private func mean(_ f: (_ level: Double, _ size: Double) -> Double) -> Double {
    zones.reduce(0) { $0 + f($1.level, $1.size) } / Double(zones.count)
  }

  /// Σ (zones with equal key)².
  private func squares<Key: Hashable>(_ key: (Double, Double) -> Key) -> Double {
    var counts: [Key: Double] = [:]
    for zone in zones { counts[key(zone.level, zone.size), default: 0] += 1 }
    return counts.values.map { $0 * $0 }.sorted().reduce(0, +)
  }

  var features: [LesionFeature] {
    func feature(_ name: String, _ id: String, _ value: Double) -> LesionFeature {
      LesionFeature(family: .sizeZone, name: name, identifier: id, value: value, unit: "1")
    }
    let n = Double(zones.count)
    let (level, size) = (mean { g, _ in g }, mean { _, s in s })
    var counts: [SIMD2<Double>: Double] = [:]
    for zone in zones { counts[SIMD2(zone.level, zone.size), default: 0] += 1 }
    let entropy = counts.values.sorted().reduce(0) { $0 - $1 / n * log2($1 / n) }
    return [
      feature("Small zone emphasis", "5QRC", mean { _, s in 1 / (s * s) }),
      feature("Large zone emphasis", "48P8", mean { _, s in s * s }),
      feature("Low grey level emphasis", "XMSY", mean { g, _ in 1 / (g * g) }),
      feature("High grey level emphasis", "5GN9", mean { g, _ in g * g }),
      feature("Small zone low grey level emphasis", "5RAI", mean { 1 / ($0 * $0 * $1 * $1) }),
      feature("Small zone high grey level emphasis", "HW1V", mean { $0 * $0 / ($1 * $1) }),
      feature("Large zone low grey level emphasis", "YH51", mean { $1 * $1 / ($0 * $0) }),
      feature("Large zone high grey level emphasis", "J17V", mean { $0 * $0 * $1 * $1 }),
      feature("Grey level non-uniformity", "JNSA", squares { g, _ in g } / n),
      feature("Normalised grey level non-uniformity", "Y1RO", squares { g, _ in g } / (n * n)),
      feature("Zone size non-uniformity", "4JP3", squares { _, s in s } / n),
      feature("Normalised zone size non-uniformity", "VB3A", squares { _, s in s } / (n * n)),
      feature("Zone percentage", "P30P", n / voxelCount),
      feature("Grey level variance", "BYLV", mean { g, _ in (g - level) * (g - level) }),
      feature("Zone size variance", "3NSA", mean { _, s in (s - size) * (s - size) }),
      feature("Zone size entropy", "GU8N", entropy),
    ]
  }
}
