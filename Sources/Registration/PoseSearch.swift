import Geometry

/// Climbs a measure of likeness that has no derivatives, over rotation and translation.
struct PoseSearch {
  /// Turns an angle into a motion: half the depth of a trunk, in millimetres.
  private static let lever = 100.0
  /// Explorations at most, over all steps.
  private static let mostMoves = 60

  let score: (RigidTransform) -> Double
  /// The point rotations turn about, in the fixed frame.
  let centre: PatientPoint

  struct Summit {
    var transform: RigidTransform
    var score: Double
  }

  /// Pattern search (Hooke and Jeeves, J ACM 1961;8:212-229): steps along each of the six
  /// parameters, then on along the line that led upwards; steps are halved where none does.
  ///
  /// - Parameters:
  ///   - step: First step, in millimetres of motion at the lever.
  ///   - least: Last step.
  func climb(from start: RigidTransform, step first: Double, least: Double) -> Summit {
    var base = [Double](repeating: 0, count: 6)
    var best = score(start)
    var step = first
    var moves = 0
    while step >= least, moves < Self.mostMoves {
      moves += 1
      let (found, value) = explored(base, best, step, start)
      guard value > best else {
        step /= 2
        continue
      }
      // On along the line, and look around there.
      let beyond = zip(base, found).map { 2 * $1 - $0 }
      (base, best) = (found, value)
      let (further, higher) = explored(beyond, score(pose(beyond, start)), step, start)
      if higher > best { (base, best) = (further, higher) }
    }
    return Summit(transform: pose(base, start), score: best)
  }

  private func explored(
    _ from: [Double], _ value: Double, _ step: Double, _ start: RigidTransform
  ) -> ([Double], Double) {
    var (p, best) = (from, value)
    for axis in 0..<6 {
      for direction in [step, -step] {
        var trial = p
        trial[axis] += direction
        let score = score(pose(trial, start))
        if score > best {
          (p, best) = (trial, score)
          break
        }
      }
    }
    return (p, best)
  }

  /// `start`, then a motion in the moving frame about where the centre lies.
  private func pose(_ p: [Double], _ start: RigidTransform) -> RigidTransform {
    let small = RigidTransform(
      from: start.to, to: start.to, rotationVector: SIMD3(p[0], p[1], p[2]) / Self.lever,
      about: start(centre), translation: SIMD3(p[3], p[4], p[5]))
    // The frames agree by construction, so composition cannot fail.
    return (try? start.then(small)) ?? start
  }
}
