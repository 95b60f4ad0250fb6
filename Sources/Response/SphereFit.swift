import Foundation
import Geometry
import Quantities
import Volumes

/// Least-squares fit of a blurred uniform sphere in a uniform background.
///
/// Six parameters: centre, radius, contrast, background; Levenberg-Marquardt with the profile's
/// analytic derivatives.
struct SphereFit {
  private(set) var centre: SIMD3<Double>
  private(set) var radius: Double
  private(set) var contrast = 0.0
  private(set) var background = 0.0
  /// Root mean square residual.
  private(set) var residual = 0.0
  /// Standard uncertainties of radius and of contrast + background.
  private(set) var radiusUncertainty = 0.0
  private(set) var uptakeUncertainty = 0.0

  private let sigma: Double
  private let points: [SIMD3<Double>]
  private let values: [Double]

  /// Larger regions are thinned evenly to this many voxels.
  private static let mostVoxels = 3000

  /// - Returns: `nil` when there are too few voxels or the fit does not settle.
  init?(of region: Outline, around lesion: Outline, in image: Volume<SUVbw>, resolution: Length) {
    let grid = image.grid
    guard let centroid = lesion.centroid, region.voxelCount > 12 else { return nil }
    let stride = max(1, region.voxelCount / Self.mostVoxels)
    let kept = region.offsets.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    points = kept.map {
      let q = grid.ijk(at: $0)
      return grid.alongAxes(i: q.x, j: q.y, k: q.z)
    }
    let samples = image.samples
    values = kept.map { Double(samples[$0]) }
    centre = grid.alongAxes(centroid)
    radius = lesion.equivalentRadius.millimetres
    sigma = resolution.millimetres / (8 * log(2)).squareRoot()
    startLevels()
    guard settle() else { return nil }
    // Noise of neighbouring voxels goes together: one independent value per correlation volume
    // (4πσ²)^1.5 of noise that was blurred like the image.
    let voxel = grid.voxelMillilitres * 1000 * Double(stride)
    estimateUncertainty(voxelsPerValue: max(1, pow(4 * .pi * sigma * sigma, 1.5) / voxel))
  }

  /// Contrast and background by linear least squares at the starting shape.
  private mutating func startLevels() {
    var (n, f1, f2, y1, fy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (p, value) in zip(points, values) {
      let f = profile(at: (p - centre).length).value
      n += 1
      f1 += f
      f2 += f * f
      y1 += value
      fy += f * value
    }
    let determinant = n * f2 - f1 * f1
    guard determinant > 0 else { return }
    contrast = (n * fy - f1 * y1) / determinant
    background = (f2 * y1 - f1 * fy) / determinant
  }

  /// Value of the profile and its derivatives by distance and by radius.
  private func profile(at distance: Double) -> (value: Double, byDistance: Double, byRadius: Double)
  {
    let root2Pi = (2 * Double.pi).squareRoot()
    // Nearer than this the closed form loses digits and the profile is flat.
    let r = max(distance, 1e-3 * sigma)
    let (a, b) = ((radius - r) / sigma, (radius + r) / sigma)
    let (ea, eb) = (exp(-a * a / 2), exp(-b * b / 2))
    let value =
      (erf(a / 2.0.squareRoot()) + erf(b / 2.0.squareRoot())) / 2
      - sigma / (r * root2Pi) * (ea - eb)
    let byDistance = (sigma / (r * r) * (ea - eb) - radius / (r * sigma) * (ea + eb)) / root2Pi
    return (value, byDistance, radius / (r * sigma * root2Pi) * (ea - eb))
  }

  /// Levenberg-Marquardt; true when the last step changed nothing that matters.
  private mutating func settle() -> Bool {
    var damping = 1e-3
    var (normal, gradient, squares) = equations()
    for _ in 0..<60 {
      var damped = normal
      for n in 0..<6 { damped[n][n] *= 1 + damping }
      guard let step = CholeskySolver(damped)?.solve(gradient) else { return false }
      var trial = self
      trial.move(by: step)
      guard trial.radius > 0, trial.radius.isFinite else {
        damping *= 10
        if damping > 1e12 { return false }
        continue
      }
      let next = trial.equations()
      if next.squares <= squares {
        let gain = (squares - next.squares) / max(squares, .leastNormalMagnitude)
        self = trial
        (normal, gradient, squares) = next
        damping = max(damping / 10, 1e-9)
        if gain < 1e-8 { break }
      } else {
        damping *= 10
        if damping > 1e12 { break }
      }
    }
    residual = (squares / Double(max(values.count - 6, 1))).squareRoot()
    return contrast > 0
  }

  private mutating func move(by step: [Double]) {
    centre += SIMD3(step[0], step[1], step[2])
    radius += step[3]
    contrast += step[4]
    background += step[5]
  }

  /// JᵀJ, Jᵀr and Σr² at the present parameters.
  private func equations() -> (normal: [[Double]], gradient: [Double], squares: Double) {
    var normal = [Double](repeating: 0, count: 36)
    var gradient = [Double](repeating: 0, count: 6)
    var squares = 0.0
    var row = [Double](repeating: 0, count: 6)
    for (p, value) in zip(points, values) {
      let arm = p - centre
      let distance = max(arm.length, 1e-9)
      let f = profile(at: distance)
      let pull = arm * (-contrast * f.byDistance / distance)
      row[0] = pull.x
      row[1] = pull.y
      row[2] = pull.z
      row[3] = contrast * f.byRadius
      row[4] = f.value
      row[5] = 1
      let r = value - background - contrast * f.value
      squares += r * r
      for a in 0..<6 {
        gradient[a] += row[a] * r
        for b in 0...a { normal[6 * a + b] += row[a] * row[b] }
      }
    }
    let matrix = (0..<6).map { a in (0..<6).map { b in normal[6 * max(a, b) + min(a, b)] } }
    return (matrix, gradient, squares)
  }

  private mutating func estimateUncertainty(voxelsPerValue: Double) {
    guard let solver = CholeskySolver(equations().normal) else {
      (radiusUncertainty, uptakeUncertainty) = (.infinity, .infinity)
      return
    }
    func variance(_ direction: [Double]) -> Double {
      let solved = solver.solve(direction)
      return zip(direction, solved).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let scale = residual * voxelsPerValue.squareRoot()
    radiusUncertainty = scale * variance([0, 0, 0, 1, 0, 0]).squareRoot()
    uptakeUncertainty = scale * variance([0, 0, 0, 0, 1, 1]).squareRoot()
  }
}

/// Solves a small symmetric positive system by Cholesky's decomposition.
struct CholeskySolver {
  private let lower: [[Double]]

  /// `nil` when the matrix is not positive definite.
  init?(_ matrix: [[Double]]) {
    let n = matrix.count
    var l = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for i in 0..<n {
      for j in 0...i {
        let sum = matrix[i][j] - (0..<j).reduce(0) { $0 + l[i][$1] * l[j][$1] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          l[i][i] = sum.squareRoot()
        } else {
          l[i][j] = sum / l[j][j]
        }
      }
    }
    lower = l
  }

  func solve(_ right: [Double]) -> [Double] {
    let n = lower.count
    var x = right
    for i in 0..<n {
      for j in 0..<i { x[i] -= lower[i][j] * x[j] }
      x[i] /= lower[i][i]
    }
    for i in (0..<n).reversed() {
      for j in (i + 1)..<max(n, i + 1) { x[i] -= lower[j][i] * x[j] }
      x[i] /= lower[i][i]
    }
    return x
  }
}
