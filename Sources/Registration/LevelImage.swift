import Geometry
import Kernels
import Quantities
import Volumes

/// One image at one resolution, ready to be compared: even slices, air outside the body.
struct LevelImage: Sendable {
  let grid: VoxelGrid
  /// Intensities (HU, or scaled uptake), i fastest.
  let samples: [Float]
  /// 1 inside the body, else 0.
  let body: [UInt8]

  /// `volume` in blocks of about `spacing` millimetres on evenly spaced slices, all finite.
  static func averaged<Q: Quantity>(
    _ volume: Volume<Q>, spacing: Double, role: RegistrationError.Role
  ) throws -> Volume<Q> {
    let coarse = try reduced(volume, spacing: spacing, role: role)
    guard coarse.samples.allSatisfy(\.isFinite) else { throw RegistrationError.notFinite(role) }
    return coarse
  }

  /// The same without a look at what is not finite.
  static func reduced<Q: Quantity>(
    _ volume: Volume<Q>, spacing: Double, role: RegistrationError.Role
  ) throws -> Volume<Q> {
    let factor = SIMD3<Int>(
      (0..<3).map {
        min(max(1, Int((spacing / volume.grid.spacing[$0]).rounded())), volume.grid.size[$0])
      })
    var coarse = factor == SIMD3(1, 1, 1) ? volume : try volume.blockAveraged(by: factor)
    guard coarse.grid.size.min() >= 4 else {
      throw RegistrationError.tooSmall(role, size: coarse.grid.size)
    }
    if coarse.grid.sliceOffsets != nil {
      let grid = coarse.grid
      let even = try VoxelGrid(
        size: grid.size, spacing: grid.spacing, axes: grid.axes, origin: grid.origin)
      coarse = coarse.resampled(onto: even, outside: .zero)
    }
    return coarse
  }

  /// The same image in blocks of about `spacing` millimetres.
  func coarsened(to spacing: Double) throws -> LevelImage {
    let volume = try Volume<Coverage>(grid: grid, samples: samples)
    let inside = try Volume<Coverage>(grid: grid, samples: body.map(Float.init))
    let coarse = try Self.averaged(volume, spacing: spacing, role: .fixed)
    let cover = try Self.averaged(inside, spacing: spacing, role: .fixed)
    return LevelImage(
      grid: coarse.grid, samples: coarse.samples, body: cover.samples.map { $0 >= 0.5 ? 1 : 0 })
  }

  /// Intensities held to a window, in the form the kernel reads.
  func windowed(_ window: RigidSettings.Window) -> RigidIntensityFit.Image {
    RigidIntensityFit.Image(
      samples: samples, size: grid.size, window: Float(window.low)...Float(window.high))
  }

  /// Centre of mass of the body in millimetres; the grid's centre when there is none.
  var bodyCentre: PatientPoint {
    var sum = SIMD3<Double>.zero
    var count = 0.0
    for (row, start) in stride(from: 0, to: body.count, by: grid.size.x).enumerated() {
      var (n, i1) = (0, 0)
      for i in 0..<grid.size.x where body[start + i] != 0 {
        n += 1
        i1 += i
      }
      let (j, k) = (row % grid.size.y, row / grid.size.y)
      sum += SIMD3(Double(i1), Double(n * j), Double(n * k))
      count += Double(n)
    }
    return count > 0 ? grid.patientPoint(at: GridPoint(ijk: sum / count)) : grid.centre
  }

  /// Voxels in a radius of about `millimetres`, per axis.
  func voxels(in millimetres: Double) -> SIMD3<Int> {
    SIMD3((0..<3).map { Int((millimetres / grid.spacing[$0]).rounded()) })
  }
}

extension SIMD3<Int> {
  init(_ values: [Int]) { self.init(values[0], values[1], values[2]) }
}
