import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// The geometric transfer matrix of one scan, and what follows from it.
struct TransferMatrix {
  private let image: Volume<ActivityConcentration>
  private let partition: RegionPartition
  private let means: [Double]

  /// Above this the regions are told apart by noise alone.
  private static let worstCondition = 1e4

  init(_ image: Volume<ActivityConcentration>, partition: RegionPartition) {
    self.image = image
    self.partition = partition
    let samples = image.samples
    let size = image.grid.size
    means = partition.parts.map { part in
      var (sum, total) = (0.0, 0.0)
      part.forEachRow(size) { coverage, voxels in
        for (c, v) in zip(coverage, voxels) where part.coverage[c] > 0 {
          sum += Double(part.coverage[c]) * Double(samples[v])
          total += Double(part.coverage[c])
        }
      }
      return sum / total
    }
  }

  func uncorrected(options: RegionActivities.Options) -> RegionActivities {
    let reason = "the resolution of the activity image is not known, so spill-out is not corrected"
    let regions = partition.parts.indices.map { n in
      let part = partition.parts[n]
      let shown = Activity.becquerels(means[n] * part.millilitres)
      return RegionActivity(
        region: part.name, kind: part.kind, volume: .millilitres(part.millilitres),
        activity: Estimate(shown, noUncertaintyBecause: reason), uncorrected: shown,
        recoveryCoefficient: nil, warnings: [reason])
    }
    return RegionActivities(
      regions: regions, notCovered: partition.notCovered, condition: nil, options: options)
  }

  func corrected(
    _ fwhm: Length, options: RegionActivities.Options
  ) throws(DosimetryError) -> RegionActivities {
    let blurred = partition.parts.map { blur($0, fwhm) }
    let matrix = transfer(blurred)
    let inverse = try invert(matrix)
    let truth = inverse.times(means)
    let wider = partition.parts.map {
      blur($0, fwhm * (1 + options.resolutionRelativeUncertainty))
    }
    let truthIfWider = try invert(transfer(wider)).times(means)
    let noise = noiseOfMeans(truth, blurred, fwhm)
    let regions = partition.parts.indices.map { n in
      let part = partition.parts[n]
      let fromNoise = partition.parts.indices.reduce(0) {
        $0 + inverse[n, $1] * inverse[n, $1] * noise[$1] * noise[$1]
      }
      let deviation = hypot(fromNoise.squareRoot(), truthIfWider[n] - truth[n])
      return RegionActivity(
        region: part.name, kind: part.kind, volume: .millilitres(part.millilitres),
        activity: Estimate(
          .becquerels(truth[n] * part.millilitres),
          standardUncertainty: .becquerels(deviation * part.millilitres)),
        uncorrected: .becquerels(means[n] * part.millilitres),
        recoveryCoefficient: matrix[n, n], warnings: warnings(part, truth[n], fwhm))
    }
    return RegionActivities(
      regions: regions, notCovered: partition.notCovered,
      condition: matrix.oneNorm * inverse.oneNorm, options: options)
  }

  private func warnings(_ part: RegionPartition.Part, _ mean: Double, _ fwhm: Length) -> [String] {
    var warnings: [String] = []
    let diameter = 2 * cbrt(3 * part.millilitres * 1000 / (4 * Double.pi))
    if diameter < fwhm.millimetres {
      warnings.append(
        "smaller than the resolution: the corrected activity rests on the outline and the "
          + "resolution being right")
    }
    if mean <= 0 { warnings.append("no activity above what spills in from its surroundings") }
    return warnings
  }

  private func invert(_ matrix: SquareMatrix) throws(DosimetryError) -> SquareMatrix {
    guard let inverse = matrix.inverse else { throw .regionsNotSeparable(condition: nil) }
    let condition = matrix.oneNorm * inverse.oneNorm
    guard condition < Self.worstCondition else {
      throw .regionsNotSeparable(condition: condition)
    }
    return inverse
  }

