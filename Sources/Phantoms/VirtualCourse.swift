import Foundation
public import Geometry
public import Quantities
public import Volumes

/// A virtual patient's course of therapy with known truth: a diagnostic PET/CT at baseline, a
/// SPECT/CT about 4, 24 and 96 h into each cycle, and a diagnostic PET/CT at follow-up.
///
/// Time points are made one at a time, so memory holds one of them. Everything follows from the
/// seed: the same options give the same bits on any number of cores.
public struct VirtualCourse: Sendable {
  public let options: VirtualCourseOptions
  public let visits: [Visit]
  let anatomy: Anatomy

  public static let patientHeight = Length.metres(1.72)
  public static let patientSex = Sex.female

  /// Paints the anatomy; the images are made by ``timePoint(_:)``.
  public init(_ options: VirtualCourseOptions = VirtualCourseOptions()) {
    self.options = options
    visits = Visit.schedule(cycles: options.cycles, nuclide: options.nuclide)
    anatomy = Anatomy(
      seed: options.seed, spacing: options.size == .clinical ? 1.75 : 2.5, slides: options.slides)
  }

  /// The lesions that the course knows of, whether or not a visit shows them.
  public var lesions: [VirtualLesion] { VirtualLesion.all }

  /// The frame of a visit, under the UUID-derived root 2.25 (PS3.5 B.2).
  public func frame(of visit: Visit) -> FrameOfReference {
    var random = SeededGenerator(seed: options.seed, stream: "frame \(visit.id)")
    // Version 8 (made by the application) and variant bits of RFC 9562.
    let high = (random.next() & 0xffff_ffff_ffff_0fff) | 0x8000
    let low = (random.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
    return FrameOfReference(uid: "2.25.\(UInt128(high) << 64 | UInt128(low))")
  }

  /// How the patient lies and breathes at a visit; the identity at baseline.
  public func motion(at visit: Visit) -> PatientMotion {
    let (base, frame) = (frame(of: visits[0]), frame(of: visit))
    guard visit.role != .baseline else {
      return PatientMotion(
        from: base, to: frame, rotationVector: .zero, centre: PatientPoint(x: 0, y: 30, z: 0),
        translation: .zero, breathing: Breathing(amplitude: 0))
    }
    return .drawn(
      seed: options.seed, visit: visit.id, from: base, to: frame,
      breathing: visit.role == .followUp ? 11...15 : -6...9, slides: options.slides)
  }

  /// How far the lesions are on their way from baseline (0) to follow-up (1).
  func progress(at visit: Visit) -> Double {
    switch visit.role {
    case .baseline: 0
    case .followUp: 1
    case .dosimetry: Double((visit.cycle ?? 1) - 1) / Double(max(options.cycles, 1))
    }
  }

  func state(at visit: Visit) -> PatientState {
    PatientState(
      anatomy: anatomy, motion: motion(at: visit), visit: visit, progress: progress(at: visit))
  }

  /// The CT and emission grids of a visit.
  public func grids(at visit: Visit) throws -> (ct: VoxelGrid, emission: VoxelGrid) {
    try Scanner.of(visit, size: options.size).grids(seed: options.seed, visit: visit.id)
  }

  /// The CT of a visit on any grid of the visit's frame, for trials that need no emission image.
  public func ct(at visit: Visit, on grid: VoxelGrid) throws -> Volume<Hounsfield> {
    let scanner = Scanner.of(visit, size: options.size)
    return try CTAcquisition(
      state: state(at: visit), grid: grid, subsamples: [1, 1, 2],
      noise: options.noise ? scanner.ctNoise : 0, seed: options.seed, visit: visit.id
    ).volume()
  }

  /// What lies at a point of the baseline frame; `nil` outside the anatomy.
  public func region(at p: PatientPoint) -> Region? { anatomy.region(p.millimetres) }

  /// The anatomical landmarks in the baseline frame.
  public var landmarks: [(kind: LandmarkKind, point: PatientPoint)] { anatomy.landmarks }

  /// Scans the patient at a visit.
  public func timePoint(_ visit: Visit) throws -> VirtualTimePoint {
    let scanner = Scanner.of(visit, size: options.size)
    let grids = try grids(at: visit)
    let state = state(at: visit)
    let ct = CTAcquisition(
      state: state, grid: grids.ct, subsamples: scanner.ctSubsamples,
      noise: options.noise ? scanner.ctNoise : 0, seed: options.seed, visit: visit.id)
    // Liver sets the noise level: the organ that criteria measure it in.
    let liver = PatientState.concentration(of: .liver, at: visit)
    let emission = EmissionAcquisition(
      state: state, grid: grids.emission, resolution: options.resolution ? scanner.resolution : nil,
      noise: options.noise ? scanner.emissionNoise : 0, noiseGrain: scanner.resolution,
      noiseReference: liver,
      seed: options.seed, visit: visit.id)
    return VirtualTimePoint(
      visit: visit, frame: frame(of: visit), ct: try ct.volume(),
      emission: try emission.volume(), regions: ct.regions())
  }

  /// The voxels of a grid in a visit's frame whose centres lie in a lesion; empty where the
  /// lesion is absent.
  public func mask(of lesion: VirtualLesion, at visit: Visit, on grid: VoxelGrid) -> Mask {
    let state = state(at: visit)
    var mask = Mask(grid: grid)
    guard let present = state.lesions.first(where: { $0.lesion.name == lesion.name }) else {
      return mask
    }
    let centre = grid.gridPoint(at: state.motion(lesion.centre)).ijk
    let reach = 2 * present.reach / grid.spacing + 1
    let low = (centre - reach).rounded(.down).clamped(
      lowerBound: .zero, upperBound: SIMD3<Double>(grid.size &- 1))
    let high = (centre + reach).rounded(.up).clamped(
      lowerBound: .zero, upperBound: SIMD3<Double>(grid.size &- 1))
    for k in Int(low.z)...Int(high.z) {
      for j in Int(low.y)...Int(high.y) {
        for i in Int(low.x)...Int(high.x) {
          let p = state.position.baseline(grid.patientPoint(i: i, j: j, k: k).millimetres)
          if present.ball.distance(p) < 0 { mask[i, j, k] = true }
        }
      }
    }
    return mask
  }
}
