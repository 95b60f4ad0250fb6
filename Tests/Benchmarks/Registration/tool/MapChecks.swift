import Geometry
import Registration

/// What must hold of a deformable map, looked at every 4 mm or at every voxel if those are larger.
struct MapChecks: Encodable {
  let looked: Int
  let folded: Int
  let least_jacobian: Double
  let greatest_jacobian: Double
  /// Distance between a point and where the map and its inverse lead it.
  let inverse_error_mean_mm: Double
  let inverse_error_max_mm: Double

  init(_ field: DisplacementField, on grid: VoxelGrid) throws {
    let stride = SIMD3<Int>((0..<3).map { max(1, Int((4 / grid.spacing[$0]).rounded())) })
    let back = try field.inverted()
    var jacobians: [Double] = []
    var errors: [Double] = []
    for k in Swift.stride(from: 0, to: grid.size.z, by: stride.z) {
      for j in Swift.stride(from: 0, to: grid.size.y, by: stride.y) {
        for i in Swift.stride(from: 0, to: grid.size.x, by: stride.x) {
          let p = grid.patientPoint(i: i, j: j, k: k)
          jacobians.append(field.jacobian(at: p))
          errors.append(back(field(p)).distance(to: p))
        }
      }
    }
    looked = jacobians.count
    folded = jacobians.count { $0 <= 0 }
    least_jacobian = jacobians.min() ?? 1
    greatest_jacobian = jacobians.max() ?? 1
    inverse_error_mean_mm = errors.reduce(0, +) / Double(max(errors.count, 1))
    inverse_error_max_mm = errors.max() ?? 0
  }
}

/// FNV-1a over the bits of a map (Fowler, Noll, Vo; RFC 9923).
struct MapDigest {
  private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  init(points: [PatientPoint]) {
    for p in points { add(p.millimetres) }
  }

  /// The displacement at every node and half-way to the next.
  init(_ field: DisplacementField) {
    let size = field.nodes.size
    for k in 0..<(2 * size.z) {
      for j in 0..<(2 * size.y) {
        for i in 0..<(2 * size.x) {
          let ijk = SIMD3(Double(i), Double(j), Double(k)) / 2
          let p = field.nodes.patientPoint(at: GridPoint(ijk: ijk))
          add(field(p).millimetres)
        }
      }
    }
  }

  var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private mutating func add(_ v: SIMD3<Double>) {
    for axis in 0..<3 {
      var bits = v[axis].bitPattern
      for _ in 0..<8 {
        hash = (hash ^ (bits & 0xff)) &* 0x100_0000_01b3
        bits >>= 8
      }
    }
  }
}

extension SIMD3<Int> {
  init(_ v: [Int]) { self.init(v[0], v[1], v[2]) }
}

extension SIMD3<Double> {
  init(_ v: [Double]) { self.init(v[0], v[1], v[2]) }
}
