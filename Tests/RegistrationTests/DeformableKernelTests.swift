import Foundation
import Kernels
import Testing

@Suite struct DeformableKernelTests {
  private func random(_ count: Int, seed: UInt64) -> [SIMD4<Float>] {
    var gauss = Gauss(seed: seed)
    return (0..<count).map { _ in
      SIMD4(Float(gauss.next()), Float(gauss.next()), Float(gauss.next()), 0)
    }
  }

  /// Σ w = 1 and Σ w′ = 0 for every fraction: a constant field stays constant.
  @Test(arguments: [0, 0.1, 0.25, 0.5, 0.9, 1] as [Float])
  func splineWeightsAreAPartitionOfUnity(t: Float) {
    #expect(abs(CubicBSpline.weights(t).sum() - 1) < 1e-6)
    #expect(abs(CubicBSpline.derivatives(t).sum()) < 1e-6)
  }

  /// de Boor's values at a node: 1/6, 4/6, 1/6.
  @Test func splineWeightsAtANode() {
    let w = CubicBSpline.weights(0)
    #expect(abs(w.x - 1.0 / 6) < 1e-6 && abs(w.y - 4.0 / 6) < 1e-6 && abs(w.z - 1.0 / 6) < 1e-6)
    #expect(w.w == 0)
  }

  private func value(
    _ lattice: CubicBSpline.Lattice, _ x: Double, _ y: Double, _ z: Double
  ) -> SIMD4<Float> {
    let axes = [x, y, z].enumerated().map {
      CubicBSpline.Axis(positions: [$1], nodes: lattice.size[$0])
    }
    var sum = SIMD4<Float>.zero
    for c in 0..<4 {
      for b in 0..<4 {
        for a in 0..<4 {
          let n =
            axes[0].first[0] + a
            + lattice.size.x
            * (axes[1].first[0] + b + lattice.size.y * (axes[2].first[0] + c))
          let w = axes[0].weights[0][a] * axes[1].weights[0][b] * axes[2].weights[0][c]
          sum += lattice.coefficients[n] * w
        }
      }
    }
    return sum
  }

  @Test func refiningALatticeChangesNothing() {
    let size = SIMD3(7, 6, 8)
    let coarse = CubicBSpline.Lattice(coefficients: random(7 * 6 * 8, seed: 3), size: size)
    let fine = coarse.refined(offset: [1, 0, 2], size: [12, 11, 13])
    for (x, y, z) in [(2.2, 2.4, 3.1), (3.7, 3.0, 4.4), (4.5, 2.75, 5.2)] {
      let a = value(coarse, x, y, z)
      let b = value(fine, 2 * x - 1, 2 * y, 2 * z - 2)
      #expect(((a - b) * (a - b)).sum() < 1e-9)
    }
  }

  @Test func theInterpolatingSplineTakesTheValuesGiven() {
    let size = SIMD3(9, 8, 7)
    let values = random(9 * 8 * 7, seed: 5)
    let lattice = CubicBSpline.Lattice(through: values, size: size)
    for k in 1..<6 {
      for j in 1..<7 {
        for i in 1..<8 {
          let d = value(lattice, Double(i), Double(j), Double(k)) - values[i + 9 * (j + 8 * k)]
          #expect((d * d).sum() < 1e-8)
        }
      }
    }
  }

  /// All nodes ask for the same shift: the step is that shift, whatever the stiffness.
  @Test(arguments: [0.1, 1, 100] as [Float])
  func aCommonShiftCostsNoBending(bending: Float) {
    let size = SIMD3(10, 9, 8)
    var sums = [DeformableIntensityFit.NodeSum](repeating: .init(), count: 720)
    for k in 1..<7 {
      for j in 1..<8 {
        for i in 1..<9 {
          // A = 2·1 and b = −A·(1, −2, 3).
          let n = i + 10 * (j + 9 * k)
          sums[n].x = [2, 0, 0, -2]
          sums[n].y = [0, 2, 0, 4]
          sums[n].z = [0, 0, 2, -6]
        }
      }
    }
    let step = FieldStep(sums, size: size, bending: .init(weight: bending))
      .solved(from: .init(size: size), iterations: 400, tolerance: 1e-6)
    let lattice = CubicBSpline.Lattice(coefficients: step, size: size)
    let d = value(lattice, 4.5, 4.2, 3.6) - SIMD4(1, -2, 3, 0)
    #expect((d * d).sum() < 1e-3)
  }

