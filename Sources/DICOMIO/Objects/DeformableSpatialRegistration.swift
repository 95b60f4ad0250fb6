import DCMTKShim
public import Foundation
public import Geometry

/// A map between two patient frames by a grid of displacements (PS3.3 C.20.3): takes a point of
/// the registered frame to where it lies in the source frame,
/// x ↦ post · (pre · x + Δ(x)), in millimetres.
public struct DeformationGrid: Sendable, Hashable, Codable {
  /// The registered frame, in which the grid lies.
  public let from: FrameOfReference
  /// The source frame.
  public let to: FrameOfReference
  public let pre: RegistrationMatrix
  public let post: RegistrationMatrix
  /// Where the displacements are given; `nil` when the map is the two matrices alone.
  public let grid: VoxelGrid?
  /// x, y, z of each grid voxel, i fastest, in millimetres; NaN where the map is not defined.
  public let displacements: [Float]

  public init(
    pre: RegistrationMatrix, grid: VoxelGrid?, displacements: [Float], post: RegistrationMatrix
  ) {
    precondition(
      displacements.count == 3 * (grid?.voxelCount ?? 0), "one vector for each voxel of the grid")
    (from, to) = (pre.from, post.to)
    (self.pre, self.post, self.grid, self.displacements) = (pre, post, grid, displacements)
  }

  /// Where a point lies in the source frame, displacements interpolated along the grid's edges;
  /// `nil` outside the grid's voxels and where the map is not defined.
  public func callAsFunction(_ p: PatientPoint) -> PatientPoint? {
    var moved = pre(p).millimetres
    if let grid {
      guard grid.contains(p), let shift = displacement(at: grid.gridPoint(at: p).ijk, grid) else {
        return nil
      }
      moved += shift
    }
    return post(PatientPoint(millimetres: moved))
  }

  private func displacement(at q: SIMD3<Double>, _ grid: VoxelGrid) -> SIMD3<Double>? {
    var sum = SIMD3<Double>.zero
    let last = SIMD3<Double>(
      Double(grid.size.x - 1), Double(grid.size.y - 1), Double(grid.size.z - 1))
    let held = q.clamped(lowerBound: .zero, upperBound: last)
    for corner in 0..<8 {
      var (voxel, weight) = (SIMD3<Int>.zero, 1.0)
      for axis in 0..<3 {
        let low = held[axis].rounded(.down)
        let fraction = held[axis] - low
        let isUpper = corner >> axis & 1 == 1
        voxel[axis] = Int(low) + (isUpper ? 1 : 0)
        weight *= isUpper ? fraction : 1 - fraction
      }
      guard weight > 0 else { continue }
      let n = 3 * grid.index(i: voxel.x, j: voxel.y, k: voxel.z)
      sum +=
        weight
        * SIMD3(
          Double(displacements[n]), Double(displacements[n + 1]), Double(displacements[n + 2]))
    }
    return sum.x.isNaN || sum.y.isNaN || sum.z.isNaN ? nil : sum
  }
}

/// A Deformable Spatial Registration object (PS3.3 A.39.2).
public struct DeformableSpatialRegistration: Sendable, Hashable, Codable {
  /// Name of the file without its folder.
  public let file: String
  /// The registered frame: all maps start in it.
  public let frameOfReference: FrameOfReference
  public let deformations: [DeformationGrid]

  /// - Throws: ``DICOMReadError`` when the file is no such object or is damaged.
  public static func load(file url: URL) throws(DICOMReadError) -> DeformableSpatialRegistration {
    try DeformableSpatialRegistration(DICOMFile(contentsOf: url))
  }

  /// The map into a source frame; `nil` when there is none.
  public func deformation(to frame: FrameOfReference) -> DeformationGrid? {
    deformations.first { $0.to == frame }
  }

