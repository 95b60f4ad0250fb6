public import Geometry
public import Quantities
public import Volumes

extension TrackedTimePoint {
  /// An outline of another time point carried along through both links: the voxels of this time
  /// point's grid whose centres it holds.
  ///
  /// - Returns: `nil` when one of the two is not linked, or no voxel lies inside.
  public func carrying(_ outline: Outline, from other: TrackedTimePoint) -> Outline? {
    guard case .mapped(let here) = placement, case .mapped(let there) = other.placement,
      let box = block(around: outline, here: here, there: there)
    else { return nil }
    let grid = fieldOfView
    var offsets: [Int] = []
    for k in box.first.z...box.last.z {
      for j in box.first.y...box.last.y {
        for i in box.first.x...box.last.x {
          let reference = here.toReference(grid.patientPoint(i: i, j: j, k: k))
          if outline.contains(there.toHere(reference)) {
            offsets.append(grid.index(i: i, j: j, k: k))
          }
        }
      }
    }
    return offsets.isEmpty ? nil : Outline(grid: grid, offsets: offsets)
  }

  /// How far a place of another time point may lie from where ``carrying(_:from:)`` puts it: both
  /// links' errors, as a 68 % radius; `nil` where one is not known.
  public func carryingError(at p: PatientPoint, from other: TrackedTimePoint) -> Length? {
    guard case .mapped(let here) = placement, case .mapped(let there) = other.placement,
      case let reference = there.toReference(p), let own = here.localError(reference),
      let others = there.localError(reference)
    else { return nil }
    let (a, b) = (own.millimetres, others.millimetres)
    return .millimetres((a * a + b * b).squareRoot())
  }

  /// The same with its link off by so many millimetres along the patient's axes, to see what
  /// depends on it.
  public func displaced(by shift: SIMD3<Double>) -> TrackedTimePoint {
    guard case .mapped(let map) = placement else { return self }
    return TrackedTimePoint(
      id: id, lesions: lesions, fieldOfView: fieldOfView,
      placement: .mapped(
        Map(
          toHere: { PatientPoint(millimetres: map.toHere($0).millimetres + shift) },
          toReference: { map.toReference(PatientPoint(millimetres: $0.millimetres - shift)) },
          localError: map.localError, residualMotion: .millimetres(map.residualMotion))))
  }

  /// The voxels that the outline's own can fall into.
  private func block(
    around outline: Outline, here: Map, there: Map
  ) -> (first: SIMD3<Int>, last: SIMD3<Int>)? {
    let grid = fieldOfView
    var low = SIMD3<Double>(repeating: .infinity)
    var high = SIMD3<Double>(repeating: -.infinity)
    for run in outline.runs {
      for n in [run.lowerBound, run.upperBound - 1] {
        let reference = there.toReference(outline.grid.centre(ofVoxelAt: n))
        let q = grid.gridPoint(at: here.toHere(reference)).ijk
        low = pointwiseMin(low, q)
        high = pointwiseMax(high, q)
      }
    }
    // Two voxels of slack for what bends between the ends of a run.
    let slack = 2 * max(outline.grid.spacing.max() / grid.spacing.min(), 1)
    let first = pointwiseMax(SIMD3<Int>((low - slack).rounded(.down)), .zero)
    let last = pointwiseMin(SIMD3<Int>((high + slack).rounded(.up)), grid.size &- 1)
    guard low.min() > -1e6, high.max() < 1e6, (last &- first).min() >= 0 else { return nil }
    return (first, last)
  }
}
