import Dosimetry
import Geometry
import Quantities
import Volumes

/// Decays per voxel from the images of a cycle: each voxel has its own amplitude, and the shape over
/// time of the region it lies in.
///
/// With counts as weights the amplitude is Σ C(tᵢ) / Σ f(tᵢ) over the scans that show the voxel, so
/// the time-integrated activity is Σ C(tᵢ) · ∫f dt / Σ f(tᵢ). Voxels are as blurred as the images
/// are: partial volume is not undone here, as it is in the regions' own doses.
struct VoxelActivity {
  /// The shape of one region over time: ∫f dt / Σ f(tᵢ) in seconds, by the set of scans in the sum.
  private struct Shape {
    let seconds: [Double]

    init(_ curve: ActivityCurve, hours: [Double]) {
      let integral = curve.integral.inBaseUnit
      let values = hours.map { curve.activity(hours: $0).inBaseUnit }
      seconds = (0..<(1 << hours.count)).map { set in
        let sum = values.indices.reduce(0) { set & (1 << $1) == 0 ? $0 : $0 + values[$1] }
        return sum > 0 ? integral / sum : 0
      }
    }
  }

  let images: CycleImages
  /// In the order in which they keep a voxel that several cover.
  let regions: [RegionCoverage]
  /// The curve of each region that has one, and of the rest of the body.
  let curves: [String: ActivityCurve]
  let rest: ActivityCurve

  /// Each voxel with the shape of its region.
  func shared() throws -> Volume<TimeIntegratedActivity> {
    let hours = images.images.map(\.hours)
    let grid = images.grid
    let (sums, sets) = summed()
    let restShape = Shape(rest, hours: hours)
    var seconds = sets.map { restShape.seconds[Int($0)] }
    // The first region in the list lies on top.
    for region in regions.reversed() {
      guard let curve = curves[region.name] else { continue }
      let shape = Shape(curve, hours: hours)
      for (voxel, share) in region.coverage.samples.enumerated() where share > 0 {
        let part = Double(min(share, 1))
        seconds[voxel] = seconds[voxel] * (1 - part) + shape.seconds[Int(sets[voxel])] * part
      }
    }
    let millilitres = grid.voxelMillilitres
    return try Volume(
      grid: grid,
      samples: zip(sums, seconds).map { Float(Double($0) * $1 * millilitres) })
  }

  /// Σ C(tᵢ) over the scans that show each voxel, and which those are.
  private func summed() -> (sums: [Float], sets: [UInt8]) {
    var sums = [Float](repeating: 0, count: images.grid.voxelCount)
    var sets = [UInt8](repeating: 0, count: sums.count)
    // Eight scans in a cycle are more than any protocol has.
    for (n, image) in images.images.prefix(8).enumerated() {
      for (voxel, value) in image.concentration.samples.enumerated() where value >= 0 {
        sums[voxel] += value
        sets[voxel] |= 1 << UInt8(n)
      }
    }
    return (sums, sets)
  }
}
