import Geometry
import Kernels
public import Quantities
public import Volumes

/// Fast voxel dose: the energy of electrons by a kernel and then divided by each voxel's own
/// mass, the dose of photons by a kernel in water, alphas where they start.
///
/// D(r) = [K_e ⊗ Ã](r) / (ρ(r) V) + F(r) [K_γ ⊗ Ã](r) + E_α Ã(r) / (ρ(r) V). Dividing the photon
/// part by the local density, as is often done, overestimates lung dose by 180 to 270 %: photons
/// leave their energy by mass, electrons stop where they are. F is what the densities on the way do
/// to the photons (``PhotonDensityEffect``); 1 in water.
public struct SplitKernelDose: Sendable {
  public let kernel: VoxelKernel
  public let photons: PhotonMedium
  /// Densities below this count as this, in g/mL, so that air in the kernel's reach does not get
  /// a dose without meaning.
  public static let thinnest: Float = 0.05
  /// A voxel outside these densities, in g/mL, within the electrons' reach of a source is flagged
  /// when the electrons reach further than ``reachThatNeedsTransport``: lung, and bone.
  public static let waterLike: ClosedRange<Float> = 0.6...1.3
  /// In millimetres of water: Y-90's electrons reach 11 mm, those of Lu-177 below 2 mm.
  public static let reachThatNeedsTransport = 4.0

  /// What photons are taken to cross.
  public enum PhotonMedium: Sendable, Hashable {
    /// Endless water, as the kernel has it.
    case water
    /// The kernel's dose times what ``PhotonDensityEffect`` says of the patient's densities.
    case densities
  }

  public init(_ kernel: VoxelKernel, photons: PhotonMedium = .densities) {
    (self.kernel, self.photons) = (kernel, photons)
  }

  public struct Result: Sendable {
    /// Zero outside the box around the tissue and the activity: air has no dose worth a number.
    public let dose: Volume<AbsorbedDose>
    /// Voxels where a kernel made in one density cannot be right, because electrons of long range
    /// cross thin or dense tissue: use Monte Carlo there.
    public let unreliable: Outline
  }

  /// - Parameters:
  ///   - activity: Decays in each voxel.
  ///   - density: On the same grid, whose spacing is the kernel's.
  /// - Throws: ``TransportError``.
  public func run(
    _ activity: Volume<TimeIntegratedActivity>, density: Volume<MassDensity>
  ) throws(TransportError) -> Result {
    try VoxelInput.check(activity, density)
    let grid = activity.grid
    guard (grid.spacing - kernel.spacing).max() < 1e-3, (kernel.spacing - grid.spacing).max() < 1e-3
    else { throw .kernelSpacing }
    let body = BodyBox(grid.size, activity: activity.samples, density: density.samples)
    let decays = body.cut(activity.samples)
    let masses = body.cut(density.samples)
    let litres = grid.voxelMillilitres / 1000
    let electrons = kernel.electrons.convolved(with: decays, size: body.size, scale: 1)
    var dose = kernel.photons.convolved(
      with: decays, size: body.size, scale: joulesPerMeV / (litres * kernel.density))
    if photons == .densities { multiplyByDensityEffect(&dose, activity, density, body) }
    EnergyToDose.add(
      energy: electrons, decays: decays, local: Float(kernel.alphaMeV), density: masses,
      thinnest: Self.thinnest, factor: Float(joulesPerMeV / litres), to: &dose)
    do {
      return Result(
        dose: try Volume(grid: grid, samples: body.pasted(dose)),
        unreliable: Outline(
          grid: grid,
          offsets: unreliable(electrons, masses, size: body.size).map(body.offset(inGrid:))))
    } catch {
      throw .gridsDiffer
    }
  }

  /// Air around the body counts as far as scatter would come back from.
  private static let margin = 40.0

  private func multiplyByDensityEffect(
    _ dose: inout [Float], _ activity: Volume<TimeIntegratedActivity>,
    _ density: Volume<MassDensity>, _ body: BodyBox
  ) {
    guard kernel.emittedPhotons.contains(where: { $0 > 0 }) else { return }
    let box = body.grown(by: Self.margin, spacing: kernel.spacing)
    let blocks = DoseBlocks(
      decays: activity.samples, density: density.samples, in: box, spacing: kernel.spacing,
      length: PhotonDensityEffect.blockLength)
    let ratio = PhotonDensityEffect(photons: kernel.emittedPhotons).ratio(blocks)
    BlockScaling.multiply(
      &dose, size: body.size, by: ratio, blocks: blocks.size, factor: blocks.factor,
      first: body.first &- box.first)
  }

