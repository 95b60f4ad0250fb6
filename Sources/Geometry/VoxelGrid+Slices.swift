extension VoxelGrid {
  /// Distance of slice `k` from the first along the k axis, in millimetres.
  public func sliceOffset(_ k: Int) -> Double { sliceOffsets?[k] ?? Double(k) * spacing.z }

  /// Where slice `k` begins and ends along the k axis, in millimetres from the first slice's
  /// centre: half-way to its neighbours, as ``voxelMillilitres(inSlice:)`` counts it.
  public func sliceFaces(_ k: Int) -> ClosedRange<Double> {
    guard let z = sliceOffsets else {
      return ((Double(k) - 0.5) * spacing.z)...((Double(k) + 0.5) * spacing.z)
    }
    let last = z.count - 1
    let below = k > 0 ? z[k] - z[k - 1] : z[1] - z[0]
    let above = k < last ? z[k + 1] - z[k] : z[last] - z[last - 1]
    return (z[k] - below / 2)...(z[k] + above / 2)
  }

  /// A patient point as millimetres along the grid's own axes from the centre of voxel (0, 0, 0).
  public func alongAxes(_ p: PatientPoint) -> SIMD3<Double> {
    let offset = p.millimetres - origin.millimetres
    return [offset.dot(axes.i), offset.dot(axes.j), offset.dot(axes.k)]
  }

  /// The patient point at millimetres along the grid's own axes; undoes ``alongAxes(_:)``.
  public func patientPoint(alongAxes u: SIMD3<Double>) -> PatientPoint {
    PatientPoint(
      millimetres: origin.millimetres + axes.i * u.x + axes.j * u.y + axes.k * u.z)
  }

  /// Centre of a voxel in millimetres along the grid's own axes.
  public func alongAxes(i: Int, j: Int, k: Int) -> SIMD3<Double> {
    [Double(i) * spacing.x, Double(j) * spacing.y, sliceOffset(k)]
  }

  /// Column, row and slice of a linear offset.
  public func ijk(at offset: Int) -> SIMD3<Int> {
    let row = offset / size.x
    return [offset % size.x, row % size.y, row / size.y]
  }
}
