import Foundation

func sine(_ x: Float) -> Float { sin(x) }
func gauss(_ x: Float) -> Float { exp(-x * x) }

/// Soft tissue of the virtual patient. HU as on a scan without contrast medium.
extension AnatomyPlan {
  private static let sides: [Float] = [-1, 1]

  mutating func addArms() {
    for s in Self.sides {
      let points: [SIMD3<Float>] = [
        [s * 150, 15, 225], [s * 190, -10, 320], [s * 165, -20, 410],
      ]
      chain(points, 43, -100, .fat)
      chain(points, 36, 52, .soft)
      chain(points, 11, 700, .bone)
      chain(points, 7, 60, .bone)
    }
  }

  mutating func addTrunk() {
    ellipsoid([0, -16, -95], [122, 66, 160], -95, .fat, edge: 5)
    for s in Self.sides {
      for z in stride(from: Float(-180), to: 260, by: 20) {
        let y = Self.spineY(z)
        ellipsoid([s * 32, y + 28, z], [22, 14, 26], 56, .soft, edge: 3)
        if z < 20 { ellipsoid([s * 42, y - 4, z], [17, 17, 24], 54, .soft, edge: 3) }
      }
      ellipsoid([s * 85, 62, -262], [58, 30, 62], 54, .soft, edge: 3)
      rod([s * 30, 82, -215], [s * 135, 34, -290], 2.2, -95, .fat)
    }
  }

  mutating func addChest() {
    ellipsoid([0, -10, 150], [112, 78, 120], 30, .soft, edge: 5)
    for s in Self.sides {
      add(
        .lung(centre: [s * 72, -4, 120], radii: [56, 76, 138], domeTop: s < 0 ? 62 : 48), -840,
        .lungs, edge: 3)
      rod([s * 35, -50, 80], [s * 100, 45, 170], 0.9, -550, nil)
      lungVessels(side: s)
    }
    rod([0, 18, 345], [0, 14, 190], 8.5, -990, .soft)
    for s in Self.sides { rod([0, 14, 190], [s * 40, 12, 160], 6.5, -990, .soft, to: 5) }
    mark(.lung, [0, 14, 190])
    ellipsoid([18, -32, 98], [52, 42, 48], 48, .heart, edge: 3)
    ellipsoid([27, -36, 96], [27, 25, 31], 40, nil, edge: 3)
    ellipsoid([-8, -28, 110], [19, 21, 27], 40, nil, edge: 3)
    ellipsoid([16, -76, 88], [44, 8, 40], -95, .fat, edge: 3)
    let aorta = stride(from: Float(-150), through: 175, by: 25).map {
      SIMD3<Float>(18, Self.spineY($0) - 32, $0)
    }
    chain(aorta, 11.5, 42, .blood)
    chain([[18, 38, 175], [10, 10, 196], [0, -20, 190], [6, -26, 150]], 12.5, 42, .blood)
    chain(
      stride(from: Float(-150), through: 90, by: 24).map { [-22, Self.spineY($0) - 30, $0] }, 11,
      40, .blood)
  }

  private mutating func lungVessels(side s: Float) {
    for _ in 0..<8 {
      let start = SIMD3<Float>(s * 34, 4, 138 + Float(random.uniform(-28...28)))
      var direction = SIMD3<Float>(random.direction())
      direction.x = s * abs(direction.x)
      branch(
        start, direction, radius: Float(random.uniform(3.4...5.4)), length: 30, depth: 6,
        hounsfield: 35, kind: .lung
      ) { p in
        let d = (p - [s * 72, -4, 120]) / [56, 76, 138]
        let dx = p.x - s * 68
        let dome = (s < 0 ? 62 : 48) - 0.006 * (dx * dx + (p.y + 5) * (p.y + 5))
        return (d * d).sum() < 0.88 && p.z > dome + 8
      }
    }
  }

  /// A branching vessel that stays where `inside` says.
  private mutating func branch(
    _ start: SIMD3<Float>, _ direction: SIMD3<Float>, radius: Float, length: Float, depth: Int,
    hounsfield: Float, kind: LandmarkKind, inside: (SIMD3<Float>) -> Bool
  ) {
    let end = start + direction * length
    guard depth > 0, radius > 0.9, inside(end) else { return }
    rod(start, end, radius, hounsfield, nil, to: radius * 0.8)
    if inside(start) { mark(kind, end) }
    for _ in 0..<(random.uniform(0...1) < 0.8 ? 2 : 3) {
      let turned = direction + 0.75 * SIMD3<Float>(random.direction())
      let unit = turned / (turned * turned).sum().squareRoot()
      branch(
        end, unit, radius: radius * Float(random.uniform(0.62...0.82)),
        length: length * Float(random.uniform(0.72...0.95)), depth: depth - 1,
        hounsfield: hounsfield, kind: kind, inside: inside)
    }
  }

