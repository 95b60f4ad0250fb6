import Foundation
public import Geometry

/// A smooth motion of the patient that is known everywhere, from one visit's frame to the next.
///
/// A point x of the first frame lies at y = M(p) in the second, where M is rigid and p + u(p) = x.
/// The displacement u is a sum of sines, so it and its derivatives are known exactly; it is kept so
/// gentle that p follows from x by iteration and no tissue folds.
public struct KnownMotion: Sendable, Hashable, Codable {
  public let rigid: RigidTransform
  let waves: [Wave]

  public var from: FrameOfReference { rigid.from }
  public var to: FrameOfReference { rigid.to }

  /// amplitude · sin(number · p + phase)
  struct Wave: Sendable, Hashable, Codable {
    let amplitude: SIMD3<Double>
    /// 2π over the wavelength, along the direction of the wave, in 1/mm.
    let number: SIMD3<Double>
    let phase: Double
  }

  /// Only the rigid part.
  public init(_ rigid: RigidTransform) {
    self.rigid = rigid
    waves = []
  }

  /// The rigid part and a deformation of the given root mean square size.
  ///
  /// Eight waves of 150 to 400 mm, which is how far apart organs move together in breathing and
  /// posture. The sum of |amplitude| · |number| stays below 0.5, so that |∇u| < 0.5 everywhere: the
  /// map is invertible and its Jacobian positive.
  public init(_ rigid: RigidTransform, deformation: Double, seed: UInt64) {
    self.rigid = rigid
    var random = SeededGenerator(seed: seed, stream: "known motion")
    let count = 8
    // A wave of amplitude a has a mean square of a²/2.
    let size = deformation * (2 / Double(count)).squareRoot()
    let drawn = (0..<count).map { _ in
      Wave(
        amplitude: random.direction() * size,
        number: random.direction() * (2 * Double.pi / random.uniform(150...400)),
        phase: random.uniform(0...(2 * Double.pi)))
    }
    let steepness = drawn.reduce(0) { $0 + $1.amplitude.length * $1.number.length }
    let scale = min(1, Self.steepest / max(steepness, Self.steepest))
    waves = drawn.map {
      Wave(amplitude: $0.amplitude * scale, number: $0.number, phase: $0.phase)
    }
  }

  private static let steepest = 0.5

  /// u in millimetres, at a point of the first frame before the rigid part.
  func displacement(_ p: SIMD3<Double>) -> SIMD3<Double> {
    waves.reduce(.zero) { $0 + $1.amplitude * sin($1.number.dot(p) + $1.phase) }
  }

  /// Where a point of the first frame lies in the second.
  public func callAsFunction(_ x: PatientPoint) -> PatientPoint {
    var p = x.millimetres
    // |∇u| < 0.5: each step at least halves the error, 40 steps end below 10⁻⁹ mm.
    for _ in 0..<40 where !waves.isEmpty { p = x.millimetres - displacement(p) }
    return rigid(PatientPoint(millimetres: p))
  }

  /// Where a point of the second frame came from.
  public func origin(of y: PatientPoint) -> PatientPoint {
    let p = rigid.inverse(y).millimetres
    return PatientPoint(millimetres: p + displacement(p))
  }
}