  /// Data that ask for 6 mm on one side of a plane and none on the other: a field that may kink
  /// follows them closer than one that bends at any price, and its energy says that it costs less.
  @Test func aKinkKeepsBothSidesOfAStepApart() {
    let size = SIMD3(12, 6, 6)
    var sums = [DeformableIntensityFit.NodeSum](repeating: .init(), count: 432)
    for n in sums.indices {
      sums[n].x = [1, 0, 0, n % 12 < 6 ? 0 : -6]
      (sums[n].y, sums[n].z) = ([0, 1, 0, 0], [0, 0, 1, 0])
    }
    func fitted(_ bending: FieldStep.Bending) -> CubicBSpline.Lattice {
      var lattice = CubicBSpline.Lattice(size: size)
      for _ in 0..<6 {
        var now = sums
        for n in now.indices { now[n].x.w += value(lattice, n).x }
        let step = FieldStep(now, size: size, bending: bending)
          .solved(from: lattice, iterations: 200, tolerance: 1e-5)
        lattice = .init(
          coefficients: zip(lattice.coefficients, step).map { $0 + $1 }, size: size)
      }
      return lattice
    }
    func value(_ lattice: CubicBSpline.Lattice, _ n: Int) -> SIMD4<Float> {
      self.value(lattice, Double(n % 12), Double(n / 12 % 6), Double(n / 72))
    }
    let (stiff, kinked) = (
      fitted(.init(weight: 1)), fitted(.init(weight: 1, kink: 1))
    )
    // Two nodes from the plane, in the middle of the lattice.
    let (low, high) = (4 + 12 * (3 + 6 * 3), 7 + 12 * (3 + 6 * 3))
    let apart = (value(stiff, high) - value(stiff, low)).x
    let kinkedApart = (value(kinked, high) - value(kinked, low)).x
    #expect(kinkedApart > apart + 0.3 && kinkedApart < 6.5)
    #expect(
      FieldStep.energy(kinked, bending: .init(weight: 1, kink: 1))
        < FieldStep.energy(kinked, bending: .init(weight: 1)))
  }

  /// x ↦ (1 + a)·x along one axis has determinant 1 + a.
  @Test func theDeterminantOfAStretchIsItsFactor() {
    let size = SIMD3(6, 6, 6)
    let spacing: Float = 8
    let coefficients = (0..<216).map { n in SIMD4<Float>(0.25 * spacing * Float(n % 6), 0, 0, 0) }
    let least = CubicBSpline.Lattice(coefficients: coefficients, size: size)
      .leastDeterminant(axes: ([1, 0, 0], [0, 1, 0], [0, 0, 1]), spacing: spacing)
    #expect(abs(least - 1.25) < 1e-5)
  }

  /// v → a·v + b leaves the image as it is, once noise is small against contrast.
  @Test func localContrastDoesNotSeeGainAndOffset() {
    let size = SIMD3(24, 20, 16)
    let image = random(24 * 20 * 16, seed: 9).map { $0.x * 100 }
    let block = SIMD3(repeating: 4)
    let a = LocalContrast.run(image, size: size, block: block, floor: 0.01)
    let b = LocalContrast.run(image.map { 3 * $0 + 500 }, size: size, block: block, floor: 0.01)
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 0.01 })
  }

  @Test func aFlatImageHasNoLocalContrast() {
    let flat = LocalContrast.run(
      [Float](repeating: 40, count: 1000), size: [10, 10, 10], block: [4, 4, 4], floor: 25)
    #expect(flat.allSatisfy { abs($0) < 1e-3 })
  }
}
