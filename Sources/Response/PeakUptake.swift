import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

/// The highest mean in a 1 mL sphere placed anywhere in a lesion (SUVpeak).
///
/// Definition: the maximum, over all positions c in the voxels of the outline, of
/// Σ vᵢ(c)·xᵢ / Σ vᵢ(c), where vᵢ(c) is the volume that voxel i shares with the sphere of radius
/// 6.2035 mm (1 mL) about c. Voxels count by the part that lies inside, and the sphere may sit
/// between voxel centres and need not hold the hottest voxel (Wahl 2009, J Nucl Med 50 Suppl
/// 1:122S). Voxels outside the outline count too. Tools that take only voxel centres, or only
/// spheres centred on the hottest voxel, report lower or equal values.
public struct PeakUptake: Sendable, Hashable, Codable {
  public let value: SUVbw
  /// Centre of the sphere.
  public let centre: PatientPoint

  /// Radius of a sphere of 1 mL: (3 · 1000 mm³ / 4π)^⅓ = 6.2035 mm.
  public static let sphereRadius = Length.millimetres(cbrt(3000 / (4 * Double.pi)))

  /// - Returns: Not assessable when no such sphere lies wholly inside the image.
  public static func find(in outline: Outline, of image: Volume<SUVbw>) -> Assessment<PeakUptake> {
    var search = PeakSearch(image: image)
    guard let peak = search.maximum(in: outline) else {
      return .notAssessable(
        reason: "no 1 mL sphere centred in the lesion lies wholly inside the image")
    }
    return .value(
      PeakUptake(
        value: .gramsPerMillilitre(peak.mean),
        centre: image.grid.patientPoint(alongAxes: peak.centre)))
  }
}

/// Finds the sphere: first on voxel centres, then continuously from the best of them.
private struct PeakSearch {
  let image: Volume<SUVbw>
  /// Fetched once: each fetch through the volume costs a call.
  private let samples: [Float]
  private var overlap: SphereOverlap
  private let radius = PeakUptake.sphereRadius.millimetres
  private var weights: [Double] = []
  private var faces: (x: [Double], y: [Double], z: [Double]) = ([], [], [])
  /// Weights about a voxel centre depend only on the slice, and only where slices are uneven.
  private var stencils: [Int: Stencil] = [:]

  /// How many local maxima of the voxel-centre means are refined. The mean over 1 mL varies
  /// slowly, so the true maximum lies beside one of the highest.
  private static let starts = 3
  /// The search ends at steps of this many millimetres, where the mean is flat to 10⁻⁵.
  private static let finestStep = 0.02

  struct Candidate {
    var centre: SIMD3<Double>
    var mean: Double
  }

  private struct Stencil {
    let steps: [Int]
    let weights: [Double]
    let reach: SIMD3<Int>
  }

  init(image: Volume<SUVbw>) {
    self.image = image
    samples = image.samples
    overlap = SphereOverlap(radius: radius)
  }

  mutating func maximum(in outline: Outline) -> Candidate? {
    var best: Candidate?
    for start in localMaxima(in: outline).prefix(Self.starts) {
      let refined = refine(start, in: outline)
      if refined.mean > best?.mean ?? -.infinity { best = refined }
    }
    return best
  }

  /// Means about the voxel centres that no neighbour within one voxel exceeds, highest first.
  private mutating func localMaxima(in outline: Outline) -> [Candidate] {
    let grid = image.grid
    // The outline's bounds with a margin of one voxel, which stays at −∞.
    guard let (first, last) = outline.bounds else { return [] }
    let (low, size) = (first &- 1, last &- first &+ 3)
    let (nx, nxy) = (size.x, size.x * size.y)
    var means = [Double](repeating: -.infinity, count: nxy * size.z)
    var places: [Int] = []
    for run in outline.runs {
      let start = grid.ijk(at: run.lowerBound)
      let q = start &- low
      let place = q.x + nx * q.y + nxy * q.z
      addMeans(run, from: start, to: &means, at: place)
      places.append(contentsOf: place..<(place + run.count))
    }
    let before = (-1...0).flatMap { k in
      (-1...1).flatMap { j in (-1...1).map { i in i + nx * j + nxy * k } }
    }.filter { $0 < 0 }
    return places.compactMap { n -> (n: Int, mean: Double)? in
      let own = means[n]
      guard own > -.infinity else { return nil }
      // Of equals the first counts.
      let isExceeded = before.contains { means[n + $0] >= own || means[n - $0] > own }
      return isExceeded ? nil : (n, own)
    }
    .sorted { ($0.mean, -$0.n) > ($1.mean, -$1.n) }
    .map { n, mean in
      let q = low &+ SIMD3(n % nx, n % nxy / nx, n / nxy)
      return Candidate(centre: grid.alongAxes(i: q.x, j: q.y, k: q.z), mean: mean)
    }
  }

