import Foundation
import Geometry
import Kernels

/// What can be seen of a map's error around each node without knowing the truth.
struct LocalTraces: Sendable {
  let nodes: VoxelGrid
  /// `nil` where the fixed image shows no body or the moving image does not reach.
  let places: [Trace?]

  /// All lengths are root mean squares over about two node distances, in millimetres.
  struct Trace: Sendable {
    /// There and, by the fit with the roles exchanged, back: distance from the start.
    var inconsistency: Double
    /// What the last level changed: a fit that still moves has not arrived.
    var refinement: Double
    /// Spread that the structure of the images leaves to the map, per axis.
    var looseness: Double
    /// 1 − local correlation after the map.
    var dissimilarity: Double
    /// Norm of the displacement's derivative: sliding and folds are smoothed over.
    var strain: Double
    /// Motion that the voxels of a place alone would still ask for.
    var pull: Double
    /// Displacement beyond the rigid link.
    var motion: Double
  }

  /// - Parameters:
  ///   - fields: The map after each level, coarse to fine.
  ///   - back: The map from moving to fixed, registered with the roles exchanged.
  init(evidence: LinkEvidence, fields: [DisplacementField], back: DisplacementField) {
    let field = fields[fields.count - 1]
    nodes = evidence.nodes
    let (nodes, before) = (nodes, fields.dropLast().last)
    let squares = Slabs.map(of: nodes.voxelCount) { range in
      range.map { n -> SIMD8<Float> in
        guard evidence.places[n].count > 0 else { return .init(repeating: 0) }
        let p = nodes.patientPoint(offset: n)
        let u = field.displacement(at: p)
        let there = field(p)
        let miss = back(there).millimetres - p.millimetres
        let change = before.map { u - $0.displacement(at: p) } ?? .zero
        let strain = field.strain(at: p)
        let w = Float(evidence.places[n].count)
        return SIMD8(
          w, w * Float(miss.dot(miss)), w * Float(change.dot(change)), w * Float(u.dot(u)),
          w * Float(strain * strain), w * evidence.pulls[n], 0, 0)
      }
    }.flatMap { $0 }
    let smooth = Self.smoothed(squares, shape: nodes.size)
    places = evidence.places.indices.map { n in
      Trace(evidence.places[n], squares: smooth[n], nodes: nodes)
    }
  }

  static func smoothed(_ values: [SIMD8<Float>], shape: SIMD3<Int>) -> [SIMD8<Float>] {
    var result = values
    for (axis, stride) in [1, shape.x, shape.x * shape.y].enumerated() {
      let source = result
      for n in source.indices {
        let position = n / stride % shape[axis]
        var sum = source[n] * 2
        if position > 0 { sum += source[n - stride] }
        if position < shape[axis] - 1 { sum += source[n + stride] }
        result[n] = sum / 4
      }
    }
    return result
  }
}

extension LocalTraces.Trace {
  /// `nil` where there is nothing to go by.
  fileprivate init?(_ place: LinkEvidence.Place, squares: SIMD8<Float>, nodes: VoxelGrid) {
    guard place.count > 4, place.unseen < place.count, squares[0] > 0,
      let similarity = place.similarity
    else { return nil }
    func root(_ n: Int) -> Double { Double(squares[n] / squares[0]).squareRoot() }
    inconsistency = root(1)
    refinement = root(2)
    motion = root(3)
    strain = root(4)
    pull = root(5)
    dissimilarity = min(max(1 - similarity, 0), 1)
    looseness = Self.looseness(place)
  }

  /// √ of the mean variance per axis of a motion of this place alone.
  private static func looseness(_ place: LinkEvidence.Place) -> Double {
    let precision = place.precision
    var sum = 0.0
    for axis in 0..<3 {
      let unit = (0..<3).map { $0 == axis ? 1.0 : 0 }
      let spread = LinkEvidence.Place.priorSpread
      sum += Cholesky.solve(precision, unit)?[axis] ?? spread * spread
    }
    return (sum / 3).squareRoot()
  }
}

extension VoxelGrid {
  /// The centre of the voxel at a linear offset.
  func patientPoint(offset n: Int) -> PatientPoint {
    patientPoint(i: n % size.x, j: n / size.x % size.y, k: n / (size.x * size.y))
  }
}

extension DisplacementField {
  /// Norm of the displacement's derivative, by differences over half a node distance.
  func strain(at p: PatientPoint) -> Double {
    let half = nodes.spacing.x / 4
    let sum = [nodes.axes.i, nodes.axes.j, nodes.axes.k].reduce(0) { sum, axis in
      let ahead = displacement(at: PatientPoint(millimetres: p.millimetres + axis * half))
      let behind = displacement(at: PatientPoint(millimetres: p.millimetres - axis * half))
      let slope = (ahead - behind) / (2 * half)
      return sum + slope.dot(slope)
    }
    return sum.squareRoot()
  }
}
