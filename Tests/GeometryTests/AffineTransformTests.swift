import Geometry
import Testing

@Suite struct AffineTransformTests {
  private let a = FrameOfReference(uid: "1")
  private let b = FrameOfReference(uid: "2")

  private func shear() throws -> AffineTransform {
    try AffineTransform(
      from: a, to: b, columns: [[1.1, 0.1, 0], [-0.2, 0.9, 0.05], [0, 0.02, 1.2]],
      translation: [5, -6, 7])
  }

  @Test func theInverseLeadsBack() throws {
    let map = try shear()
    let p = PatientPoint(x: 12, y: -34, z: 56)
    #expect(map.inverse(map(p)).distance(to: p) < 1e-12)
    #expect(try map.then(map.inverse)(p).distance(to: p) < 1e-12)
    #expect(abs(map.inverse.determinant * map.determinant - 1) < 1e-12)
  }

  @Test func compositionChecksTheFrames() throws {
    let map = try shear()
    #expect(throws: FrameMismatch(expected: b, found: a)) { try map.then(map) }
  }

  /// A turn by 30° after a stretch of 1.2, 1.0, 0.8: the polar form gives both back.
  @Test func thePolarFormSplitsStretchAndRotation() throws {
    let turn = RigidTransform(
      from: a, to: b, rotationVector: [0, 0, .pi / 6], translation: [1, 2, 3])
    let stretch = try AffineTransform(
      from: a, to: a, columns: [[1.2, 0, 0], [0, 1, 0], [0, 0, 0.8]], translation: .zero)
    let map = try stretch.then(AffineTransform(turn))
    let (s, r) = map.polar
    let p = PatientPoint(x: 100, y: -50, z: 20)
    #expect(r(s(p)).distance(to: map(p)) < 1e-10)
    #expect(abs(r.rotationAngle - .pi / 6) < 1e-12)
    #expect(s(p).distance(to: stretch(p)) < 1e-10)
    #expect(abs(map.stretches.greatest - 1.2) < 1e-12)
    #expect(abs(map.stretches.least - 0.8) < 1e-12)
    #expect(abs(map.determinant - 0.96) < 1e-12)
  }

  @Test func aMirrorIsRefused() {
    #expect(throws: AffineError.notInvertible(determinant: -1)) {
      try AffineTransform(
        from: a, to: b, columns: [[-1, 0, 0], [0, 1, 0], [0, 0, 1]], translation: .zero)
    }
  }
}
