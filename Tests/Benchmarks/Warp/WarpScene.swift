import Foundation
import Geometry
import Quantities
import Registration
import Volumes

/// Images of a hospital's size, and a smooth map between them, all from formulas.
struct WarpScene {
  static let frame = FrameOfReference(uid: "2.25.1")
  let ct: VoxelGrid
  let pet: VoxelGrid
  let rigid: RigidTransform
  let field: DisplacementField

  init() throws {
    ct = try VoxelGrid(
      size: [512, 512, 250], spacing: [0.9766, 0.9766, 3],
      origin: PatientPoint(x: -249.5, y: -249.5, z: -375))
    pet = try VoxelGrid(
      size: [200, 200, 190], spacing: [4.0728, 4.0728, 4],
      origin: PatientPoint(x: -405.2, y: -405.2, z: -380))
    rigid = RigidTransform(
      from: Self.frame, to: Self.frame, rotationVector: [0.03, 0.02, 0.04],
      translation: [3, 4, 5])
    let nodes = try VoxelGrid(
      size: [35, 35, 51], spacing: [16, 16, 16], origin: PatientPoint(x: -272, y: -272, z: -400))
    let displacements = (0..<nodes.voxelCount).map { n -> SIMD3<Double> in
      let at = nodes.ijk(at: n)
      let p = nodes.patientPoint(i: at.x, j: at.y, k: at.z).millimetres
      return [
        5 * sin(p.y / 60 + p.z / 90), 4 * sin(p.z / 70 - p.x / 80),
        15 * exp(-(p.z / 110) * (p.z / 110)) * cos(p.x / 120),
      ]
    }
    field = try DisplacementField(rigid: rigid, nodes: nodes, through: displacements)
  }

  /// Blobs and waves.
  func image<Q: Quantity>(_ grid: VoxelGrid, as _: Q.Type) throws -> Volume<Q> {
    var samples = [Float](repeating: 0, count: grid.voxelCount)
    let x = (0..<grid.size.x).map { Float(sin(Double($0) * grid.spacing.x / 23)) }
    let y = (0..<grid.size.y).map { Float(cos(Double($0) * grid.spacing.y / 31)) }
    var n = 0
    for k in 0..<grid.size.z {
      let z = Float(cos(Double(k) * grid.spacing.z / 41))
      for j in 0..<grid.size.y {
        for i in 0..<grid.size.x {
          samples[n] = 1000 * (x[i] * y[j] + z)
          n += 1
        }
      }
    }
    return try Volume(grid: grid, samples: samples)
  }

  /// Largest distance, in source voxels, between where the warp samples and where the field says,
  /// and the mean: the sample of an image that holds its own voxel positions is the position.
  func positionError() throws -> (largest: Double, mean: Double) {
    let (width, height) = (pet.size.x, pet.size.y)
    var squares = [Double](repeating: 0, count: 0)
    var sum: [Double] = []
    for axis in 0..<3 {
      let ramp = try Volume<Hounsfield>(
        grid: pet,
        samples: (0..<pet.voxelCount).map {
          Float([$0 % width, $0 / width % height, $0 / (width * height)][axis])
        })
      let seen = try ramp.warped(
        onto: ct, through: field, outside: .hounsfieldUnits(-1000))
      squares = stride(from: 0, to: ct.voxelCount, by: 997).map { n in
        let at = ct.ijk(at: n)
        let there = pet.gridPoint(at: field(ct.patientPoint(i: at.x, j: at.y, k: at.z))).ijk
        let inside = there.min() >= 0 && (SIMD3<Double>(pet.size) - 1 - there).min() >= 0
        let miss = Double(seen.samples[n]) - there[axis]
        return inside ? miss * miss : 0
      }
      sum = sum.isEmpty ? squares : zip(sum, squares).map { $0 + $1 }
    }
    let distances = sum.map { $0.squareRoot() }
    return (distances.max() ?? 0, distances.reduce(0, +) / Double(distances.count))
  }
}
