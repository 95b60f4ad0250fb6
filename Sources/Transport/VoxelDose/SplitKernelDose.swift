import Geometry
import Kernels
public import Quantities
public import Volumes

/// Fast voxel dose: the energy of electrons by a kernel and then divided by each voxel's own
/// mass, the dose of photons by a kernel in water, alphas where they start.
///
/// D(r) = [K_e ⊗ Ã](r) / (ρ(r) V) + [K_γ ⊗ Ã](r) + E_α Ã(r) / (ρ(r) V). Dividing the photon
/// part by the local density too, as is often done, overestimates lung dose by 180 to 270 %:
/// photons leave their energy by mass, electrons stop where they are.
public struct SplitKernelDose: Sendable {
  public let kernel: VoxelKernel
  /// Densities below this count as this, in g/mL, so that air in the kernel's reach does not get
  /// a dose without meaning.
  public static let thinnest: Float = 0.05
  /// A voxel thinner than this within the electrons' reach of a source is flagged when the
  /// electrons reach further than ``reachThatNeedsTransport``.
  public static let thinTissue: Float = 0.6
  /// In millimetres of water: Y-90's electrons reach 11 mm, those of Lu-177 below 2 mm.
  public static let reachThatNeedsTransport = 4.0

  public init(_ kernel: VoxelKernel) { self.kernel = kernel }

  public struct Result: Sendable {
    /// Zero outside the box around the tissue and the activity: air has no dose worth a number.
    public let dose: Volume<AbsorbedDose>
    /// Voxels where a kernel made in one density cannot be right, because electrons of long range
    /// cross thin tissue: use Monte Carlo there.
    public let unreliableVoxels: Int
  }

  /// - Parameters:
  ///   - activity: Decays in each voxel.
  ///   - density: On the same grid, whose spacing is the kernel's.
  /// - Throws: ``TransportError``.
  public func run(
    _ activity: Volume<TimeIntegratedActivity>, density: Volume<MassDensity>
  ) throws(TransportError) -> Result {
    try MonteCarloDose.check(activity, density, histories: 1000)
    let grid = activity.grid
    guard (grid.spacing - kernel.spacing).max() < 1e-3, (kernel.spacing - grid.spacing).max() < 1e-3
    else { throw .kernelSpacing }
    let body = BodyBox(grid.size, activity: activity.samples, density: density.samples)
    let decays = body.cut(activity.samples)
    let masses = body.cut(density.samples)
    let litres = grid.voxelMillilitres / 1000
    let electrons = energy(decays, size: body.size)
    let toDose = joulesPerMeV / (litres * kernel.density)
    var dose = FourierConvolution(size: body.size, kernel: kernel.photons, scale: toDose)
      .run(decays)
    let local = Float(joulesPerMeV / litres)
    let alpha = Float(kernel.alphaMeV)
    for voxel in dose.indices {
      let mass = max(masses[voxel], Self.thinnest)
      let stopped = electrons[voxel] + alpha * decays[voxel]
      // Rounding of the transform leaves small negative values far from every source.
      dose[voxel] = max(dose[voxel], 0) + stopped * local / mass
    }
    do {
      return Result(
        dose: try Volume(grid: grid, samples: body.pasted(dose)),
        unreliableVoxels: unreliable(electrons, masses))
    } catch {
      throw .gridsDiffer
    }
  }

  /// MeV that electrons leave in each voxel. A small kernel is summed directly.
  private func energy(_ samples: [Float], size: SIMD3<Int>) -> [Float] {
    let octant = kernel.electrons
    guard octant.size.max() <= 4 else {
      return FourierConvolution(size: size, kernel: octant, scale: 1).run(samples).map {
        max($0, 0)
      }
    }
    return DirectConvolution.run(samples, size: size, kernel: octant)
  }

  private func unreliable(_ electrons: [Float], _ density: [Float]) -> Int {
    guard kernel.electronReach > Self.reachThatNeedsTransport,
      let highest = electrons.max(), highest > 0
    else { return 0 }
    return zip(electrons, density).count {
      $0.0 > 1e-3 * highest && $0.1 < Self.thinTissue
    }
  }
}

/// The box around all tissue and activity: the air around a patient is most of a scan.
struct BodyBox {
  private let grid: SIMD3<Int>
  private let first: SIMD3<Int>
  let size: SIMD3<Int>

  init(_ grid: SIMD3<Int>, activity: [Float], density: [Float]) {
    var low = grid
    var high = SIMD3<Int>.zero
    for row in 0..<(grid.y * grid.z) {
      let start = row * grid.x
      func isBody(_ i: Int) -> Bool {
        density[start + i] >= SplitKernelDose.thinnest || activity[start + i] > 0
      }
      guard let left = (0..<grid.x).first(where: isBody),
        let right = (0..<grid.x).last(where: isBody)
      else { continue }
      low = pointwiseMin(low, [left, row % grid.y, row / grid.y])
      high = pointwiseMax(high, [right, row % grid.y, row / grid.y])
    }
    self.grid = grid
    first = low
    size = high &- low &+ 1
  }

  func cut(_ samples: [Float]) -> [Float] {
    guard size != grid else { return samples }
    var part: [Float] = []
    part.reserveCapacity(size.x * size.y * size.z)
    for k in 0..<size.z {
      for j in 0..<size.y {
        let start = first.x + grid.x * (first.y + j + grid.y * (first.z + k))
        part += samples[start..<(start + size.x)]
      }
    }
    return part
  }

  func pasted(_ part: [Float]) -> [Float] {
    guard size != grid else { return part }
    var samples = [Float](repeating: 0, count: grid.x * grid.y * grid.z)
    for k in 0..<size.z {
      for j in 0..<size.y {
        let start = first.x + grid.x * (first.y + j + grid.y * (first.z + k))
        let source = size.x * (j + size.y * k)
        for i in 0..<size.x { samples[start + i] = part[source + i] }
      }
    }
    return samples
  }
}

/// Plain summation over a kernel of a few voxels.
enum DirectConvolution {
  static func run(_ samples: [Float], size: SIMD3<Int>, kernel: VoxelKernel.Octant) -> [Float] {
    let reach = kernel.size &- 1
    let reachX = min(reach.x, size.x - 1)
    let slabs = Slabs.map(of: size.y * size.z) { rows -> [Float] in
      var part = [Float](repeating: 0, count: rows.count * size.x)
      for row in rows {
        let (y, z) = (row % size.y, row / size.y)
        let target = (row - rows.lowerBound) * size.x
        for dz in max(-reach.z, -z)...min(reach.z, size.z - 1 - z) {
          for dy in max(-reach.y, -y)...min(reach.y, size.y - 1 - y) {
            let source = ((z + dz) * size.y + y + dy) * size.x
            for dx in -reachX...reachX {
              let first = max(0, -dx)
              ScaledSum.add(
                Float(kernel[dx, dy, dz]), times: samples, from: source + first + dx, to: &part,
                at: target + first, count: size.x - abs(dx))
            }
          }
        }
      }
      return part
    }
    return slabs.flatMap { $0 }
  }
}
