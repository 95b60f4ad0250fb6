import Foundation
import Geometry
import Quantities
import Registration
import Testing
import Volumes

@Suite struct DeformableRegistrationTests {
  private static let start = RigidTransform(
    from: first, to: second, rotationVector: [0.01, -0.02, 0.03], translation: [3, -2, 4])

  private func register(
    _ fixed: DeformableScene, _ moving: DeformableScene, start: RigidTransform
  ) throws -> DisplacementField {
    try DeformableRegistration.register(fixed: fixed.ct(), moving: moving.ct(), start: start)
  }

  /// Known map: the moving trunk is bent by up to 9 mm and lies elsewhere; the noise differs.
  private func bent() throws -> (field: DisplacementField, moving: DeformableScene) {
    let moving = DeformableScene(amplitude: 9, lying: Self.start, noise: 14, seed: 2)
    return (try register(DeformableScene(), moving, start: Self.start), moving)
  }

  @Test func recoversAKnownSmoothMap() throws {
    let (field, moving) = try bent()
    let before = trunkPoints().map { Self.start($0).distance(to: moving.scanPoint($0)) }
    let after = trunkPoints().map { field($0).distance(to: moving.scanPoint($0)) }
    #expect(mean(before) > 5)
    // A third of a voxel on average.
    #expect(mean(after) < 1.2)
    #expect(after.sorted()[after.count * 95 / 100] < 3)
  }

  /// A follow-up that starts at the navel: what both show is registered, nothing tears.
  @Test func aPartOfTheBodyIsEnough() throws {
    let moving = DeformableScene(amplitude: 9, lying: Self.start, noise: 14, seed: 2)
    let whole = try moving.ct()
    let (grid, cut) = (whole.grid, 34)
    let part = try Volume<Hounsfield>(
      grid: VoxelGrid(
        size: [grid.size.x, grid.size.y, grid.size.z - cut], spacing: grid.spacing,
        origin: grid.patientPoint(i: 0, j: 0, k: cut)),
      samples: Array(whole.samples[(grid.size.x * grid.size.y * cut)...]))
    let field = try DeformableRegistration.register(
      fixed: DeformableScene().ct(), moving: part, start: Self.start)
    let seen = trunkPoints().filter { part.grid.contains(moving.scanPoint($0)) }
    #expect(seen.count > 200)
    #expect(mean(seen.map { field($0).distance(to: moving.scanPoint($0)) }) < 1.2)
    #expect(field.leastJacobian() > 0)
  }

  @Test func noVoxelFoldsAndVolumesChangeAsTheyTrulyDo() throws {
    let (field, moving) = try bent()
    let grid = try DeformableScene.grid()
    for k in 0..<grid.size.z {
      for j in 0..<grid.size.y {
        for i in 0..<grid.size.x {
          #expect(field.jacobian(at: grid.patientPoint(i: i, j: j, k: k)) > 0)
        }
      }
    }
    let errors = trunkPoints().map {
      abs(field.jacobian(at: $0) - trueJacobian(moving, at: $0))
    }
    #expect(mean(errors) < 0.06)
    #expect(field.leastJacobian() > 0)
  }

  /// Determinant of the true map by central differences over 1 mm.
  private func trueJacobian(_ scene: DeformableScene, at p: PatientPoint) -> Double {
    func slope(_ step: SIMD3<Double>) -> SIMD3<Double> {
      let ahead = scene.scanPoint(PatientPoint(millimetres: p.millimetres + step / 2))
      let behind = scene.scanPoint(PatientPoint(millimetres: p.millimetres - step / 2))
      return ahead.millimetres - behind.millimetres
    }
    return slope([1, 0, 0]).cross(slope([0, 1, 0])).dot(slope([0, 0, 1]))
  }

  /// Response must not be registered away: a nodule whose radius falls by a third keeps its new
  /// volume when its outline is brought to the baseline, and so does one that grows.
  @Test(arguments: [(12.0, 8.0), (12.0, 10.0), (9.0, 12.0)])
  func aLesionKeepsItsChangeOfVolume(before: Double, after: Double) throws {
    let fixed = DeformableScene(nodule: before)
    let moving = DeformableScene(nodule: after, lying: Self.start, noise: 14, seed: 3)
    let field = try register(fixed, moving, start: Self.start)
    let volume = noduleVolume(moving, through: field)
    #expect(abs(volume / (4.0 / 3 * Double.pi * pow(after, 3) / 1000) - 1) < 0.1)
    let warped = try moving.noduleMask().warped(onto: DeformableScene.grid(), through: field)
    #expect(abs(warped.volume.millilitres / volume - 1) < 0.05)
  }

