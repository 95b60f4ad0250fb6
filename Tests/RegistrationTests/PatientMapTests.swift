import Foundation
import Geometry
import Quantities
import Registration
import Testing
import Volumes

/// What goes through a map, and what must stay.
@Suite struct PatientMapTests {
  private let turned = RigidTransform(
    from: first, to: second, rotationVector: [0.02, -0.03, 0.05], translation: [4, -3, 6])

  /// Tissue drawn together towards the middle: |∂u| up to 0.2, so that the Jacobian runs from
  /// about 0.6 to 1.2.
  private func compressing() throws -> DisplacementField {
    let nodes = try VoxelGrid(
      size: [15, 15, 15], spacing: [16, 16, 16], origin: PatientPoint(x: -112, y: -112, z: -112))
    let displacements = (0..<nodes.voxelCount).map { n -> SIMD3<Double> in
      let at = nodes.ijk(at: n)
      let p = nodes.patientPoint(i: at.x, j: at.y, k: at.z).millimetres
      return p * (-0.18 * exp(-p.dot(p) / (2 * 45 * 45)))
    }
    return try DisplacementField(rigid: turned, nodes: nodes, through: displacements)
  }

  private func maps() throws -> [PatientMap] {
    let affine = try AffineTransform(
      from: first, to: second, columns: [[1.1, 0.02, 0], [0, 0.93, -0.03], [0.01, 0, 0.9]],
      translation: [4, -3, 6])
    return [.rigid(turned), .affine(affine), .deformable(try compressing())]
  }

  private func cube(_ n: Int, _ spacing: Double) throws -> VoxelGrid {
    let corner = -Double(n - 1) / 2 * spacing
    return try VoxelGrid(
      size: [n, n, n], spacing: [spacing, spacing, spacing],
      origin: PatientPoint(x: corner, y: corner, z: corner))
  }

  /// Gaussian spots that lie wholly inside both images.
  private func spots<Q: Quantity>(_ grid: VoxelGrid, as _: Q.Type) throws -> Volume<Q> {
    try Volume(
      grid: grid,
      samples: (0..<grid.voxelCount).map { n in
        let at = grid.ijk(at: n)
        let p = grid.patientPoint(i: at.x, j: at.y, k: at.z).millimetres
        let (a, b) = (p - SIMD3(10, -5, 0), p - SIMD3(-25, 20, 15))
        return Float(exp(-a.dot(a) / 200) + 0.5 * exp(-b.dot(b) / 450))
      })
  }

  private func total<Q: Quantity>(_ volume: Volume<Q>) -> Double {
    volume.samples.reduce(0) { $0 + Double($1) }
  }

  /// The bar: 0.5 % of the total activity, on finer, equal and much coarser voxels.
  @Test(arguments: [3.0, 4.0, 9.5])
  func totalActivityStaysThroughEveryMap(spacing: Double) throws {
    let source = try spots(cube(45, 4), as: Activity.self)
    for map in try maps() {
      let target = try cube(Int(180 / spacing), spacing)
      let carried = try source.carried(onto: target, through: map, outside: .zero)
      #expect(abs(total(carried) / total(source) - 1) < 0.005)
    }
  }

  /// The same numbers as a concentration are kept, so their integral changes with the volume.
  @Test func concentrationIsNotMultipliedByTheJacobian() throws {
    let grid = try cube(45, 4)
    let constant = Volume<ActivityConcentration>(
      grid: grid, filledWith: .becquerelsPerMillilitre(700))
    let dose = Volume<AbsorbedDose>(grid: grid, filledWith: .gray(3))
    let inner = try cube(20, 4)
    for map in try maps() {
      let there = try constant.carried(onto: inner, through: map, outside: .zero)
      #expect(there.samples.allSatisfy { abs($0 - 700) < 1e-3 })
      let gray = try dose.carried(onto: inner, through: map, outside: .zero)
      #expect(gray.samples.allSatisfy { abs($0 - 3) < 1e-5 })
    }
    let sharp = try spots(grid, as: ActivityConcentration.self)
    let squeezed = try sharp.warped(onto: grid, through: compressing(), outside: .zero)
    #expect(abs(total(squeezed) / total(sharp) - 1) > 0.05)
  }

