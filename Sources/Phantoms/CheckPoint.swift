public import Geometry

/// A point of the baseline frame at which a registration of a virtual course is checked.
public struct CheckPoint: Sendable, Hashable {
  public enum Place: String, Sendable, Hashable, CaseIterable {
    /// Anatomical landmarks, by the tissue they lie in.
    case bone, soft, lung
    /// Anywhere in the trunk.
    case interior
    /// Within 14 % of the wall's radius on its inner or outer side, where organs may slide.
    case insideWall = "inside wall"
    case outsideWall = "outside wall"
  }

  public let place: Place
  public let point: PatientPoint
}

extension VirtualCourse {
  /// Every other anatomical landmark of the trunk, 120 points anywhere in it, and 60 on either
  /// side of the wall along which organs may slide (``Breathing/isInsideWall(_:_:)``). Air, bowel
  /// and stomach are left out: they do not follow the motion.
  public func checkPoints(seed: UInt64) -> [CheckPoint] {
    var points = landmarks.enumerated().compactMap { n, mark -> CheckPoint? in
      guard n % 2 == 0, abs(mark.point.millimetres.z) < 300,
        let place = CheckPoint.Place(rawValue: mark.kind.rawValue)
      else { return nil }
      return CheckPoint(place: place, point: mark.point)
    }
    var wanted: [CheckPoint.Place: Int] = [.interior: 120, .insideWall: 60, .outsideWall: 60]
    var random = SeededGenerator(seed: seed, stream: "check points")
    for _ in 0..<200_000 where wanted.values.contains(where: { $0 > 0 }) {
      let p = SIMD3(
        random.uniform(-160...160), random.uniform(-90...90), random.uniform(-300...300))
      guard let region = region(at: PatientPoint(millimetres: p)),
        ![.air, .bowel, .stomach].contains(region),
        let place = Self.places(at: p).first(where: { wanted[$0, default: 0] > 0 })
      else { continue }
      wanted[place, default: 0] -= 1
      points.append(CheckPoint(place: place, point: PatientPoint(millimetres: p)))
    }
    return points
  }

  /// What a point of the trunk can be used for.
  private static func places(at p: SIMD3<Double>) -> [CheckPoint.Place] {
    // Where the lungs and the liver lie, beside the spine.
    guard abs(p.z - 40) < 110, abs(p.x) > 60 else { return [.interior] }
    func isInside(_ scale: Double) -> Bool { Breathing.isInsideWall(p.x * scale, p.y * scale) }
    if isInside(1) { return isInside(1 / 0.86) ? [.interior] : [.interior, .insideWall] }
    return isInside(1 / 1.14) ? [.interior, .outsideWall] : [.interior]
  }
}
