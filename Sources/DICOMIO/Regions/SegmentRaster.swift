import Geometry
import Quantities
import Volumes

/// Takes the voxels of a segment, as boxes, to another grid.
struct SegmentRaster {
  private let planes: [[Float]?]
  private let grid: VoxelGrid

  /// Places along each edge of a target voxel: two per source voxel, within these.
  private static let fewestPlaces = 3
  private static let mostPlaces = 8

  init(_ planes: [[Float]?], on grid: VoxelGrid) {
    (self.planes, self.grid) = (planes, grid)
  }

  func region(_ target: VoxelGrid) -> RasterisedRegion {
    let volume = planes.enumerated().reduce(0.0) { sum, plane in
      let covered = plane.element?.reduce(0.0) { $0 + Double($1) } ?? 0
      return sum + covered * grid.voxelMillilitres(inSlice: plane.offset)
    }
    guard let box else {
      return RasterisedRegion(
        grid: target, slices: [], givenVolume: .millilitres(0), isWithinGrid: true, warnings: [])
    }
    let corners = corners(of: box)
    let ratio = (target.spacing.max() / grid.spacing.min() * 2).rounded(.up)
    let places = min(max(Int(ratio), Self.fewestPlaces), Self.mostPlaces)
    let slices = Subvoxels.slices(on: target, corners: corners, places: places, value)
    return RasterisedRegion(
      grid: target, slices: slices, givenVolume: .millilitres(volume),
      isWithinGrid: corners.allSatisfy { target.contains(PatientPoint(millimetres: $0)) },
      warnings: [])
  }

  private func value(_ point: SIMD3<Double>) -> Float {
    let q = grid.gridPoint(at: PatientPoint(millimetres: point)).ijk.rounded(
      .toNearestOrAwayFromZero)
    guard q.x >= 0, q.y >= 0, q.z >= 0, q.x < Double(grid.size.x), q.y < Double(grid.size.y),
      q.z < Double(grid.size.z), let plane = planes[Int(q.z)]
    else { return 0 }
    return plane[Int(q.y) * grid.size.x + Int(q.x)]
  }

  /// First and last voxel that is not empty.
  private var box: (low: SIMD3<Int>, high: SIMD3<Int>)? {
    var (low, high) = (grid.size, SIMD3(repeating: -1))
    for (k, plane) in planes.enumerated() {
      guard let plane else { continue }
      for j in 0..<grid.size.y {
        let row = plane[(j * grid.size.x)..<((j + 1) * grid.size.x)]
        guard let first = row.firstIndex(where: { $0 > 0 }),
          let last = row.lastIndex(where: { $0 > 0 })
        else { continue }
        let start = j * grid.size.x
        low = pointwiseMin(low, [first - start, j, k])
        high = pointwiseMax(high, [last - start, j, k])
      }
    }
    return high.x < 0 ? nil : (low, high)
  }

  private func corners(of box: (low: SIMD3<Int>, high: SIMD3<Int>)) -> [SIMD3<Double>] {
    let x = [Double(box.low.x) - 0.5, Double(box.high.x) + 0.5].map { $0 * grid.spacing.x }
    let y = [Double(box.low.y) - 0.5, Double(box.high.y) + 0.5].map { $0 * grid.spacing.y }
    let z = [
      grid.sliceFaces(box.low.z).lowerBound, grid.sliceFaces(box.high.z).upperBound,
    ]
    return z.flatMap { z in
      y.flatMap { y in x.map { x in grid.patientPoint(alongAxes: [x, y, z]).millimetres } }
    }
  }
}
