import Geometry
import Kernels
import Quantities
import Volumes

/// Measures how good a link is from the two images it joins.
struct LinkAssessment {
  let fixed: LevelImage
  let moving: LevelImage
  let fixedToMoving: RigidTransform
  /// Intensity of the outline of the body, and of bone where the images show it.
  let outlineLevel: Double
  let boneLevel: Double?
  let limits: LinkLimits

  /// The fits whose images the measurements are taken from.
  struct Fits {
    /// Body of the fixed image, to the moving one at the coarse and the fine level.
    let coarse: RigidFit
    let fine: RigidFit
    /// The same fixed body, to the moving image mirrored left to right.
    let mirrored: RigidFit
  }

  /// A surface with fewer points seen by both images says nothing.
  private static let leastSurfacePoints = 200
  /// Fewer blocks with structure give no distribution of local motion.
  private static let leastBlocks = 12
  /// A mirrored image that slid away until it shares less than this of the overlap proves nothing.
  private static let leastMirrorOverlap = 0.8
  /// Body points asked for overlap and inverse consistency.
  private static let probes = 4000

  /// - Parameter wayBack: From moving to fixed, fitted with the roles exchanged.
  func quality(wayBack: RigidTransform, fits: Fits) -> LinkQuality {
    let fixedSeen = seen(fixed, by: moving, through: fixedToMoving)
    let movingSeen = seen(moving, by: fixed, through: fixedToMoving.inverse)
    var quality = LinkQuality(
      fixedBodySeen: fixedSeen.fraction, movingBodySeen: movingSeen.fraction, verdict: .pass)
    quality.bodySurfaceResidual = bodySurface()
    quality.boneResidual = boneLevel.flatMap { boneSurface(level: $0) }
    quality.inverseConsistency = inverseConsistency(wayBack: wayBack)
    quality.localMotion = LinkQuality.Residual(
      LocalMotion.displacements(fits.fine, at: fixedToMoving).compactMap { $0?.length },
      least: Self.leastBlocks)
    let moments = fits.coarse.moments(at: fixedToMoving)
    quality.similarity = moments.correlation
    let mirror = fits.mirrored.moments(at: fits.mirrored.run(from: fixedToMoving).transform)
    if mirror.count >= Self.leastMirrorOverlap * moments.count {
      quality.mirroredSimilarity = mirror.correlation
    }
    quality.estimateError()
    quality.verdict = limits.verdict(
      on: quality, sharedMillilitres: min(fixedSeen.millilitres, movingSeen.millilitres),
      expectsBone: boneLevel != nil)
    return quality
  }

  /// Fraction of one body that lies inside the other image, and the volume of that part in mL.
  private func seen(
    _ image: LevelImage, by other: LevelImage, through transform: RigidTransform
  ) -> (fraction: Double, millilitres: Double) {
    let points = Self.probePoints(image)
    guard !points.isEmpty else { return (0, 0) }
    let last = other.grid.size &- 1
    let inside = points.count { p in
      let q = other.grid.gridPoint(at: transform(p)).ijk
      return q.min() >= 0 && q.x <= Double(last.x) && q.y <= Double(last.y)
        && q.z <= Double(last.z)
    }
    let fraction = Double(inside) / Double(points.count)
    let body = image.body.reduce(0) { $0 + Int($1) }
    return (fraction, fraction * Double(body) * image.grid.voxelMillilitres)
  }

  /// Distance between the outlines, at the level that drew them.
  private func bodySurface() -> LinkQuality.Residual? {
    func surface(_ image: LevelImage) -> IsoSurface {
      IsoSurface(image, level: outlineLevel) { image.body[$0] != image.body[$1] }
    }
    return residual(surface(fixed), surface(moving))
  }

  /// Distance between the surfaces of bone.
  private func boneSurface(level: Double) -> LinkQuality.Residual? {
    func surface(_ image: LevelImage) -> IsoSurface {
      IsoSurface(image, level: level) { image.body[$0] != 0 && image.body[$1] != 0 }
    }
    return residual(surface(fixed), surface(moving))
  }

  private func residual(
    _ fixedSurface: IsoSurface, _ movingSurface: IsoSurface
  ) -> LinkQuality.Residual? {
    LinkQuality.Residual(
      SurfaceDistance.both(
        fixedSurface, on: fixed.grid, movingSurface, on: moving.grid, through: fixedToMoving),
      least: Self.leastSurfacePoints)
  }

  /// Mean distance over the fixed body between a point and where going there and back puts it.
  private func inverseConsistency(wayBack: RigidTransform) -> Double? {
    let points = Self.probePoints(fixed)
    guard !points.isEmpty else { return nil }
    let sum = points.reduce(0) { $0 + wayBack(fixedToMoving($1)).distance(to: $1) }
    return sum / Double(points.count)
  }

  /// Evenly thinned centres of body voxels.
  private static func probePoints(_ image: LevelImage) -> [PatientPoint] {
    let size = image.grid.size
    let body = image.body.indices.filter { image.body[$0] != 0 }
    return stride(from: 0, to: body.count, by: max(1, body.count / probes)).map {
      let n = body[$0]
      let ijk = SIMD3(
        Double(n % size.x), Double(n / size.x % size.y), Double(n / (size.x * size.y)))
      return image.grid.patientPoint(at: GridPoint(ijk: ijk))
    }
  }
}

extension LevelImage {
  /// The image mirrored left to right about its body's centre, on a lattice along the patient
  /// axes; what comes from outside the image is `outside`.
  func mirrored(outside: Double) throws -> LevelImage {
    let middle = bodyCentre.millimetres.x
    let step = grid.spacing.min()
    let around = try LatticeImage.grid(around: grid, spacing: step)
    let reach = max(
      abs(around.origin.millimetres.x - middle),
      abs(around.origin.millimetres.x + Double(around.size.x - 1) * step - middle))
    let half = Int((reach / step).rounded(.up))
    var origin = around.origin.millimetres
    origin.x = middle - Double(half) * step
    let lattice = try VoxelGrid(
      size: SIMD3(2 * half + 1, around.size.y, around.size.z), spacing: around.spacing,
      origin: PatientPoint(millimetres: origin))
    func flipped(_ values: [Float], outside: Double) throws -> [Float] {
      let even = try Volume<Coverage>(grid: grid, samples: values)
        .resampled(onto: lattice, outside: Coverage(inBaseUnit: outside))
      return stride(from: 0, to: lattice.voxelCount, by: lattice.size.x).flatMap {
        even.samples[$0..<($0 + lattice.size.x)].reversed()
      }
    }
    return LevelImage(
      grid: lattice, samples: try flipped(samples, outside: outside),
      body: try flipped(body.map(Float.init), outside: 0).map { $0 >= 0.5 ? 1 : 0 })
  }
}