  mutating func addAbdomen() {
    addBowel()
    ellipsoid([-66, -12, 8], [76, 74, 66], 58, .liver, edge: 3)
    ellipsoid([2, -42, 22], [62, 36, 38], 58, .liver, edge: 3)
    for _ in 0..<7 {
      var direction = SIMD3<Float>(random.direction())
      direction.x = -abs(direction.x)
      branch(
        [-34, -8, 4], direction, radius: Float(random.uniform(3.6...5.4)), length: 26, depth: 4,
        hounsfield: 40, kind: .soft
      ) { p in
        let d = (p - [-66, -12, 8]) / [76, 74, 66]
        return (d * d).sum() < 0.85
      }
    }
    ellipsoid([-48, -62, -42], [14, 14, 24], 8, .soft)
    ellipsoid([104, 30, 25], [28, 38, 46], 48, .spleen)
    ellipsoid([84, -32, 4], [30, 30, 42], 40, .stomach, edge: 3)
    ellipsoid([84, -32, 4], [26, 26, 38], 14, .stomach, edge: 3)
    ellipsoid([82, -48, 10], [17, 8, 22], -960, .stomach, edge: 3)
    chain([[-18, -14, -24], [20, -20, -14], [50, -4, -4], [78, 16, 10]], 10, 42, .soft)
    for (s, z, region) in [(Float(-1), Float(-50), Region.rightKidney), (1, -38, .leftKidney)] {
      ellipsoid([s * 62, 42, z], [28, 25, 54], 33, region, tilt: s * 0.18)
      ellipsoid([s * 50, 38, z], [12, 11, 28], -70, .fat, tilt: s * 0.18, edge: 3)
      ellipsoid([s * 50, 38, z], [6, 7, 17], 8, .soft)
      for p: SIMD3<Float> in [[0, 0, 53], [0, 0, -53], [27, 0, 0], [0, 24, 0], [0, -24, 0]] {
        mark(.soft, [s * (62 + p.x), 42 + p.y, z + p.z])
      }
    }
  }

  private mutating func addBowel() {
    for _ in 0..<28 {
      let start = SIMD3<Float>(
        Float(random.uniform(-88...88)), Float(random.uniform(-62...12)),
        Float(random.uniform((-222)...(-95))))
      let end = start + SIMD3<Float>(random.direction()) * [44, 22, 30]
      let radius = Float(random.uniform(9...15))
      rod(start, end, radius, 38, .bowel)
      rod(start, end, radius - 3, 18, .bowel)
      guard random.uniform(0...1) < 0.35 else { continue }
      let middle = (start + end) / 2 - [0, radius * 0.35, 0]
      ellipsoid(middle, SIMD3(0.7, 0.45, 0.7) * radius, -960, .bowel)
    }
    for s in Self.sides {
      chain([[s * 108, 8, -190], [s * 112, 8, -140], [s * 110, 6, -80]], 17, 30, .bowel)
      for z in stride(from: Float(-185), to: -80, by: 26) {
        ellipsoid([s * 111, 2, z], [9, 8, 9], -940, .bowel, edge: 4)
      }
    }
  }

  mutating func addPelvisOrgans() {
    ellipsoid([0, -28, -268], [38, 30, 30], 8, .bladder)
    ellipsoid([0, 6, -262], [24, 18, 22], 46, .soft, edge: 3)
    ellipsoid([0, 42, -268], [18, 18, 44], 38, .bowel)
    ellipsoid([2, 40, -262], [9, 8, 14], -900, .bowel, edge: 3)
    for p: SIMD3<Float> in [[0, -28, -238], [38, -28, -268], [-38, -28, -268], [0, -58, -268]] {
      mark(.soft, p)
    }
    for s in Self.sides {
      let iliac: [SIMD3<Float>] = [
        [0, 26, -150], [s * 40, 18, -200], [s * 66, -46, -290], [s * 76, -46, -395],
      ]
      chain(iliac, 6, 42, .blood)
      let carotid: [SIMD3<Float>] = [
        [s * 10, 0, 195], [s * 28, 8, 260], [s * 30, 12, 340], [s * 26, 16, 395],
      ]
      chain(carotid, 4.5, 42, .blood)
    }
  }

  mutating func addHeadAndNeck() {
    for s in Self.sides {
      ellipsoid([s * 21, -22, 276], [9, 9, 21], 105, .thyroid)
      ellipsoid([s * 61, 4, 322], [9, 17, 22], 12, .salivaryGlands)
      ellipsoid([s * 30, -40, 300], [10, 14, 10], 38, .salivaryGlands)
      let jaw: [SIMD3<Float>] = [
        [s * 56, 0, 345], [s * 48, -28, 318], [s * 28, -60, 308], [0, -72, 306],
      ]
      chain(jaw, 6.5, 750, .bone)
      mark(.bone, [s * 48, -28, 318])
    }
    add(.ellipsoid(centre: [0, 6, 408], radii: [68, 86, 82], tilt: 0), 900, .bone)
    add(.ellipsoid(centre: [0, 6, 408], radii: [62, 80, 76], tilt: 0), 36, .brain)
    ellipsoid([0, -60, 352], [16, 18, 22], -850, .soft)
  }
}
