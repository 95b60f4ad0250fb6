import Geometry
import Kernels
import Quantities
import Volumes

/// Measures how good a deformable map is from the two images it joins.
struct DeformableAssessment {
  let fixed: LevelImage
  let moving: LevelImage
  let field: DisplacementField
  let settings: DeformableSettings

  /// HU of the surfaces that are compared: spongy bone, and half-way from lung to tissue.
  private static let bone: Float = 200
  private static let air: Float = -500
  /// A surface with fewer points seen by both images says nothing.
  private static let leastSurfacePoints = 200
  /// Structure that leaves the map less play than this, in millimetres per axis, holds it.
  private static let held = 2.0

  /// - Parameters:
  ///   - before: What the images say about the rigid link alone.
  ///   - after: What they say about the map.
  func quality(
    before: LinkEvidence, after: LinkEvidence, traces: LocalTraces, errors: LocalErrorMap,
    limits: DeformableLimits
  ) throws -> DeformableQuality {
    let inside = nodesInBody(after)
    var quality = DeformableQuality(
      jacobian: field.jacobianRange(), informedFraction: informed(inside, traces), verdict: .pass)
    quality.inverseConsistency = .init(inside.compactMap { traces.places[$0]?.inconsistency })
    quality.similarityBefore = before.similarity
    quality.similarityAfter = after.similarity
    try compareSurfaces(&quality)
    quality.localError = .init(inside.compactMap { errors.radius(atNode: $0) })
    quality.verdict = limits.verdict(on: quality)
    return quality
  }

  /// The nodes around which at least half of the voxels are body, seen by both images or not.
  private func nodesInBody(_ evidence: LinkEvidence) -> [Int] {
    let step = evidence.nodes.spacing
    let full = step.x * step.y * step.z / (fixed.grid.voxelMillilitres * 1000)
    return evidence.places.indices.filter {
      evidence.places[$0].count + evidence.places[$0].unseen > full / 2
    }
  }

  private func informed(_ nodes: [Int], _ traces: LocalTraces) -> Double {
    let held = nodes.count { (traces.places[$0]?.looseness ?? .infinity) < Self.held }
    return nodes.isEmpty ? 0 : Double(held) / Double(nodes.count)
  }

  private func compareSurfaces(_ quality: inout DeformableQuality) throws {
    let (lungs, otherLungs) = (Self.lungs(fixed), Self.lungs(moving))
    func isBone(_ image: LevelImage) -> [UInt8] {
      zip(image.samples, image.body).map { $0 > Self.bone ? $1 : 0 }
    }
    quality.boneResidual = residual(
      surface(fixed, Self.bone) { fixed.body[$0] & fixed.body[$1] != 0 },
      surface(moving, Self.bone) { moving.body[$0] & moving.body[$1] != 0 })
    quality.lungResidual = residual(
      surface(fixed, Self.air) { lungs[$0] | lungs[$1] != 0 },
      surface(moving, Self.air) { otherLungs[$0] | otherLungs[$1] != 0 })
    let skin = Float(settings.bodyThreshold)
    let (rim, otherRim) = (Self.rim(fixed), Self.rim(moving))
    quality.skinResidual = residual(
      surface(fixed, skin) { rim[$0] & rim[$1] != 0 },
      surface(moving, skin) { otherRim[$0] & otherRim[$1] != 0 })
    quality.boneOverlap = try overlap(isBone(fixed), isBone(moving))
    quality.lungOverlap = try overlap(lungs, otherLungs)
    quality.bodyOverlap = try overlap(fixed.body, moving.body)
  }

  /// How far inside the rim of the body mask, in millimetres, skin ends and lungs may begin.
  private static let rimDepth = 12.0

  /// The body without its rim, whose outer part is air.
  private static func core(_ image: LevelImage) -> [UInt8] {
    var radius = image.voxels(in: rimDepth)
    radius.z = 0
    return BinaryMorphology.eroded(image.body, size: image.grid.size, radius: radius)
  }

  private static func rim(_ image: LevelImage) -> [UInt8] {
    zip(image.body, core(image)).map { $0 & (1 - $1) }
  }

  /// The largest air-filled part inside the body.
  private static func lungs(_ image: LevelImage) -> [UInt8] {
    BodyRegions.largest(
      zip(image.samples, core(image)).map { $0 < air ? $1 : 0 }, size: image.grid.size)
  }

  private func surface(
    _ image: LevelImage, _ level: Float, where counts: (Int, Int) -> Bool
  ) -> IsoSurface {
    IsoSurface(image, level: Double(level), where: counts)
  }

  private func residual(_ a: IsoSurface, _ b: IsoSurface) -> DeformableQuality.Spread? {
    DeformableQuality.Spread(
      SurfaceDistance.both(
        a, on: fixed.grid, b, on: moving.grid, there: { field($0) },
        back: { field.inverse(of: $0) }),
      least: Self.leastSurfacePoints)
  }

  /// Dice overlap where the moving image reaches; `nil` when either set is empty there.
  private func overlap(_ a: [UInt8], _ b: [UInt8]) throws -> Double? {
    let warped = try Volume<Coverage>(grid: moving.grid, samples: b.map(Float.init))
      .warped(onto: fixed.grid, through: field, outside: Coverage(inBaseUnit: .nan)).samples
    var (shared, total) = (0, 0)
    for (n, m) in zip(a, warped) where m.isFinite {
      let inside = m >= 0.5
      shared += n != 0 && inside ? 1 : 0
      total += (n != 0 ? 1 : 0) + (inside ? 1 : 0)
    }
    return total > 0 && shared > 0 ? 2 * Double(shared) / Double(total) : nil
  }
}

extension LinkEvidence {
  /// Correlation of the treated images over all places.
  var similarity: Double? {
    let sum = places.reduce(SIMD3<Double>.zero) {
      $0 + SIMD3(Double($1.sums[2]), Double($1.sums[3]), Double($1.sums[4]))
    }
    let spread = (sum.x * sum.y).squareRoot()
    return spread > 0 ? sum.z / spread : nil
  }
}

extension DisplacementField {
  /// The determinants of the map's derivative on a lattice of a quarter of the node distance.
  func jacobianRange() -> DeformableQuality.JacobianRange {
    let half = lattice.refined(offset: .zero, size: nodes.size &* 2 &- 1)
    let fine = half.refined(offset: .zero, size: half.size &* 2 &- 1)
    let axes = nodes.axes
    let range = fine.determinants(
      axes: (SIMD3<Float>(axes.i), SIMD3<Float>(axes.j), SIMD3<Float>(axes.k)),
      spacing: Float(nodes.spacing.x / 4))
    return .init(
      least: Double(range.least), greatest: Double(range.greatest), folded: range.folded)
  }
}
