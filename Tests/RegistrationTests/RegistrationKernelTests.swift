import Foundation
import Geometry
import Kernels
import Quantities
import Testing
import Volumes

@Suite struct RegistrationKernelTests {
  /// A single voxel grows to a box of 3 × 5 × 1, cut at the edge of the grid.
  @Test func dilationDrawsABox() {
    let size = SIMD3(12, 7, 3)
    var mask = [UInt8](repeating: 0, count: 12 * 7 * 3)
    mask[1 + 12 * (1 + 7 * 1)] = 1
    let grown = BinaryMorphology.dilated(mask, size: size, radius: SIMD3(1, 2, 0))
    let set = grown.indices.filter { grown[$0] != 0 }
    let expected = (0...3).flatMap { j in (0...2).map { i in i + 12 * (j + 7) } }
    #expect(set == expected)
  }

  @Test(arguments: [5, 8, 9, 23])
  func erosionUndoesTheDilationOfABoxAndSparesTheCut(width: Int) {
    let size = SIMD3(width, 9, 6)
    let box = (0..<(width * 9 * 6)).map { n -> UInt8 in
      let (i, j) = (n % width, n / width % 9)
      return (2..<(width - 2)).contains(i) && (3..<6).contains(j) ? 1 : 0
    }
    let grown = BinaryMorphology.dilated(box, size: size, radius: SIMD3(1, 1, 1))
    // The box spans every slice: beyond the grid counts as set, so the ends stay.
    #expect(BinaryMorphology.eroded(grown, size: size, radius: SIMD3(1, 1, 1)) == box)
  }

  @Test func theLargestRegionTouchesByFacesOnly() {
    // Two rows joined at a face (5 voxels), and a run of 4 that touches them at a corner.
    let rows: [[UInt8]] = [
      [1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 1, 1, 1, 0],
    ]
    let largest = BodyRegions.largest(rows.flatMap { $0 }, size: SIMD3(8, 4, 1))
    #expect(largest.reduce(0) { $0 + Int($1) } == 5)
    #expect(largest[3 + 8 * 3] == 0)
  }

  @Test func regionsJoinAroundCorners() {
    // A U in one slice closed by nothing, and its arms joined through the next slice.
    let low: [UInt8] = [1, 0, 1, 1, 0, 1, 0, 0, 0]
    let high: [UInt8] = [1, 1, 1, 0, 0, 0, 0, 0, 1]
    let largest = BodyRegions.largest(low + high, size: SIMD3(3, 3, 2))
    #expect(largest == low + [1, 1, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test func aRingIsFilledAndAnOpenOneIsNot() {
    let ring: [UInt8] = [0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1]
    #expect(
      BodyRegions.slicesFilled(ring, size: SIMD3(4, 3, 1))
        == [0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1])
    let open: [UInt8] = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1]
    #expect(BodyRegions.slicesFilled(open, size: SIMD3(4, 3, 1)) == open)
  }

  /// On a linear image M(y) = 3x + 5y − 2z the gradient is exact, so the sums have closed forms.
  @Test func sumsOfALinearImageAreExact() throws {
    let size = SIMD3(9, 8, 7)
    let samples = (0..<504).map { (n: Int) -> Float in
      let (i, j, k) = (n % 9, n / 9 % 8, n / 72)
      return Float(3 * i + 5 * j - 2 * k)
    }
    let unit: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    let trial = RigidIntensityFit.Trial(
      toMoving: .init(columns: unit, translation: .zero),
      toVoxel: .init(columns: unit, translation: .zero), gain: 1, cutoff: 200)
    // At (2.5, 3.5, 1.5) M = 22; F = 20 leaves r = 2. The second sample lies outside.
    let points = RigidIntensityFit.Points(
      samples: [SIMD4(2.5, 3.5, 1.5, 20), SIMD4(40, 0, 0, 1)], blockStarts: [0, 2])
    let image = RigidIntensityFit.Image(samples: samples, size: size)
    let sums = try #require(RigidIntensityFit.sums(points, in: image, at: trial).first)
    #expect(sums.count == 1)
    // Tukey's weight (1 − (r/c)²)² and loss c²/6 · (1 − (1 − (r/c)²)³) at r/c = 0.01.
    let weight: Float = 0.999_800_01
    #expect(abs(sums.loss - 1.999_800_01) < 1e-3)
    #expect(sums.absoluteResidual == 2)
    // J = (d × g, g) with d × g = (3.5·−2 − 1.5·5, 1.5·3 − 2.5·−2, 2.5·5 − 3.5·3).
    let j: [Float] = [-14.5, 9.5, 2, 3, 5, -2]
    for p in 0..<6 {
      for q in 0..<6 { #expect(abs(sums.rows[p][q] - weight * j[p] * j[q]) < 1e-3) }
      #expect(abs(sums.rows[p][6] - weight * 2 * j[p]) < 1e-3)
    }
  }

  @Test func correlationOfAnImageWithItselfIsOneAtItsShift() throws {
    let size = SIMD3(10, 9, 8)
    let values = (0..<720).map { (n: Int) -> Float in Float(sin(Double(n * n % 97))) }
    let ones = [Float](repeating: 1, count: 720)
    let image = ShiftedCorrelation.Image(samples: values, seen: ones, body: ones, size: size)
    let scores = ShiftedCorrelation.scores(image, image, shifts: [.zero, SIMD3(1, 0, 0)])
    #expect(abs(try #require(scores[0].correlation) - 1) < 1e-6)
    #expect(try #require(scores[1].correlation) < 0.5)
    #expect(scores[1].fixedBodySeen == 648)
  }
}

@Suite struct BlockAverageOfUnevenSlicesTests {
  /// Slices at 0, 3, 6, 10, 13, 16 mm: pairs lie at 1.5, 8 and 14.5 mm. The samples are the positions.
  @Test func blocksLieAtTheMeanOfTheirSlices() throws {
    let grid = try VoxelGrid(
      columns: 1, rows: 1, columnSpacing: 2, rowSpacing: 2, sliceOffsets: [0, 3, 6, 10, 13, 16],
      axes: .identity, origin: PatientPoint(x: 0, y: 0, z: 100))
    let volume = try Volume<Hounsfield>(grid: grid, samples: [100, 103, 106, 110, 113, 116])
    let pairs = try volume.blockAveraged(by: SIMD3(1, 1, 2))
    for k in 0..<3 {
      let z = pairs.grid.patientPoint(at: GridPoint(ijk: [0, 0, Double(k)])).millimetres.z
      #expect(abs(z - Double(pairs.samples[k])) < 1e-4)
    }
  }
}