  /// Millilitres of the baseline that the field puts inside the nodule of `moving`, from points
  /// 1.5 mm apart.
  private func noduleVolume(_ moving: DeformableScene, through field: DisplacementField) -> Double {
    let steps = Array(stride(from: -21.0, through: 21, by: 1.5))
    var inside = 0
    for x in steps {
      for y in steps {
        for z in steps {
          let p = DeformableScene.noduleCentre.millimetres + SIMD3(x, y, z)
          let there = moving.trunkPoint(field(PatientPoint(millimetres: p)))
          if there.distance(to: DeformableScene.noduleCentre) < moving.nodule { inside += 1 }
        }
      }
    }
    return Double(inside) * 1.5 * 1.5 * 1.5 / 1000
  }

  @Test func isTheSameBitForBitEachTime() throws {
    let fixed = try DeformableScene().ct()
    let moving = try DeformableScene(amplitude: 6, lying: Self.start, seed: 2).ct()
    let fields = try (0..<3).map { _ in
      try DeformableRegistration.register(fixed: fixed, moving: moving, start: Self.start)
    }
    #expect(fields[0] == fields[1] && fields[1] == fields[2])
  }

  @Test func anImageOfItselfIsNotMoved() throws {
    let ct = try DeformableScene().ct()
    let field = try DeformableRegistration.register(
      fixed: ct, moving: ct, start: .identity(from: first, to: second))
    #expect(trunkPoints().allSatisfy { field($0).distance(to: $0) < 0.05 })
  }

  @Test func aVolumeWithoutABodyIsAnErrorThatNamesIt() throws {
    let ct = try DeformableScene().ct()
    let air = Volume<Hounsfield>(
      grid: try DeformableScene.grid(), filledWith: Hounsfield(inBaseUnit: -1000))
    #expect(throws: RegistrationError.noBody(.moving)) {
      try DeformableRegistration.register(fixed: ct, moving: air, start: Self.start)
    }
  }

  @Test func settingsWithoutALevelAreRefused() throws {
    let ct = try DeformableScene().ct()
    var settings = DeformableSettings()
    settings.levels = []
    #expect(throws: RegistrationError.noLevels) {
      try DeformableRegistration.register(
        fixed: ct, moving: ct, start: Self.start, settings: settings)
    }
  }
}

@Suite struct DeformableFieldTests {
  private static let start = RigidTransform(
    from: first, to: second, rotationVector: [0.05, -0.1, 0.2], translation: [30, -20, 10])

  private func field() throws -> DisplacementField {
    try DeformableRegistration.register(
      fixed: DeformableScene().ct(),
      moving: DeformableScene(amplitude: 9, lying: Self.start, seed: 2).ct(), start: Self.start)
  }

  @Test func theInverseLeadsBack() throws {
    let field = try field()
    let back = try field.inverted()
    #expect(back.from == second && back.to == first)
    let misses = trunkPoints().map { back(field($0)).distance(to: $0) }
    #expect(mean(misses) < 0.05)
    for p in trunkPoints() {
      let point = try #require(field.inverse(of: field(p)))
      #expect(point.distance(to: p) < 0.01)
    }
  }

  /// det of the inverse map is 1 / det of the map.
  @Test func volumesOfTheInverseAreReciprocal() throws {
    let field = try field()
    let back = try field.inverted()
    for p in trunkPoints() {
      #expect(abs(field.jacobian(at: p) * back.jacobian(at: field(p)) - 1) < 0.05)
    }
  }

  /// A warped volume shows at each voxel what the field says lies there.
  @Test func warpingReadsTheMovingVolumeWhereTheFieldPoints() throws {
    let field = try field()
    let grid = try DeformableScene.grid()
    // Values linear in position: trilinear interpolation is exact.
    let samples = (0..<grid.voxelCount).map { n -> Float in
      let p = grid.patientPoint(
        i: n % grid.size.x, j: n / grid.size.x % grid.size.y, k: n / (grid.size.x * grid.size.y))
      return Float(p.millimetres.dot([1, 2, -1]))
    }
    let ramp = try Volume<Hounsfield>(grid: grid, samples: samples)
    let outside = Hounsfield(inBaseUnit: 9999)
    let warped = try ramp.warped(onto: grid, through: field, outside: outside)
    var compared = 0
    for n in stride(from: 0, to: grid.voxelCount, by: 17) where warped.samples[n] != 9999 {
      let p = grid.patientPoint(
        i: n % grid.size.x, j: n / grid.size.x % grid.size.y, k: n / (grid.size.x * grid.size.y))
      let q = grid.gridPoint(at: field(p)).ijk
      let last = SIMD3<Double>(SIMD3<Float>(grid.size &- 1))
      guard q.min() > 0, q.x < last.x, q.y < last.y, q.z < last.z else { continue }
      compared += 1
      #expect(abs(Double(warped.samples[n]) - field(p).millimetres.dot([1, 2, -1])) < 0.02)
    }
    #expect(compared > 10_000)
  }

  @Test func survivesEncoding() throws {
    let field = try field()
    let copy = try JSONDecoder().decode(
      DisplacementField.self, from: JSONEncoder().encode(field))
    #expect(copy == field)
  }
}
