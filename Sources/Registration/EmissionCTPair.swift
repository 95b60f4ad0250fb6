import Foundation
import Geometry
import Kernels
import Quantities
import Volumes

/// A CT and an emission image at both levels, in grey levels.
struct EmissionCTPair {
  let settings: EmissionCTSettings
  /// CT in HU, blanked outside the body.
  let ct: (fine: LevelImage, coarse: LevelImage)
  /// Uptake, with every voxel counted as body: its outline is not drawn.
  let emission: (fine: LevelImage, coarse: LevelImage)
  /// The largest edge of a voxel of the emission image as it was given, in millimetres.
  let emissionVoxel: Double
  private let uptake: GreyLevels

  init<Uptake: Quantity>(
    ct volume: Volume<Hounsfield>, emission image: Volume<Uptake>,
    roles: (ct: RegistrationError.Role, emission: RegistrationError.Role),
    _ settings: EmissionCTSettings
  ) throws {
    self.settings = settings
    emissionVoxel = image.grid.spacing.max()
    let averaged = try LevelImage.averaged(volume, spacing: settings.fineSpacing, role: roles.ct)
    let body = try BodyOutline.ct(averaged, threshold: settings.bodyThreshold, role: roles.ct)
    let soft = try Volume<Hounsfield>(grid: body.grid, samples: body.samples)
      .smoothed(fullWidthHalfMaximum: .millimetres(settings.smoothing))
    let fine = LevelImage(grid: body.grid, samples: soft.samples, body: body.body)
    ct = (fine, try fine.coarsened(to: settings.coarseSpacing))
    let smooth = try LevelImage.averaged(
      image, spacing: settings.fineSpacing, role: roles.emission
    ).smoothed(fullWidthHalfMaximum: .millimetres(settings.smoothing))
    guard let levels = GreyLevels(sharing: smooth.samples) else {
      throw RegistrationError.noBody(roles.emission)
    }
    uptake = levels
    let seen = LevelImage(
      grid: smooth.grid, samples: smooth.samples,
      body: [UInt8](repeating: 1, count: smooth.samples.count))
    emission = (seen, try seen.coarsened(to: settings.coarseSpacing))
  }

  /// CT samples against the emission image.
  func forward(fine isFine: Bool, most: Int) -> InformationFit {
    let (from, to) = isFine ? (ct.fine, emission.fine) : (ct.coarse, emission.coarse)
    let radius = from.voxels(in: settings.margin)
    let mask = BinaryMorphology.dilated(from.body, size: from.grid.size, radius: radius)
    return InformationFit(
      from, mask: mask, levels: .ct, most: most, moving: to, movingLevels: uptake)
  }

  /// Samples of the emission image around where the body lies, against the CT.
  func backward(at ctToEmission: RigidTransform) -> InformationFit {
    let grid = emission.fine.grid
    let body = ct.fine
    let wide = BinaryMorphology.dilated(
      body.body, size: body.grid.size, radius: body.voxels(in: settings.margin))
    let back = ctToEmission.inverse
    let last = SIMD3<Double>(body.grid.size &- 1)
    let mask = (0..<grid.voxelCount).map { n -> UInt8 in
      let at = grid.ijk(at: n)
      let q = body.grid.gridPoint(at: back(grid.patientPoint(i: at.x, j: at.y, k: at.z))).ijk
      guard q.min() >= 0, (last - q).min() >= 0 else { return 0 }
      return wide[body.grid.index(i: Int(q.x + 0.5), j: Int(q.y + 0.5), k: Int(q.z + 0.5))]
    }
    return InformationFit(
      emission.fine, mask: mask, levels: uptake, most: settings.fineSamples, moving: body,
      movingLevels: .ct)
  }

  /// Centre of mass of the roots of uptake: hot spots weigh little in it.
  var emissionCentre: PatientPoint {
    let image = emission.coarse
    var (sum, weight) = (SIMD3<Double>.zero, 0.0)
    for n in image.samples.indices where image.samples[n] > 0 {
      let w = Double(image.samples[n].squareRoot())
      sum += SIMD3<Double>(image.grid.ijk(at: n)) * w
      weight += w
    }
    return weight > 0
      ? image.grid.patientPoint(at: GridPoint(ijk: sum / weight)) : image.grid.centre
  }
}

/// Normalised mutual information of one image's samples with the other image.
struct InformationFit {
  let reference: PatientPoint
  private let samples: [SIMD4<Float>]
  /// Offsets where blocks of neighbouring samples begin, and the end.
  private let blockStarts: [Int]
  private let image: RigidIntensityFit.Image
  private let grid: VoxelGrid

  /// Edge of a block in millimetres: samples of one block see the same structure.
  private static let block = 40.0

  init(
    _ fixed: LevelImage, mask: [UInt8], levels: GreyLevels, most: Int, moving: LevelImage,
    movingLevels: GreyLevels
  ) {
    let everything = RigidSettings.Window(low: -1e9, high: 1e9)
    let drawn = SamplePoints(
      fixed, window: everything, mask: mask, most: most, blockSize: Self.block)
    reference = drawn.reference
    samples = drawn.points.samples.map { SIMD4($0.x, $0.y, $0.z, levels.level($0.w)) }
    blockStarts = drawn.points.blockStarts
    image = .init(samples: moving.samples.map(movingLevels.level), size: moving.grid.size)
    grid = moving.grid
  }

  private init(_ whole: InformationFit, samples: [SIMD4<Float>]) {
    (reference, self.samples) = (whole.reference, samples)
    (blockStarts, image, grid) = ([0, samples.count], whole.image, whole.grid)
  }

  var count: Int { samples.count }

  /// Every other block of samples, beginning with block 0 or 1.
  func half(_ first: Int) -> InformationFit {
    let blocks = stride(from: first, to: blockStarts.count - 1, by: 2)
    return InformationFit(
      self, samples: blocks.flatMap { samples[blockStarts[$0]..<blockStarts[$0 + 1]] })
  }

  /// The information above none, and how many samples the other image sees.
  func score(at transform: RigidTransform) -> (excess: Double, count: Int) {
    let centre = transform(reference)
    let axes = grid.axes
    let rows = [
      axes.i / grid.spacing.x, axes.j / grid.spacing.y, axes.k / grid.spacing.z,
    ]
    let offset = centre.millimetres - grid.origin.millimetres
    let trial = RigidIntensityFit.Trial(
      toMoving: .init(columns: transform.columns, translation: .zero),
      toVoxel: .init(
        columns: (0..<3).map { SIMD3(rows[0][$0], rows[1][$0], rows[2][$0]) },
        translation: SIMD3(rows[0].dot(offset), rows[1].dot(offset), rows[2].dot(offset))),
      gain: 1, cutoff: 1)
    let score = JointHistogram.score(samples, in: image, at: trial)
    return (score.information - 1, score.count)
  }

  /// Climbs from `start`; a pose that shows less than half of what the start shows is no match.
  func climb(from start: RigidTransform, step: Double, least: Double) -> PoseSearch.Summit {
    let needed = score(at: start).count / 2
    return PoseSearch(
      score: { pose in
        let score = score(at: pose)
        return score.count < needed
          ? -1
          : AlignmentStart.rating(
            correlation: score.excess, seen: Double(score.count) / Double(count))
      }, centre: reference
    ).climb(from: start, step: step, least: least)
  }
}
