import Geometry

/// What a landmark lies in, and so which motion it follows.
public enum LandmarkKind: String, Sendable, Hashable, Codable {
  /// Follows the rigid motion only.
  case bone
  /// Follows the breathing too.
  case soft
  case lung
}

/// The list of tissues of a virtual patient in its own baseline frame, painted in order, and
/// anatomical landmarks. Sizes are those of an adult of about 70 kg, in millimetres on LPS axes;
/// the origin is at the level of the upper liver, in front of the spine.
struct AnatomyPlan {
  private(set) var tissues: [Tissue] = []
  private(set) var landmarks: [(kind: LandmarkKind, point: PatientPoint)] = []
  var random: SeededGenerator
  /// Organs that breathing slides along the wall, when it does; they must end there, or the
  /// jump would cut through them.
  private let slidingOrgans: Set<Region>

  /// - Parameter slides: Whether organs slide along the chest wall (see ``Breathing``).
  init(seed: UInt64, slides: Bool) {
    slidingOrgans = slides ? [.lungs, .liver, .spleen, .stomach] : []
    random = SeededGenerator(seed: seed, stream: "anatomy")
    addArms()
    addTrunk()
    addChest()
    addAbdomen()
    addPelvisOrgans()
    addHeadAndNeck()
    addSpine()
    addRibs()
    addPelvisBones()
  }

  mutating func ellipsoid(
    _ centre: SIMD3<Float>, _ radii: SIMD3<Float>, _ hounsfield: Float, _ region: Region?,
    tilt: Float = 0, edge: Float = 2
  ) {
    add(.ellipsoid(centre: centre, radii: radii, tilt: tilt), hounsfield, region, edge: edge)
  }

  mutating func rod(
    _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ radius: Float, _ hounsfield: Float,
    _ region: Region?, to end: Float? = nil
  ) {
    add(.capsule(from: a, to: b, radii: (radius, end ?? radius)), hounsfield, region)
  }

  mutating func chain(
    _ points: [SIMD3<Float>], _ radius: Float, _ hounsfield: Float, _ region: Region?
  ) {
    for (a, b) in zip(points, points.dropFirst()) { rod(a, b, radius, hounsfield, region) }
  }

  mutating func add(
    _ solid: Solid, _ hounsfield: Float, _ region: Region?, edge: Float = 2, inset: Float = 0
  ) {
    tissues.append(
      Tissue(
        solid: solid, hounsfield: hounsfield, region: region, edge: edge, inset: inset,
        endsAtWall: region.map(slidingOrgans.contains) ?? false))
  }

  /// A bone: cortex outside, marrow inside.
  mutating func bone(
    _ solid: Solid, cortex: Float = 650, marrow: Float = 190, thickness: Float = 2.4,
    region: Region = .bone
  ) {
    add(solid, cortex, region)
    add(solid, marrow, region, inset: thickness)
  }

  mutating func mark(_ kind: LandmarkKind, _ p: SIMD3<Float>) {
    landmarks.append((kind, PatientPoint(millimetres: SIMD3<Double>(p))))
  }

  /// Height of the spine's axis in front of the table, by z: lordosis and kyphosis.
  static func spineY(_ z: Float) -> Float {
    62 + 12 * sine((z + 60) / 105) - 10 * gauss((z - 330) / 60)
  }
}
