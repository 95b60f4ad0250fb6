import Geometry
import Kernels
import Quantities
import Volumes

extension BodyOutline {
  /// The patient with lungs and gas, on the grid of `volume`.
  ///
  /// Cavities are filled first and sheets cut off afterwards: eroding first opens a chest wall of
  /// 20 mm, and the lungs are lost with it.
  static func filled(
    _ volume: Volume<Hounsfield>, threshold: Double, role: RegistrationError.Role
  ) throws -> LevelImage {
    let (grid, level) = (volume.grid, Float(threshold))
    let dense = volume.samples.map { $0 > level ? UInt8(1) : 0 }
    let solid = BodyRegions.slicesFilled(
      BodyRegions.largest(dense, size: grid.size), size: grid.size)
    var inSlice = SIMD3<Int>(
      (0..<3).map { Int((sheetHalfThickness / grid.spacing[$0]).rounded()) })
    inSlice.z = 0
    let core = BodyRegions.largest(
      BinaryMorphology.eroded(solid, size: grid.size, radius: inSlice), size: grid.size)
    let grown = BinaryMorphology.dilated(core, size: grid.size, radius: inSlice)
    let body = zip(grown, solid).map { $0 & $1 }
    let count = body.reduce(0) { $0 + Int($1) }
    guard Double(count) * grid.voxelMillilitres >= leastVolume else {
      throw RegistrationError.noBody(role)
    }
    return LevelImage(grid: grid, samples: [], body: body)
  }
}