  init(_ file: DICOMFile) throws(DICOMReadError) {
    let header = file.header
    try header.require(
      sopClass: SOPClass.deformableRegistration,
      remedy: "Give a Deformable Spatial Registration (REG).")
    self.file = header.file
    let registered = FrameOfReference(uid: try header.required(.frameOfReference))
    frameOfReference = registered
    var deformations: [DeformationGrid] = []
    for (n, item) in header.items(.deformableRegistration).enumerated() {
      let source = FrameOfReference(uid: try item.required(.sourceFrame))
      deformations.append(
        try DeformationGrid(item, number: n, of: file, from: registered, to: source))
    }
    self.deformations = deformations
  }
}

extension DeformationGrid {
  /// More vectors than a whole body at two millimetres.
  private static let mostVectors = 100_000_000

  fileprivate init(
    _ item: DICOMHeader, number: Int, of file: DICOMFile, from: FrameOfReference,
    to: FrameOfReference
  ) throws(DICOMReadError) {
    func matrix(
      _ tag: DICOMTag, _ from: FrameOfReference, _ to: FrameOfReference
    ) throws(DICOMReadError) -> RegistrationMatrix {
      guard let item = item.items(tag).first else { return .identity(from: from, to: to) }
      return try RegistrationMatrix(item, from: from, to: to)
    }
    let pre = try matrix(.preDeformationMatrix, from, from)
    let post = try matrix(.postDeformationMatrix, from, to)
    guard let grid = item.items(.deformationGrid).first else {
      self.init(pre: pre, grid: nil, displacements: [], post: post)
      return
    }
    let voxels = try Self.grid(grid)
    self.init(
      pre: pre, grid: voxels,
      displacements: try Self.vectors(file, item: number, count: 3 * voxels.voxelCount),
      post: post)
  }

  private static func grid(_ item: DICOMHeader) throws(DICOMReadError) -> VoxelGrid {
    let size = try item.requiredNumbers(.gridDimensions, count: 3)
    let spacing = try item.requiredNumbers(.gridResolution, count: 3)
    guard size.allSatisfy({ $0 >= 1 && $0 <= 65535 }),
      size.reduce(1, *) <= Double(mostVectors)
    else { throw unusable(item, .gridDimensions, "is outside what a deformation can have") }
    let plane = try ImagePlane(
      orientation: item.requiredNumbers(.orientation, count: 6), spacing: [spacing[1], spacing[0]],
      file: item.file)
    let origin = try item.requiredNumbers(.position, count: 3)
    do throws(GridError) {
      return try VoxelGrid(
        size: [Int(size[0]), Int(size[1]), Int(size[2])],
        spacing: [spacing[0], spacing[1], spacing[2]], axes: plane.axes,
        origin: PatientPoint(x: origin[0], y: origin[1], z: origin[2]))
    } catch {
      throw unusable(item, .gridResolution, "gives no voxel grid: \(error)")
    }
  }

  private static func vectors(
    _ file: DICOMFile, item: Int, count: Int
  ) throws(DICOMReadError) -> [Float] {
    let steps = [
      dcmreader_step(group: 0x0064, element: 0x0002, item: UInt32(item)),
      dcmreader_step(group: 0x0064, element: 0x0005, item: 0),
    ]
    // The file cannot hold more than its own size: a false claim takes no memory.
    let bytes = (try? file.url.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
    guard 4 * count <= bytes else {
      throw unusable(file.header, .vectorGridData, "is shorter than Grid Dimensions say")
    }
    let tag = DICOMTag.vectorGridData
    var vectors = [Float](repeating: 0, count: count)
    let status = unsafe dcmreader_read_floats(
      file.url.path, steps, steps.count, tag.group, tag.element, &vectors, count)
    guard status == DCMREADER_OK else {
      throw unusable(file.header, tag, "does not hold three floats for each grid voxel")
    }
    return vectors
  }

  private static func unusable(
    _ item: DICOMHeader, _ tag: DICOMTag, _ reason: String
  ) -> DICOMReadError {
    .unusable(tag, file: item.file, reason: reason, remedy: "Export the registration again.")
  }
}
