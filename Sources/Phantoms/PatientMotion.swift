public import Geometry

/// How the patient lies and breathes at a time point, compared with baseline.
///
/// A baseline point p is seen at `rigid(breathing.position(of: p))`: the organs move in the
/// patient, then the patient moves in the scanner.
public struct PatientMotion: Sendable, Hashable, Codable {
  /// Maps a baseline point of the skeleton to where it lies in the time point's frame.
  public let rigid: RigidTransform
  /// The rotation of `rigid` as axis times angle, in radians.
  public let rotationVector: SIMD3<Double>
  /// What the rotation turns about, in the baseline frame.
  public let centre: PatientPoint
  /// The shift after the rotation, in millimetres.
  public let translation: SIMD3<Double>
  public let breathing: Breathing

  public init(
    from baseline: FrameOfReference, to frame: FrameOfReference, rotationVector: SIMD3<Double>,
    centre: PatientPoint, translation: SIMD3<Double>, breathing: Breathing
  ) {
    self.rigid = RigidTransform(
      from: baseline, to: frame, rotationVector: rotationVector, about: centre,
      translation: translation)
    self.rotationVector = rotationVector
    self.centre = centre
    self.translation = translation
    self.breathing = breathing
  }

  /// Where the tissue at a baseline point lies at this time point.
  public func callAsFunction(_ p: PatientPoint) -> PatientPoint {
    rigid(PatientPoint(millimetres: breathing.position(of: p.millimetres)))
  }

  /// The baseline position of the tissue seen at a point of this time point's frame: the
  /// analytic direction.
  public func baseline(of p: PatientPoint) -> PatientPoint {
    PatientPoint(millimetres: breathing.baseline(of: rigid.inverse(p).millimetres))
  }

  /// A motion drawn from the course's seed: up to 4° and 15 mm.
  static func drawn(
    seed: UInt64, visit: String, from baseline: FrameOfReference, to frame: FrameOfReference,
    breathing: ClosedRange<Double>, slides: Bool
  ) -> PatientMotion {
    var random = SeededGenerator(seed: seed, stream: "motion \(visit)")
    let angle = random.uniform(1.5...4) * Double.pi / 180
    let distance = random.uniform(5...15)
    return PatientMotion(
      from: baseline, to: frame, rotationVector: random.direction() * angle,
      centre: PatientPoint(x: 0, y: 30, z: 0), translation: random.direction() * distance,
      breathing: Breathing(amplitude: random.uniform(breathing), slides: slides))
  }
}
