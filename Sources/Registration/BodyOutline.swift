import Geometry
import Kernels
import Quantities
import Volumes

/// Finds the patient in a coarse CT and blanks everything else: table, pillows, blankets.
enum BodyOutline {
  /// Half the thickness, in millimetres, up to which a sheet (table shell, blanket) is cut off.
  static let sheetHalfThickness = 6.0
  /// HU of the blanked surroundings.
  static let air: Float = -1000
  /// A body smaller than this, in millilitres, is no patient: a phantom insert or a stray table.
  static let leastVolume = 500.0

  /// `volume` with air outside the body, lungs and bowel gas counted as body.
  static func ct(
    _ volume: Volume<Hounsfield>, threshold: Double, role: RegistrationError.Role
  ) throws -> LevelImage {
    let (grid, level) = (volume.grid, Float(threshold))
    let dense = volume.samples.map { $0 > level ? UInt8(1) : 0 }
    let body = outline(dense, grid: grid)
    let count = body.reduce(0) { $0 + Int($1) }
    guard Double(count) * grid.voxelMillilitres >= leastVolume else {
      throw RegistrationError.noBody(role)
    }
    // One voxel more than the body keeps the fall-off of its own edge.
    let kept = BinaryMorphology.dilated(body, size: grid.size, radius: SIMD3(1, 1, 1))
    let samples = zip(volume.samples, kept).map { $1 != 0 ? max($0, air) : air }
    return LevelImage(grid: grid, samples: samples, body: body)
  }

  /// Erosion parts the body from sheets it touches; the largest region, grown back within the
  /// dense voxels and with its cavities filled slice by slice, is the patient.
  static func outline(_ dense: [UInt8], grid: VoxelGrid) -> [UInt8] {
    func radius(_ mm: Double) -> SIMD3<Int> {
      SIMD3((0..<3).map { Int((mm / grid.spacing[$0]).rounded()) })
    }
    // In the slice only: along the body thick slices would eat shoulders and hips.
    var inSlice = radius(sheetHalfThickness)
    inSlice.z = 0
    let core = BodyRegions.largest(
      BinaryMorphology.eroded(dense, size: grid.size, radius: inSlice), size: grid.size)
    let grown = BinaryMorphology.dilated(core, size: grid.size, radius: inSlice)
    let limited = zip(grown, dense).map { $0 & $1 }
    return BodyRegions.slicesFilled(limited, size: grid.size)
  }
}
