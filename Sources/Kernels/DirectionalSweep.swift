import Foundation
import VectorShim

/// The fluence of particles that start all over a grid and fly straight until they are taken out, in
/// a medium of uneven density: along fixed directions, plane by plane.
///
/// A direction crosses the planes of the axis that it crosses most often. What enters a voxel is
/// interpolated between the four that lie behind it. Directions and interpolation make streaks about
/// small sources: the ratio of two sweeps of one source holds less of them than either.
///
/// Sources and fluences are four fields over the grid, one after the other, each i fastest: the sum
/// over all directions, and the sums of the directions' parts along x, y and z.
public struct DirectionalSweep: Sendable {
  public let size: SIMD3<Int>
  /// In millimetres.
  public let spacing: SIMD3<Double>
  private let directions: [SIMD3<Double>]

  /// - Parameter pairs: Pairs of opposite directions, evenly spread over the sphere.
  public init(size: SIMD3<Int>, spacing: SIMD3<Double>, pairs: Int) {
    precondition(size.min() > 0 && spacing.min() > 0 && pairs > 0, "an empty sweep")
    self.size = size
    self.spacing = spacing
    // A Fibonacci lattice on half of the sphere, and its mirror image.
    let golden = 0.6180339887498949
    let half = (0..<pairs).map { n -> SIMD3<Double> in
      let z = (Double(n) + 0.5) / Double(pairs)
      let angle = 2 * Double.pi * (Double(n) * golden).truncatingRemainder(dividingBy: 1)
      let rho = (1 - z * z).squareRoot()
      return [rho * cos(angle), rho * sin(angle), z]
    }
    directions = half + half.map { -$0 }
  }

  /// - Parameters:
  ///   - source: Particles per volume; those that start in a direction Ω are (sum + Ω · parts) / 4π,
  ///     and none where that is below zero.
  ///   - density: Relative to that of `attenuation`.
  ///   - attenuation: Per millimetre.
  /// - Returns: Path length per volume.
  public func fluence(
    of source: [Float], density: [Float], attenuation: Double
  ) -> [Float] {
    precondition(
      density.count == size.x * size.y * size.z && source.count == 4 * density.count,
      "buffers do not fill the grid")
    // Six courses, added in order: the same bits on any number of threads.
    let courses = Slabs.map(of: 6) { range in
      range.map { course(axis: $0 / 2, rises: $0 % 2 == 0, source, density, attenuation) }
    }.joined()
    var sum: [Float] = []
    for course in courses {
      if sum.isEmpty {
        sum = course
      } else {
        ScaledSum.add(1, times: course, from: 0, to: &sum, at: 0, count: sum.count)
      }
    }
    return sum
  }

  /// All directions that cross the planes of one axis one way.
  private func course(
    axis: Int, rises: Bool, _ source: [Float], _ density: [Float], _ attenuation: Double
  ) -> [Float] {
    let rays = directions.filter { direction in
      let crossings = (0..<3).map { abs(direction[$0]) / spacing[$0] }
      return (0..<3).max { crossings[$0] < crossings[$1] } == axis
        && (direction[axis] > 0) == rises
    }.map { ray($0, axis: axis, attenuation: attenuation) }
    // Rows have to lie along an axis other than the one crossed.
    let turns = axis == 0
    let turn = Transposition(size: size)
    var fluence = [Float](repeating: 0, count: source.count)
    cross(
      rays, axis: axis, medium: turns ? turn.turned(density) : density,
      source: turns ? turn.turned(source) : source, into: &fluence)
    return turns ? turn.restored(fluence) : fluence
  }

  /// Axes along rows, from row to row, and from plane to plane.
  private static func order(_ axis: Int) -> SIMD3<Int> {
    axis == 0 ? [2, 1, 0] : axis == 1 ? [0, 2, 1] : [0, 1, 2]
  }

  private func ray(_ direction: SIMD3<Double>, axis: Int, attenuation: Double) -> sweep_ray {
    let order = Self.order(axis)
    let path = spacing[axis] / abs(direction[axis])
    let shift = SIMD2(
      -path * direction[order.x] / spacing[order.x], -path * direction[order.y] / spacing[order.y])
    let first = shift.rounded(.down)
    let f = SIMD2<Float>(shift - first)
    let solidAngle = 4 * Double.pi
    var ray = sweep_ray()
    ray.along = (Float(direction.x), Float(direction.y), Float(direction.z))
    ray.half_depth = Float(path / 2 * attenuation)
    ray.half_source = Float(path / 2 / solidAngle)
    ray.weight = Float(solidAngle / Double(directions.count))
    ray.first_x = Int32(first.x)
    ray.first_y = Int32(first.y)
    ray.share = ((1 - f.x) * (1 - f.y), f.x * (1 - f.y), (1 - f.x) * f.y, f.x * f.y)
    ray.rises = direction[axis] > 0
    return ray
  }

  private func cross(
    _ rays: [sweep_ray], axis: Int, medium: [Float], source: [Float], into fluence: inout [Float]
  ) {
    let order = Self.order(axis)
    let layout = sweep_layout(
      x: size[order.x], y: size[order.y], z: size[order.z],
      // Turned about the middle axis, rows lie along z.
      row: axis == 0 ? size.z : axis == 1 ? size.x * size.y : size.x,
      plane: axis == 0 ? size.z * size.y : axis == 1 ? size.x : size.x * size.y,
      field: medium.count)
    var work = [Float](repeating: 0, count: 2 * (layout.x + 2) * (layout.y + 2))
    unsafe medium.withUnsafeBufferPointer { medium in
      unsafe source.withUnsafeBufferPointer { source in
        unsafe fluence.withUnsafeMutableBufferPointer { fluence in
          unsafe work.withUnsafeMutableBufferPointer { work in
            guard let medium = medium.baseAddress, let source = source.baseAddress,
              let fluence = fluence.baseAddress, let work = work.baseAddress
            else { return }
            for var ray in rays {
              unsafe sweep_direction(&ray, layout, medium, source, fluence, work)
            }
          }
        }
      }
    }
  }
}

/// Fields with their first and last axes exchanged.
private struct Transposition {
  let size: SIMD3<Int>

  func turned(_ fields: [Float]) -> [Float] { Self.turned(fields, size) }

  func restored(_ fields: [Float]) -> [Float] {
    Self.turned(fields, SIMD3(size.z, size.y, size.x))
  }

  private static func turned(_ fields: [Float], _ size: SIMD3<Int>) -> [Float] {
    let count = size.x * size.y * size.z
    return unsafe [Float](unsafeUninitializedCapacity: fields.count) { out, filled in
      let out = unsafe out
      unsafe fields.withUnsafeBufferPointer { fields in
        for field in 0..<(fields.count / count) {
          for j in 0..<size.y {
            for i in 0..<size.x {
              var from = field * count + i + size.x * j
              var to = field * count + size.z * (j + size.y * i)
              for _ in 0..<size.z {
                unsafe out[to] = fields[from]
                from += size.x * size.y
                to += 1
              }
            }
          }
        }
      }
      filled = fields.count
    }
  }
}