  /// Thin or dense voxels that electrons cross. In thin tissue they go further than the kernel of
  /// water says, by the inverse of the density.
  private func unreliable(_ electrons: [Float], _ density: [Float], size: SIMD3<Int>) -> [Int] {
    guard kernel.electronReach > Self.reachThatNeedsTransport,
      let highest = electrons.max(), highest > 0
    else { return [] }
    let reached: [UInt8] = electrons.map { $0 > 1e-3 * highest ? 1 : 0 }
    let beyond = DistanceTransform.squared(
      reached,
      positions: (0..<3).map { axis in
        (0..<size[axis]).map { Double($0) * kernel.spacing[axis] }
      })
    return density.indices.filter { n in
      guard density[n] >= Self.thinnest, !Self.waterLike.contains(density[n]) else { return false }
      guard reached[n] == 0 else { return true }
      let further = Float(kernel.electronReach) * (1 / density[n] - 1)
      return further > 0 && beyond[n] <= further * further
    }
  }
}

extension VoxelKernel.Octant {
  /// The buffer convolved with the whole kernel: by plain summation when that is faster.
  func convolved(with samples: [Float], size: SIMD3<Int>, scale: Double) -> [Float] {
    let scaled = values.map { Float(Double($0) * scale) }
    guard self.size.max() > SymmetricStencil.largestReach else {
      return SymmetricStencil.run(samples, size: size, kernelSize: self.size, kernel: scaled)
    }
    return SymmetricConvolution(size: size, kernelSize: self.size, kernel: scaled).run(samples)
  }
}

/// The box around all tissue and activity: the air around a patient is most of a scan.
struct BodyBox {
  private let grid: SIMD3<Int>
  let first: SIMD3<Int>
  let size: SIMD3<Int>

  private init(grid: SIMD3<Int>, first: SIMD3<Int>, size: SIMD3<Int>) {
    (self.grid, self.first, self.size) = (grid, first, size)
  }

  /// The same with a margin in millimetres, as far as the grid goes.
  func grown(by margin: Double, spacing: SIMD3<Double>) -> BodyBox {
    let voxels = SIMD3<Int>((margin / spacing).rounded(.up))
    let start = pointwiseMax(first &- voxels, [0, 0, 0])
    let end = pointwiseMin(first &+ size &+ voxels, grid)
    return BodyBox(grid: grid, first: start, size: end &- start)
  }

  init(_ grid: SIMD3<Int>, activity: [Float], density: [Float]) {
    let parts = Slabs.map(of: grid.y * grid.z) { rows in
      var (low, high) = (grid, SIMD3(repeating: -1))
      for row in rows {
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
      return (low, high)
    }
    self.grid = grid
    first = parts.reduce(grid) { pointwiseMin($0, $1.0) }
    size = parts.reduce(SIMD3(repeating: -1)) { pointwiseMax($0, $1.1) } &- first &+ 1
  }

  /// Offset in the grid of an offset in the box.
  func offset(inGrid n: Int) -> Int {
    let (i, j, k) = (n % size.x, n / size.x % size.y, n / (size.x * size.y))
    return first.x + i + grid.x * (first.y + j + grid.y * (first.z + k))
  }

  func cut(_ samples: [Float]) -> [Float] {
    guard size != grid else { return samples }
    var part: [Float] = []
    part.reserveCapacity(size.x * size.y * size.z)
    for row in 0..<(size.y * size.z) {
      let start = offset(inGrid: row * size.x)
      part += samples[start..<(start + size.x)]
    }
    return part
  }

  func pasted(_ part: [Float]) -> [Float] {
    guard size != grid else { return part }
    var samples = [Float](repeating: 0, count: grid.x * grid.y * grid.z)
    for row in 0..<(size.y * size.z) {
      let start = offset(inGrid: row * size.x)
      samples.replaceSubrange(
        start..<(start + size.x), with: part[(row * size.x)..<((row + 1) * size.x)])
    }
    return samples
  }
}
