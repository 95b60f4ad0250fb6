/// What particles move through, and what counts the energy they leave. Lengths in cm.
protocol TransportMedium {
  /// Material and density of the place, or `nil` outside.
  func matter(at point: SIMD3<Double>) -> Matter?

  /// Moves an electron along its direction through `massLength` g/cm²; `nil` when it leaves.
  func advanced(
    _ point: SIMD3<Double>, _ direction: SIMD3<Double>, massLength: Double, from matter: Matter
  ) -> SIMD3<Double>?

  /// Whether energy left anywhere within `massRange` g/cm² of the point is counted as left here.
  func isCountedHere(_ point: SIMD3<Double>, massRange: Double, in matter: Matter) -> Bool

  /// Largest photon cross section per cm anywhere, at a place of the energy grid.
  func photonMajorant(point: Int) -> Double

  mutating func deposit(_ energyMeV: Double, at point: SIMD3<Double>)
  /// Energy that left the medium.
  mutating func lose(_ energyMeV: Double)
}

/// Material, as an index into the run's tables, and density in g/mL.
struct Matter {
  var material: Int
  var density: Double
}
