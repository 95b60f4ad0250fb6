import Foundation
import Geometry
import Quantities
import Volumes

/// A pair of CTs and the landmarks to be mapped, as `phantom/make_pairs.py` writes them.
struct CTPair {
  let fixed: Volume<Hounsfield>
  let moving: Volume<Hounsfield>
  /// Landmarks of the fixed image, in its patient frame.
  let landmarks: [PatientPoint]

  /// - Parameter folder: One grid of one pair: `geometry.json`, `truth.json`, `base.f32`,
  ///   `fol.f32`.
  init(folder: URL) throws {
    let geometry = try JSONDecoder().decode(
      [String: Geometry].self, from: Data(contentsOf: folder.appending(path: "geometry.json")))
    func volume(_ name: String) throws -> Volume<Hounsfield> {
      guard let found = geometry[name] else { throw BenchmarkError.notDescribed(name) }
      let grid = try found.grid()
      return try Volume(
        grid: grid,
        samples: Self.samples(folder.appending(path: "\(name).f32"), count: grid.voxelCount))
    }
    fixed = try volume("base")
    moving = try volume("fol")
    let truth = try JSONDecoder().decode(
      Truth.self, from: Data(contentsOf: folder.appending(path: "truth.json")))
    landmarks = truth.landmarks.map { PatientPoint(millimetres: SIMD3($0.baseline)) }
  }

  struct Geometry: Codable {
    let size: [Int]
    let spacing_mm: [Double]
    let origin_mm: [Double]

    init(_ grid: VoxelGrid) {
      let (n, s, o) = (grid.size, grid.spacing, grid.origin.millimetres)
      (size, spacing_mm, origin_mm) = ([n.x, n.y, n.z], [s.x, s.y, s.z], [o.x, o.y, o.z])
    }

    func grid() throws -> VoxelGrid {
      try VoxelGrid(
        size: SIMD3(size), spacing: SIMD3(spacing_mm),
        origin: PatientPoint(millimetres: SIMD3(origin_mm)))
    }
  }

  struct Truth: Codable {
    struct Landmark: Codable {
      let tissue: String
      let baseline, followup: [Double]
    }
    let landmarks: [Landmark]
  }

  /// Little-endian 32-bit floats, read without a second copy: peak memory is one of the figures.
  private static func samples(_ file: URL, count: Int) throws -> [Float] {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    var samples: [Float] = []
    samples.reserveCapacity(count)
    while let part = try handle.read(upToCount: 1 << 22), !part.isEmpty {
      unsafe part.withUnsafeBytes { bytes in
        unsafe samples.append(contentsOf: bytes.bindMemory(to: Float.self))
      }
    }
    guard samples.count == count else {
      throw BenchmarkError.length(file.lastPathComponent, voxels: count, found: samples.count)
    }
    return samples
  }
}

enum BenchmarkError: Error, CustomStringConvertible {
  case notDescribed(String)
  case length(String, voxels: Int, found: Int)
  case usage

  var description: String {
    switch self {
    case .notDescribed(let name): "geometry.json does not describe \(name)"
    case .length(let file, let voxels, let found):
      "\(file) holds \(found) samples for \(voxels) voxels"
    case .usage:
      "usage: bench-registration FOLDER rigid|rigid-body|rigid-assessed|deformable [--check]\n"
        + "       bench-registration FOLDER phantom SEED smooth|sliding"
    }
  }
}