  /// Positions of a warp, read off an image of its own coordinates, against the field itself.
  @Test(arguments: [false, true])
  func aWarpSamplesWhereTheFieldSays(isTurned: Bool) throws {
    let field = try compressing()
    let source = try cube(45, 4)
    let turn = RigidTransform(from: first, to: first, rotationVector: [0, 0, 0.3])
    func along(_ v: SIMD3<Double>) -> SIMD3<Double> {
      isTurned ? turn(PatientPoint(millimetres: v)).millimetres : v
    }
    let target = try VoxelGrid(
      size: [40, 31, 26], spacing: [2.7, 3.1, 3.9],
      axes: .init(i: along([1, 0, 0]), j: along([0, 1, 0]), k: [0, 0, 1]),
      origin: PatientPoint(millimetres: along([-52, -47, -49])))
    for axis in 0..<3 {
      let ramp = try Volume<Hounsfield>(
        grid: source, samples: (0..<source.voxelCount).map { Float(source.ijk(at: $0)[axis]) })
      let seen = try ramp.warped(onto: target, through: field, outside: .hounsfieldUnits(-1))
      let worst = (0..<target.voxelCount).reduce(0.0) { worst, n in
        let at = target.ijk(at: n)
        let p = field(target.patientPoint(i: at.x, j: at.y, k: at.z))
        return max(worst, abs(Double(seen.samples[n]) - source.gridPoint(at: p).ijk[axis]))
      }
      #expect(worst < 1e-3)
    }
  }

  /// Bed joins: slices at their true places, not at even ones.
  @Test func aWarpFollowsUnevenSlices() throws {
    let field = try compressing()
    let z = (0..<45).map { Double($0) * 4 + ($0 > 20 ? 2.5 : 0) }
    let source = try VoxelGrid(
      columns: 45, rows: 45, columnSpacing: 4, rowSpacing: 4, sliceOffsets: z, axes: .identity,
      origin: PatientPoint(x: -88, y: -88, z: -88))
    let ramp = try Volume<Hounsfield>(
      grid: source, samples: (0..<source.voxelCount).map { Float(z[source.ijk(at: $0).z]) })
    let target = try cube(25, 4)
    let seen = try ramp.warped(onto: target, through: field, outside: .hounsfieldUnits(-1))
    let worst = (0..<target.voxelCount).reduce(0.0) { worst, n in
      let at = target.ijk(at: n)
      let p = field(target.patientPoint(i: at.x, j: at.y, k: at.z)).millimetres
      return max(worst, abs(Double(seen.samples[n]) - (p.z + 88)))
    }
    #expect(worst < 1e-2)
  }

  /// A ball of 15 mm, and what the map makes of it: points 1.3 mm apart that it leads inside.
  @Test func masksAndOutlinesKeepTheVolumeTheMapGivesThem() throws {
    let grid = try cube(60, 3)
    for map in try maps() {
      let middle = map(PatientPoint(x: 2, y: 3, z: -4))
      let ball = Mask(grid: grid) { n in
        let at = grid.ijk(at: n)
        return grid.patientPoint(i: at.x, j: at.y, k: at.z).distance(to: middle) < 15
      }
      let fine = try cube(60, 1.3)
      let expected = Mask(grid: fine) { n in
        let at = fine.ijk(at: n)
        return map(fine.patientPoint(i: at.x, j: at.y, k: at.z)).distance(to: middle) < 15
      }
      let target = try cube(50, 3.2)
      let mask = try ball.carried(onto: target, through: map)
      #expect(abs(mask.volume / expected.volume - 1) < 0.03)
      #expect(try Outline(ball).carried(onto: target, through: map) == Outline(mask))
    }
  }

  @Test func pointsGoThereAndBack() throws {
    for map in try maps() {
      let p = PatientPoint(x: 20, y: -31, z: 12)
      let back = try #require(map.inverse(of: map(p)))
      #expect(back.distance(to: p) < 0.01)
    }
  }
}