  /// Compass search: steps along the axes and the parabola through them, a quarter as long when
  /// none helps.
  private mutating func refine(_ start: Candidate, in outline: Outline) -> Candidate {
    var best = start
    var step = image.grid.spacing.min() / 2
    while step > Self.finestStep {
      var shift = SIMD3<Double>.zero
      let here = best
      for axis in 0..<3 {
        var move = SIMD3<Double>.zero
        move[axis] = step
        let up = mean(about: here.centre + move, in: outline)
        let down = mean(about: here.centre - move, in: outline)
        if let up, up > best.mean { best = Candidate(centre: here.centre + move, mean: up) }
        if let down, down > best.mean { best = Candidate(centre: here.centre - move, mean: down) }
        guard let up, let down, up + down < 2 * here.mean else { continue }
        shift[axis] = step * (up - down) / (2 * (2 * here.mean - up - down))
      }
      let bounded = shift.clamped(
        lowerBound: .init(repeating: -2 * step), upperBound: .init(repeating: 2 * step))
      if let mean = mean(about: here.centre + bounded, in: outline), mean > best.mean {
        best = Candidate(centre: here.centre + bounded, mean: mean)
      }
      if (best.centre - here.centre).length < step { step /= 4 }
    }
    return best
  }

  /// Means in the spheres about the centres of a run of voxels; where the sphere leaves the image
  /// the place keeps what it holds.
  private mutating func addMeans(
    _ run: Range<Int>, from start: SIMD3<Int>, to means: inout [Double], at place: Int
  ) {
    let grid = image.grid
    let key = grid.sliceOffsets == nil ? grid.size.z / 2 : start.z
    if stencils[key] == nil { stencils[key] = stencil(inSlice: key) }
    guard let stencil = stencils[key] else { return }
    let last = grid.size &- 1 &- stencil.reach
    guard start.y >= stencil.reach.y, start.y <= last.y, start.z >= stencil.reach.z,
      start.z <= last.z
    else { return }
    let skipped = max(0, stencil.reach.x - start.x)
    let end = min(run.count, last.x - start.x + 1)
    for n in skipped..<max(end, skipped) {
      let offset = run.lowerBound + n
      var sum = 0.0
      for t in stencil.steps.indices {
        sum += stencil.weights[t] * Double(samples[offset + stencil.steps[t]])
      }
      means[place + n] = sum
    }
  }

  private mutating func stencil(inSlice k: Int) -> Stencil? {
    let grid = image.grid
    guard let block = block(about: grid.alongAxes(i: 0, j: 0, k: k)) else { return nil }
    fill(block, about: grid.alongAxes(i: 0, j: 0, k: k))
    let total = weights.reduce(0, +)
    var (steps, kept): ([Int], [Double]) = ([], [])
    var n = 0
    for z in block.z {
      for y in block.y {
        for x in block.x {
          if weights[n] > 0 {
            steps.append(x + grid.size.x * (y + grid.size.y * (z - k)))
            kept.append(weights[n] / total)
          }
          n += 1
        }
      }
    }
    let reach = SIMD3(block.x.upperBound, block.y.upperBound, 0)
    let reachZ = max(block.z.upperBound - k, k - block.z.lowerBound)
    return Stencil(steps: steps, weights: kept, reach: [reach.x, reach.y, reachZ])
  }

  /// Mean in the sphere about any point of the outline; `nil` outside it or beyond the image.
  private mutating func mean(about centre: SIMD3<Double>, in outline: Outline) -> Double? {
    let grid = image.grid
    guard outline.contains(grid.patientPoint(alongAxes: centre)),
      let block = block(about: centre), block.x.lowerBound >= 0, block.y.lowerBound >= 0,
      block.x.upperBound < grid.size.x, block.y.upperBound < grid.size.y
    else { return nil }
    fill(block, about: centre)
    var (sum, total, n) = (0.0, 0.0, 0)
    for z in block.z {
      for y in block.y {
        let row = grid.size.x * (y + grid.size.y * z)
        for x in block.x {
          sum += weights[n] * Double(samples[row + x])
          total += weights[n]
          n += 1
        }
      }
    }
    return sum / total
  }

  private struct Block {
    let x, y, z: ClosedRange<Int>
  }

  /// The voxels the sphere touches; columns and rows may lie beyond the image, slices not.
  private func block(about centre: SIMD3<Double>) -> Block? {
    let grid = image.grid
    func range(_ u: Double, _ spacing: Double) -> ClosedRange<Int> {
      Int(((u - radius) / spacing).rounded())...Int(((u + radius) / spacing).rounded())
    }
    var first = 0
    while first < grid.size.z, grid.sliceFaces(first).upperBound <= centre.z - radius { first += 1 }
    var last = first
    while last < grid.size.z - 1, grid.sliceFaces(last).upperBound < centre.z + radius { last += 1 }
    guard first < grid.size.z, grid.sliceFaces(first).lowerBound <= centre.z - radius,
      grid.sliceFaces(last).upperBound >= centre.z + radius
    else { return nil }
    return Block(
      x: range(centre.x, grid.spacing.x), y: range(centre.y, grid.spacing.y), z: first...last)
  }

  private mutating func fill(_ block: Block, about centre: SIMD3<Double>) {
    let grid = image.grid
    func fill(_ faces: inout [Double], _ range: ClosedRange<Int>, _ spacing: Double, _ u: Double) {
      faces.removeAll(keepingCapacity: true)
      for n in range.lowerBound...(range.upperBound + 1) {
        faces.append((Double(n) - 0.5) * spacing - u)
      }
    }
    fill(&faces.x, block.x, grid.spacing.x, centre.x)
    fill(&faces.y, block.y, grid.spacing.y, centre.y)
    faces.z.removeAll(keepingCapacity: true)
    for k in block.z { faces.z.append(grid.sliceFaces(k).lowerBound - centre.z) }
    faces.z.append(grid.sliceFaces(block.z.upperBound).upperBound - centre.z)
    overlap.fill(&weights, x: faces.x, y: faces.y, z: faces.z)
  }
}
