public import Foundation
public import Geometry
import Kernels
import Quantities
public import Volumes

/// All slices of a volume along one patient axis, each a PNG of its own without marks: for
/// figures, for other programs, for machine learning. What the pixels mean is in one sidecar.
public struct SliceSeries<Value: DisplayQuantity>: Sendable {
  /// What a pixel holds.
  public enum Depth: Sendable, Hashable {
    /// A palette entry: the window's colour map in 256 steps.
    case colours
    /// A 16-bit grey level, from which the value can be had back by the sidecar's scale.
    case grey16
  }

  public let volume: Volume<Value>
  public let plane: PatientPlane
  public let window: DisplayWindow<Value>
  public let depth: Depth
  /// Along the axis across the plane, rising, in millimetres (LPS).
  public let positions: [Double]
  private let grid: PictureGrid
  /// The volume's own slices are the pictures: nothing has to be interpolated.
  private let isStored: Bool

  /// Pixels are square, as large as the finer of the two voxel sides in the plane; where voxels
  /// are not, or lie at an angle, they are interpolated.
  ///
  /// - Parameter window: Ignored by 16-bit pictures, which hold every value of the volume.
  public init(
    _ volume: Volume<Value>, plane: PatientPlane = .axial, window: DisplayWindow<Value>,
    depth: Depth
  ) throws(GridError) {
    (self.volume, self.plane, self.window, self.depth) = (volume, plane, window, depth)
    let axes = [volume.grid.axes.i, volume.grid.axes.j, volume.grid.axes.k]
    let across = plane.right.cross(plane.down)
    let along = (0..<3).max { abs(axes[$0].dot(across)) < abs(axes[$1].dot(across)) } ?? 2
    positions = (0..<volume.grid.size[along]).map { n in
      var ijk = SIMD3<Int>(repeating: 0)
      ijk[along] = n
      return plane.position(of: volume.grid.patientPoint(i: ijk.x, j: ijk.y, k: ijk.z))
    }.sorted()
    let spacings = (0..<3).filter { $0 != along }.map { volume.grid.spacing[$0] }
    grid = try .covering(
      volume.grid, plane: plane, millimetresPerPixel: spacings.min() ?? volume.grid.spacing.x)
    isStored = plane == .axial && volume.grid.axes == .identity && spacings[0] == spacings[1]
  }

  /// The 16-bit scale: its step is a power of two, so whole Hounsfield units stay whole, and its
  /// lower end a multiple of the step.
  var sampleScale: (lower: Double, step: Double) {
    let finite = volume.samples.lazy.filter(\.isFinite)
    let (least, most) = (Double(finite.min() ?? 0), Double(finite.max() ?? 0))
    var step = exp2((log2(max(most - least, 1e-30) / 65535)).rounded(.up))
    // Rounding the lower end down may need one step more than there are.
    while ((most - (least / step).rounded(.down) * step) / step) > 65535 { step *= 2 }
    return ((least / step).rounded(.down) * step, step)
  }

  /// The PNG of each slice, in the order of ``positions``; the same bytes for any number of
  /// threads.
  public func encoded() throws -> [Data] {
    let scale = depth == .grey16 ? sampleScale : nil
    let parts = Slabs.map(of: positions.count) { range in
      let encoder = PNGEncoder()
      return Result { try range.map { try encoded(slice: $0, scale, with: encoder) } }
    }
    return try parts.flatMap { try $0.get() }
  }

  private func encoded(
    slice n: Int, _ scale: (lower: Double, step: Double)?, with encoder: PNGEncoder
  ) throws -> Data {
    let (samples, range) = try samples(ofSlice: n)
    guard let scale else {
      return try PNGFile.encode(
        IndexedImage(samples, in: range, width: grid.width, height: grid.height, window: window),
        with: encoder)
    }
    let words = WindowLevels.words(
      samples, in: range, from: Float(scale.lower), levelsPerUnit: Float(1 / scale.step))
    return try PNGFile.encode(
      grey16: words, width: grid.width, height: grid.height, with: encoder)
  }

  private func samples(ofSlice n: Int) throws -> (samples: [Float], range: Range<Int>) {
    guard !isStored else {
      let count = grid.width * grid.height
      return (volume.samples, (n * count)..<((n + 1) * count))
    }
    let across = plane.right.cross(plane.down)
    let normal = SIMD3(abs(across.x), abs(across.y), abs(across.z))
    let view = try PictureGrid.covering(
      volume.grid, plane: plane, through: PatientPoint(millimetres: normal * positions[n]),
      millimetresPerPixel: grid.millimetresPerPixel)
    let samples = Layer(volume).samples(on: view, outside: window.lower)
    return (samples, samples.indices)
  }

  /// Writes what ``encoded()`` made as `slice-001.png` and on, and `slices.json`, into `folder`.
  ///
  /// - Returns: The pictures, in the order of ``positions``, then the sidecar.
  public func write(
    _ pictures: [Data], to folder: URL, timePoint: TimePointLabel, sources: [PictureSource],
    software: String
  ) throws -> [URL] {
    let digits = max(3, "\(positions.count)".count)
    let numbered = pictures.enumerated().map { n, data in
      let zeros = String(repeating: "0", count: digits - "\(n + 1)".count)
      return (folder.appending(path: "slice-\(zeros)\(n + 1).png"), data)
    }
    let sidecar = sidecar(timePoint: timePoint, sources: sources, software: software)
    let files = numbered + [(folder.appending(path: "slices.json"), try JSONWriter.data(sidecar))]
    try AtomicFile.write(files)
    return files.map(\.0)
  }

  func sidecar(
    timePoint: TimePointLabel, sources: [PictureSource], software: String
  ) -> PictureSidecar {
    var shown = window
    var meaning = "\(window.text)."
    var scale: PictureSidecar.SampleScale?
    if depth == .grey16 {
      let samples = sampleScale
      let perUnit = Value.baseUnitsPerDisplayUnit
      scale = .init(lower: samples.lower / perUnit, step: samples.step / perUnit)
      shown = DisplayWindow(
        from: Value(inBaseUnit: samples.lower),
        to: Value(inBaseUnit: samples.lower + 65535 * samples.step), colourMap: .grey)
      meaning = "16-bit grey: value = value_at_0 + sample × value_per_step."
    }
    var sidecar = PictureSidecar(
      kind: .sliceSeries, timePoints: [timePoint], layers: [.init(shown)],
      at: .stack(grid, positions), size: (grid.width, grid.height), style: PictureStyle(),
      legend: ["One PNG per position, in this order. \(meaning)"], software: software)
    sidecar.sampleScale = scale
    sidecar.sources = sources
    return sidecar
  }
}