  /// One region blurred by the point spread function, in a box with room for the blur.
  private func blur(_ part: RegionPartition.Part, _ fwhm: Length) -> (box: Box, samples: [Float]) {
    let grid = partition.grid
    let sigma = fwhm.millimetres / (8 * log(2.0)).squareRoot() / grid.spacing
    let margin = SIMD3<Int>((4 * sigma).rounded(.up)) &+ 1
    let box = part.box.grown(by: margin, within: grid.size)
    var samples = [Float](repeating: 0, count: box.count)
    for k in part.box.lower.z..<part.box.upper.z {
      for j in part.box.lower.y..<part.box.upper.y {
        let from = part.box.offset(i: part.box.lower.x, j: j, k: k)
        let to = box.offset(i: part.box.lower.x, j: j, k: k)
        for i in 0..<part.box.size.x { samples[to + i] = part.coverage[from + i] }
      }
    }
    return (box, GaussianSmoothing.run(samples, size: box.size, sigma: sigma))
  }

  /// ωᵢⱼ: the mean over region i of region j blurred.
  private func transfer(_ blurred: [(box: Box, samples: [Float])]) -> SquareMatrix {
    let parts = partition.parts
    var matrix = SquareMatrix(size: parts.count)
    for i in parts.indices {
      let total = parts[i].coverage.reduce(0) { $0 + Double($1) }
      for j in parts.indices {
        matrix[i, j] = overlap(parts[i], blurred[j]) / total
      }
    }
    return matrix
  }

  private func overlap(
    _ part: RegionPartition.Part, _ blurred: (box: Box, samples: [Float])
  ) -> Double {
    guard let common = part.box.intersection(blurred.box) else { return 0 }
    let coverage = part.coverage.span
    let samples = blurred.samples.span
    var sum = 0.0
    for k in common.lower.z..<common.upper.z {
      for j in common.lower.y..<common.upper.y {
        let c = part.box.offset(i: common.lower.x, j: j, k: k)
        let s = blurred.box.offset(i: common.lower.x, j: j, k: k)
        var row: Float = 0
        for i in 0..<common.size.x { row += coverage[c + i] * samples[s + i] }
        sum += Double(row)
      }
    }
    return sum
  }

  /// Standard deviation of each region's image mean, from what the fitted regions leave
  /// unexplained: residual scatter over the number of independent resolution cells,
  /// one per (2√π σ)³, the correlation volume of noise smoothed by the same Gaussian.
  ///
  /// Real unevenness of uptake counts as noise here, so it is an upper bound.
  private func noiseOfMeans(
    _ truth: [Double], _ blurred: [(box: Box, samples: [Float])], _ fwhm: Length
  ) -> [Double] {
    var residual = image.samples
    let size = partition.grid.size
    for (mean, region) in zip(truth, blurred) {
      RegionPartition.forEachRow(of: region.box, size) { own, voxels in
        for (o, v) in zip(own, voxels) { residual[v] -= Float(mean) * region.samples[o] }
      }
    }
    let sigma = fwhm.millimetres / (8 * log(2.0)).squareRoot()
    let cell = pow(2 * Double.pi.squareRoot() * sigma, 3) / 1000
    return partition.parts.map { part in
      var (sum, total) = (0.0, 0.0)
      part.forEachRow(size) { coverage, voxels in
        for (c, v) in zip(coverage, voxels) {
          sum += Double(part.coverage[c]) * Double(residual[v]) * Double(residual[v])
          total += Double(part.coverage[c])
        }
      }
      return (sum / total / max(part.millilitres / cell, 1)).squareRoot()
    }
  }
}

extension RegionPartition {
  /// Calls `body` with the offsets of each row of a box, in the box and in the whole grid.
  static func forEachRow(
    of box: Box, _ size: SIMD3<Int>, _ body: (Range<Int>, Range<Int>) -> Void
  ) {
    for k in box.lower.z..<box.upper.z {
      for j in box.lower.y..<box.upper.y {
        let own = box.offset(i: box.lower.x, j: j, k: k)
        let voxel = box.lower.x + size.x * (j + size.y * k)
        body(own..<(own + box.size.x), voxel..<(voxel + box.size.x))
      }
    }
  }
}

extension RegionPartition.Part {
  func forEachRow(_ size: SIMD3<Int>, _ body: (Range<Int>, Range<Int>) -> Void) {
    RegionPartition.forEachRow(of: box, size, body)
  }
}
