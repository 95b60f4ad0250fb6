import Foundation
import Geometry

/// Chooses where the lesions of a field lie and what becomes of them.
struct LesionFieldPlan {
  // The imaged box, in millimetres, and where the shortened field ends.
  static let width = 384.0
  static let depth = 304.0
  static let height = 760.0
  static let cut = 600.0
  static let centre = SIMD3(192.0, 152.0, 380.0)
  /// Half-axes of the body's cross-section.
  static let body = SIMD2(165.0, 120.0)

  struct Organ: Sendable {
    let name: String
    let centre: SIMD3<Double>
    let axes: SIMD3<Double>
    let suv: Double
  }

  static let organs = [
    Organ(name: "liver", centre: [140, 140, 400], axes: [70, 55, 60], suv: 2),
    Organ(name: "left kidney", centre: [260, 200, 330], axes: [25, 22, 45], suv: 20),
    Organ(name: "right kidney", centre: [120, 200, 300], axes: [25, 22, 40], suv: 20),
    Organ(name: "spleen", centre: [275, 170, 420], axes: [25, 30, 35], suv: 9),
    Organ(name: "bladder", centre: [192, 120, 80], axes: [32, 28, 28], suv: 25),
  ]

  private let options: LesionField.Options
  private var random: SeededGenerator
  private(set) var lesions: [LesionField.Lesion] = []
  /// What is taken: centre and radius.
  private var taken: [(centre: SIMD3<Double>, radius: Double)] = []

  init(_ options: LesionField.Options) {
    self.options = options
    random = SeededGenerator(seed: options.seed, stream: "lesion field")
    var tries = 0
    while lesions.count < options.lesionCount, tries < 20_000 {
      tries += 1
      let story = self.story()
      switch story {
      case .merges, .splits, .touches:
        if lesions.count + 2 <= options.lesionCount { addPair(story) }
      default: addOne(story)
      }
    }
  }

  private mutating func story() -> LesionField.Story {
    let all = options.stories
    return all[Int(random.next() % UInt64(all.count))]
  }

  private mutating func addOne(_ story: LesionField.Story) {
    let radius = random.uniform(7...13)
    let suv = random.uniform(8...20)
    let at = 1 + Int(random.next() % UInt64(max(options.visits - 1, 1)))
    let largest = story == .grows ? radius * 1.35 : radius
    guard let centre = place(radius: largest) else { return }
    taken.append((centre, largest))
    let point = PatientPoint(millimetres: centre)
    let last = Double(max(options.visits - 1, 1))
    let balls = (0..<options.visits).map { visit -> LesionField.Ball? in
      let way = Double(visit) / last
      func ball(_ r: Double, _ s: Double) -> LesionField.Ball {
        LesionField.Ball(centre: point, radius: r, suv: s)
      }
      switch story {
      case .shrinks: return ball(radius * (1 - 0.25 * way), suv * (1 - 0.3 * way))
      case .grows: return ball(radius * (1 + 0.35 * way), suv * (1 + 0.5 * way))
      case .vanishes: return visit < at ? ball(radius, suv) : nil
      case .new: return visit >= at ? ball(radius, suv) : nil
      case .reappears: return visit == 1 ? nil : ball(radius, suv)
      default: return ball(radius, suv)
      }
    }
    lesions.append(LesionField.Lesion(story: story, partner: nil, balls: balls))
  }

  private mutating func addPair(_ story: LesionField.Story) {
    let radii = [random.uniform(8...11), random.uniform(8...11)]
    let suv = random.uniform(9...18)
    let gap = story == .touches ? random.uniform(2...4) : random.uniform(9...12)
    let apart = radii[0] + radii[1] + gap
    // Joined balls overlap so far that no valley is left between them.
    let joined = story == .touches ? radii.max() ?? 0 : 0.75 * apart
    let direction = random.direction()
    guard let middle = place(radius: apart / 2 + joined) else { return }
    let centres = [middle - direction * (apart / 2), middle + direction * (apart / 2)]
    taken.append((middle, apart / 2 + joined))
    let at = 1 + Int(random.next() % UInt64(max(options.visits - 1, 1)))
    let first = lesions.count
    for n in 0..<2 {
      let point = PatientPoint(millimetres: centres[n])
      let balls = (0..<options.visits).map { visit -> LesionField.Ball? in
        let isJoined = story == .merges ? visit >= at : story == .splits ? visit < at : false
        return LesionField.Ball(
          centre: point, radius: isJoined ? joined : radii[n], suv: suv)
      }
      lesions.append(LesionField.Lesion(story: story, partner: first + 1 - n, balls: balls))
    }
  }

  /// A free place: inside the body, 10 mm from other lesions, clear of organs' edges and of where
  /// the shortened field ends.
  private mutating func place(radius: Double) -> SIMD3<Double>? {
    let p = SIMD3(
      random.uniform(40...(Self.width - 40)), random.uniform(40...(Self.depth - 40)),
      random.uniform(60...(Self.height - 60)))
    let offset = SIMD2(p.x - Self.centre.x, p.y - Self.centre.y) / (Self.body - radius - 8)
    guard (offset * offset).sum() <= 1, abs(p.z - Self.cut) > radius + 30,
      taken.allSatisfy({ ($0.centre - p).length > $0.radius + radius + 10 }),
      Self.organs.allSatisfy({ Self.isClear(p, radius: radius, of: $0) })
    else { return nil }
    return p
  }

  private static func isClear(_ p: SIMD3<Double>, radius: Double, of organ: Organ) -> Bool {
    let out = (p - organ.centre) / (organ.axes + radius + 14)
    if (out * out).sum() > 1 { return true }
    let room = organ.axes - radius - 10
    guard organ.name == "liver", room.min() > 0 else { return false }
    let inner = (p - organ.centre) / room
    return (inner * inner).sum() < 1
  }
}
