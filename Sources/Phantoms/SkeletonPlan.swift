import Foundation

/// The skeleton of the virtual patient. Breathing leaves all of it where it is.
extension AnatomyPlan {
  private static let sides: [Float] = [-1, 1]

  mutating func addSpine() {
    var z: Float = -215
    while z < 350 {
      let height: Float = z < 20 ? 25 : (z < 230 ? 21 : 15)
      let width: Float = z < 20 ? 23 : (z < 230 ? 18 : 12)
      addVertebra(z: z, height: height, width: width)
      z += height
    }
  }

  private mutating func addVertebra(z: Float, height: Float, width: Float) {
    let y = Self.spineY(z)
    let depth = width * 0.78
    add(
      .block(centre: [0, y, z], halfSize: [width * 0.92, depth * 0.92, height * 0.56]), 85,
      .spine)
    bone(
      .block(centre: [0, y, z], halfSize: [width, depth, height * 0.4]),
      marrow: 185 + 45 * Float(random.uniform(0...1)), region: .spine)
    rod([0, y + depth + 9, z], [0, y + depth + 30, z - 10], 5, 520, .spine, to: 3)
    for s in Self.sides {
      rod(
        [s * 8, y + depth + 4, z], [s * (width + 15), y + depth + 9, z + 2], 5, 480, .spine,
        to: 3.2)
      mark(.bone, [s * (width + 15), y + depth + 9, z + 2])
    }
    rod(
      [0, y + depth + 6, z - height / 2], [0, y + depth + 6, z + height / 2], 6.5, 25, .spine)
    mark(.bone, [0, y, z])
    mark(.bone, [0, y + depth + 30, z - 10])
  }

  mutating func addRibs() {
    for s in Self.sides {
      for rib in 0..<11 { addRib(rib, side: s) }
      // Clavicle and scapula.
      rod([s * 16, -64, 236], [s * 138, -6, 258], 5.5, 620, .bone)
      bone(.capsule(from: [s * 92, 88, 226], to: [s * 122, 72, 150], radii: (4, 4)))
      bone(.capsule(from: [s * 122, 72, 150], to: [s * 142, 36, 240], radii: (5, 6)))
      bone(.ellipsoid(centre: [s * 150, 20, 236], radii: [20, 20, 20], tilt: 0))
      mark(.bone, [s * 122, 72, 150])
      mark(.bone, [s * 92, 88, 226])
    }
    rod([0, -84, 225], [0, -88, 120], 8, 320, .bone)
    mark(.bone, [0, -84, 225])
  }

  private mutating func addRib(_ rib: Int, side s: Float) {
    let n = Float(rib)
    let width = min(152, 108 + 12 * n)
    let depth = min(92, 64 + 7 * n)
    let last: Float = rib < 7 ? 0.93 : 0.75 - 0.1 * (n - 7)
    let points = (0..<24).map { step -> SIMD3<Float> in
      let angle = Float.pi * (0.1 + (last - 0.1) * Float(step) / 23)
      return [
        s * width * sin(angle), -2 + depth * cos(angle),
        255 - 21 * n - 62 * pow(angle / .pi, 1.2),
      ]
    }
    chain(points, 4.8, 560, .bone)
    chain(points, 2.4, 170, .bone)
    for step in [4, 12, 19] { mark(.bone, points[step]) }
  }

  mutating func addPelvisBones() {
    bone(.capsule(from: [0, 66, -212], to: [0, 84, -300], radii: (22, 9)))
    for s in Self.sides {
      bone(.capsule(from: [s * 36, 62, -216], to: [s * 18, 76, -262], radii: (17, 10)))
      let hip: SIMD3<Float> = [s * 90, 4, -278]
      let rim: [SIMD3<Float>] = [
        [s * 54, 58, -204], [s * 82, 46, -194], [s * 106, 24, -192], [s * 119, -6, -197],
        [s * 116, -30, -212],
      ]
      // A fan of rods from the hip to the rim, close enough to make one plate.
      var fan: [SIMD3<Float>] = []
      for (a, b) in zip(rim, rim.dropFirst()) {
        for part in 0..<4 {
          let t = Float(part) / 4
          fan.append(a + (b - a) * t)
        }
      }
      let layers: [(hounsfield: Float, inset: Float)] = [(600, 0), (180, 2.4)]
      for layer in layers {
        for point in fan {
          let rod = Solid.capsule(from: hip, to: point, radii: (17, 10))
          add(rod, layer.hounsfield, .bone, inset: layer.inset)
        }
      }
      for point in rim { mark(.bone, point) }
      bone(.capsule(from: hip, to: [s * 58, 16, -334], radii: (15, 11)))
      bone(.capsule(from: hip, to: [s * 14, -46, -312], radii: (13, 8)))
      bone(.capsule(from: [s * 58, 16, -334], to: [s * 14, -46, -320], radii: (9, 7)))
      bone(.capsule(from: [s * 94, 0, -284], to: [s * 132, 10, -316], radii: (22, 17)))
      bone(
        .capsule(from: [s * 132, 10, -316], to: [s * 122, 4, -410], radii: (18, 15)), cortex: 900)
      for point: SIMD3<Float> in [[s * 58, 16, -334], [s * 14, -46, -312], [s * 132, 10, -316]] {
        mark(.bone, point)
      }
    }
  }
}
