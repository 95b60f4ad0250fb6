import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// Finds where to start: shifts of the moving image against the fixed one, over every overlap
/// along the body axis, at a voxel so coarse that all of them can be tried.
struct AlignmentStart {
  /// Voxel of the search, in millimetres.
  private static let spacing = 16.0
  /// Sideways shifts tried about the line through both body centres, in voxels.
  private static let sideways = [-2, 0, 2]
  /// Starts nearer than this to a better one, in millimetres, lead to the same place.
  private static let distinct = 30.0
  /// Share of the smaller body that must be seen for a shift to count.
  private static let leastSeen = 0.4

  private let fixed: LatticeImage
  private let moving: LatticeImage

  init(fixed: LevelImage, moving: LevelImage, window: RigidSettings.Window) throws {
    self.fixed = try LatticeImage(fixed, spacing: Self.spacing, window: window)
    self.moving = try LatticeImage(moving, spacing: Self.spacing, window: window)
  }

  /// Translations from fixed to moving, in millimetres, most promising first.
  func translations(most: Int) -> [SIMD3<Double>] {
    let shifts = candidateShifts()
    let scores = ShiftedCorrelation.scores(fixed.image, moving.image, shifts: shifts)
    let smaller = min(fixed.bodyCount, moving.bodyCount)
    let rated = zip(shifts, scores).compactMap { shift, score -> (SIMD3<Int>, Double)? in
      let seen = min(score.fixedBodySeen, score.movingBodySeen) / max(smaller, 1)
      guard let r = score.correlation, seen >= Self.leastSeen else { return nil }
      return (shift, Self.rating(correlation: r, seen: min(seen, 1)))
    }
    var kept: [SIMD3<Double>] = []
    for (shift, _) in rated.sorted(by: Self.isBetter) {
      let t = translation(shift)
      if kept.allSatisfy({ ($0 - t).length > Self.distinct }) { kept.append(t) }
      if kept.count == most { break }
    }
    return kept
  }

  /// A long overlap that fits well says more than a short one that fits a little better.
  static func rating(correlation: Double, seen: Double) -> Double {
    correlation * pow(seen, 0.25)
  }

  private static func isBetter(_ a: (SIMD3<Int>, Double), _ b: (SIMD3<Int>, Double)) -> Bool {
    if a.1 != b.1 { return a.1 > b.1 }
    let (p, q) = (a.0, b.0)
    return (p.z, p.y, p.x) < (q.z, q.y, q.x)
  }

  private func candidateShifts() -> [SIMD3<Int>] {
    let between = moving.centre - fixed.centre - translation(.zero)
    let x = Int((between.x / Self.spacing).rounded())
    let y = Int((between.y / Self.spacing).rounded())
    var shifts: [SIMD3<Int>] = []
    for z in (1 - fixed.image.size.z)..<moving.image.size.z {
      for dy in Self.sideways {
        for dx in Self.sideways { shifts.append(SIMD3(x + dx, y + dy, z)) }
      }
    }
    return shifts
  }

  /// Fixed voxel n lies on moving voxel n + shift: the translation this means in the patient.
  private func translation(_ shift: SIMD3<Int>) -> SIMD3<Double> {
    moving.origin - fixed.origin
      + SIMD3(Double(shift.x), Double(shift.y), Double(shift.z)) * Self.spacing
  }
}

/// An image on a cubic lattice along the patient axes.
struct LatticeImage {
  let image: ShiftedCorrelation.Image
  let origin: SIMD3<Double>
  let centre: SIMD3<Double>
  let bodyCount: Double

  init(_ level: LevelImage, spacing: Double, window: RigidSettings.Window) throws {
    let lattice = try Self.grid(around: level.grid, spacing: spacing)
    let (low, high) = (Float(window.low), Float(window.high))
    let values = try Volume<Coverage>(
      grid: level.grid, samples: level.samples.map { min(max($0, low), high) })
    let inside = try Volume<Coverage>(grid: level.grid, samples: level.body.map(Float.init))
    let unseen = Coverage(inBaseUnit: -1e6)
    let sampled = values.resampled(onto: lattice, outside: unseen)
    let body =
      inside.resampled(onto: lattice, outside: .zero).samples.map { $0 >= 0.5 ? 1 : 0 }
      as [Float]
    let seen = sampled.samples.map { $0 > -1e5 ? 1 : 0 } as [Float]
    // Centred intensities keep the single-precision sums of squares exact enough.
    let middle = Float((window.low + window.high) / 2)
    image = ShiftedCorrelation.Image(
      samples: zip(sampled.samples, seen).map { ($0 - middle) * $1 }, seen: seen, body: body,
      size: lattice.size)
    origin = lattice.origin.millimetres
    centre = level.bodyCentre.millimetres
    bodyCount = Double(body.reduce(0, +))
  }

  /// The lattice that holds all voxel centres of `grid`.
  static func grid(around grid: VoxelGrid, spacing: Double) throws -> VoxelGrid {
    let last = grid.size &- 1
    let corners = (0..<8).map { n -> SIMD3<Double> in
      let ijk = SIMD3(
        Double(n & 1 == 0 ? 0 : last.x), Double(n & 2 == 0 ? 0 : last.y),
        Double(n & 4 == 0 ? 0 : last.z))
      return grid.patientPoint(at: GridPoint(ijk: ijk)).millimetres
    }
    let low = corners.dropFirst().reduce(corners[0]) { pointwiseMin($0, $1) }
    let high = corners.dropFirst().reduce(corners[0]) { pointwiseMax($0, $1) }
    let steps = ((high - low) / spacing).rounded(.down)
    let margin = (high - low - steps * spacing) / 2
    return try VoxelGrid(
      size: SIMD3(Int(steps.x) + 1, Int(steps.y) + 1, Int(steps.z) + 1),
      spacing: SIMD3(repeating: spacing), origin: PatientPoint(millimetres: low + margin))
  }
}
