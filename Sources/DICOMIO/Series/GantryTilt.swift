import Foundation
import Geometry
import Kernels

/// A stack whose slices are shifted against each other in their planes, as a tilted gantry leaves
/// it: the slices are moved by their true positions onto an orthogonal grid.
struct GantryTilt {
  /// Angle between the stack's direction and the normal of the slices.
  let degrees: Double
  /// Gantry/Detector Tilt (0018,1120), which explains and decides nothing.
  private let stated: Double?
  /// Shift of each slice against the first in voxels along i and j.
  private let shifts: [SIMD2<Double>]
  /// Columns and rows of the files.
  private let size: SIMD2<Int>
  /// Voxels of the orthogonal grid before the first column and row of the first slice; ≤ 0.
  private let lowest: SIMD2<Int>

  /// Columns and rows of a grid that holds every slice whole.
  let columns: Int
  let rows: Int
  /// Its first voxel in the patient.
  let origin: SIMD3<Double>

  /// Slices may drift sideways by so many millimetres before the stack counts as sheared.
  static let sidewaysTolerance = 1.0
  /// No gantry leans further than this in degrees, nor a stack made on purpose; and no image is
  /// wider than 65535 pixels.
  static let steepest = 45.0
  private static let widest = 65_535.0
  /// So far in millimetres may a slice lie off the straight line of a tilted stack.
  static let straightnessTolerance = 1.0

  /// `nil` when the slices lie above each other.
  init?(_ placed: [PlacedSlice], on plane: ImagePlane) throws(DICOMReadError) {
    let first = placed[0]
    let sideways = placed.map {
      let drift = $0.corner - first.corner
      return SIMD2(drift.dot(plane.axes.i), drift.dot(plane.axes.j))
    }
    guard let last = sideways.last, sideways.contains(where: { $0.length > Self.sidewaysTolerance })
    else { return nil }
    let height = placed[placed.count - 1].offset - first.offset
    for (slice, drift) in zip(placed, sideways) {
      let onLine = last * ((slice.offset - first.offset) / height)
      guard (drift - onLine).length <= Self.straightnessTolerance else {
        throw .unusable(
          .position, file: slice.header.file,
          reason: "lies off the line of the other slices at \(slice.position)",
          remedy: "Give one stack of parallel slices only.")
      }
    }
    let degrees = atan(last.length / height) * 180 / .pi
    self.degrees = degrees
    stated = try first.header.number(.gantryTilt)
    let spacing = SIMD2(plane.columnSpacing, plane.rowSpacing)
    shifts = sideways.map { $0 / spacing }
    size = [try first.header.requiredInteger(.columns), try first.header.requiredInteger(.rows)]
    let low = SIMD2(shifts.map(\.x).min() ?? 0, shifts.map(\.y).min() ?? 0).rounded(.down)
    let high = SIMD2(shifts.map(\.x).max() ?? 0, shifts.map(\.y).max() ?? 0).rounded(.up)
    guard degrees <= Self.steepest, (high - low).max() < Self.widest, abs(low.min()) < Self.widest
    else {
      throw .unusable(
        .position, file: first.header.file,
        reason: "and those of the other slices lean by more than \(Int(Self.steepest))°",
        remedy: "Give one stack of parallel slices only.")
    }
    lowest = SIMD2<Int>(low)
    columns = size.x + Int(high.x - low.x)
    rows = size.y + Int(high.y - low.y)
    let corner = low * spacing
    origin = first.corner + plane.axes.i * corner.x + plane.axes.j * corner.y
  }

  func refuse(_ placed: [PlacedSlice]) throws(DICOMReadError) {
    throw .unusable(
      .position, file: placed[placed.count - 1].header.file,
      reason: "is not above that of the first slice: the stack leans by \(text(degrees))°",
      remedy: "Reconstruct the series without gantry tilt, see Gantry/Detector Tilt (0018,1120).")
  }

  /// Each slice shifted in its plane, linear between voxels.
  func straightened(_ samples: [Float], air: Float) -> [Float] {
    SliceFill.run(length: columns * rows, count: shifts.count, initial: air) { k, target in
      // Voxel (i, j) of the grid lies at (i, j) + lowest − shift of this slice's own voxels.
      let start = SIMD2<Double>(lowest) - shifts[k]
      let whole = SIMD2<Int>(start.rounded(.down))
      let part = SIMD2<Float>(start - start.rounded(.down))
      let slice = k * size.x * size.y
      func sample(_ i: Int, _ j: Int) -> Float {
        guard i >= 0, j >= 0, i < size.x, j < size.y else { return air }
        return samples[slice + i + size.x * j]
      }
      for j in 0..<rows {
        for i in 0..<columns {
          let (x, y) = (i + whole.x, j + whole.y)
          let near = sample(x, y) * (1 - part.x) + sample(x + 1, y) * part.x
          let far = sample(x, y + 1) * (1 - part.x) + sample(x + 1, y + 1) * part.x
          target[i + columns * j] = near * (1 - part.y) + far * part.y
        }
      }
    }
  }

  private func text(_ degrees: Double) -> String { String((degrees * 10).rounded() / 10) }
}

extension GantryTilt: CustomStringConvertible {
  /// Headers round the tilt to about half a degree.
  private static let agreement = 1.0

  var description: String {
    let header =
      stated.map {
        abs(abs($0) - degrees) <= Self.agreement
          ? "as Gantry/Detector Tilt (0018,1120) says"
          : "Gantry/Detector Tilt (0018,1120) says \(text($0))°, but positions decide"
      } ?? "Gantry/Detector Tilt (0018,1120) is absent"
    return "the slices lean by \(text(degrees))° (\(header)); they were shifted in their planes "
      + "onto an orthogonal grid"
  }
}

extension SIMD2<Double> {
  fileprivate var length: Double { (self * self).sum().squareRoot() }
}
