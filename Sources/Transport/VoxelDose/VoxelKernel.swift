import Foundation

/// What a decay, evenly spread over one voxel, leaves in the voxels around it, in MeV.
///
/// Made from a ``PointKernel``: a voxel that lies (i, j, k) away gets the mean, over the source
/// voxel and all directions, of what falls into it. For a displacement d that mean is
/// ∏ max(0, 1 − |i − d_x/a_x|), so spreading each piece of each shell over its eight nearest
/// voxels by trilinear weights is exact, and energy is kept.
public struct VoxelKernel: Sendable, Hashable, Codable {
  /// Voxel spacing in millimetres.
  public let spacing: SIMD3<Double>
  /// Density of the medium in g/mL.
  public let density: Double
  /// How far electrons carry all but 10⁻³ of their energy, in millimetres.
  public let electronReach: Double
  /// Follows the electrons, and the Auger electrons of the source voxel.
  public let electrons: Octant
  public let photons: Octant
  /// Alphas and recoils stay in the source voxel, in MeV per decay.
  public let alphaMeV: Double
  /// Photons per decay in each of ``PhotonGroups``, annihilation included and bremsstrahlung not.
  let emittedPhotons: [Double]

  /// One eighth of a kernel that is symmetric in each axis.
  public struct Octant: Sendable, Hashable, Codable {
    /// Voxels per axis, the source voxel included.
    public let size: SIMD3<Int>
    /// MeV per decay, i fastest.
    public let values: [Float]

    /// MeV per decay left in the voxel that lies (i, j, k) away; 0 beyond the kernel.
    public subscript(i: Int, j: Int, k: Int) -> Double {
      let (x, y, z) = (abs(i), abs(j), abs(k))
      guard x < size.x, y < size.y, z < size.z else { return 0 }
      return Double(values[x + size.x * (y + size.y * z)])
    }

    /// MeV per decay in all voxels of the kernel.
    public var total: Double {
      var sum = 0.0
      for k in 0..<size.z {
        for j in 0..<size.y {
          for i in 0..<size.x {
            let copies = (i > 0 ? 2.0 : 1) * (j > 0 ? 2 : 1) * (k > 0 ? 2 : 1)
            sum += copies * Double(values[i + size.x * (j + size.y * k)])
          }
        }
      }
      return sum
    }
  }

  /// - Parameters:
  ///   - spacing: Voxel spacing in millimetres; it may differ from axis to axis.
  ///   - density: Density of the medium in g/mL.
  ///   - photonReach: How far photons are followed, in millimetres.
  /// - Throws: ``TransportError/sizeNotPositive(_:)``.
  public init(
    _ point: PointKernel, spacing: SIMD3<Double>, gramsPerMillilitre density: Double = 1,
    photonReach: Double = 200
  ) throws(TransportError) {
    try self.init(
      of: [(point, 1)], spacing: spacing, gramsPerMillilitre: density, photonReach: photonReach)
  }

  /// The kernel of nuclides that decay together.
  ///
  /// - Parameter points: Point kernels, each with its decays per decay of the parent.
  /// - Throws: ``TransportError/sizeNotPositive(_:)``, ``TransportError/noActivity`` without points.
  public init(
    of points: [(kernel: PointKernel, weight: Double)], spacing: SIMD3<Double>,
    gramsPerMillilitre density: Double = 1, photonReach: Double = 200
  ) throws(TransportError) {
    guard let shells = points.first?.kernel.shells else { throw .noActivity }
    guard spacing.min() > 0, spacing.max().isFinite else { throw .sizeNotPositive("voxel size") }
    guard density > 0, density.isFinite else { throw .sizeNotPositive("density") }
    guard photonReach > 0 else { throw .sizeNotPositive("the reach of photons") }
    func sum(_ value: (PointKernel) -> Double) -> Double {
      points.reduce(0) { $0 + value($1.kernel) * $1.weight }
    }
    func sum(_ values: (PointKernel) -> [Double]) -> [Double] {
      points.reduce(into: [Double](repeating: 0, count: shells.count)) { total, point in
        for (n, value) in values(point.kernel).enumerated() { total[n] += value * point.weight }
      }
    }
    self.spacing = spacing
    self.density = density
    alphaMeV = sum(\.alphaMeV)
    emittedPhotons = points.reduce(
      into: [Double](repeating: 0, count: PhotonGroups.energies.count)
    ) { total, point in
      for (n, photons) in point.kernel.emittedPhotons.enumerated() {
        total[n] += photons * point.weight
      }
    }
    let perMillimetre = density / 10
    let electronMeV = sum(\.electronMeV)
    func reach(leaving share: Double) -> Double {
      shells.edge(Self.shells(of: electronMeV, leaving: share)) / perMillimetre
    }
    electronReach = reach(leaving: 1e-3)
    electrons = Spreading(
      spacing: spacing, reach: reach(leaving: Self.electronTail)
    ).octant(
      electronMeV, shells: shells, perMillimetre: perMillimetre,
      atSource: sum(\.localElectronMeV))
    photons = Spreading(spacing: spacing, reach: photonReach).octant(
      sum(\.photonMeV), shells: shells, perMillimetre: perMillimetre,
      atSource: sum(\.localPhotonMeV))
  }

  /// How many shells hold all but a share of the energy.
  private static func shells(of energy: [Double], leaving share: Double) -> Int {
    let total = energy.reduce(0, +)
    var beyond = 0.0
    let last = energy.lastIndex {
      beyond += $0
      return beyond > share * total
    }
    return (last ?? 0) + 1
  }

  /// Share of the electrons' energy beyond their kernel: a few histories at the very end of the
  /// range are not worth a ring of voxels, and this much energy is left out.
  private static let electronTail = 2e-6

  /// Absorbed dose per decay in the voxel that lies (i, j, k) away in the kernel's own medium, in
  /// Gy/(Bq·s): the voxel S value.
  public func sValue(_ i: Int, _ j: Int, _ k: Int) -> Double {
    let grams = spacing.x * spacing.y * spacing.z / 1000 * density
    let alpha = i == 0 && j == 0 && k == 0 ? alphaMeV : 0
    return (electrons[i, j, k] + photons[i, j, k] + alpha) * joulesPerMeV / (grams / 1000)
  }
}

/// Spreads shells over voxels. Lengths in millimetres.
private struct Spreading {
  let spacing: SIMD3<Double>
  let reach: Double
  private let size: SIMD3<Int>

  /// Pieces are this far apart, in voxels.
  private static let pieceSpacing = 0.3

  init(spacing: SIMD3<Double>, reach: Double) {
    self.spacing = spacing
    self.reach = reach
    let voxels = reach / spacing
    size = [Int(voxels.x) + 2, Int(voxels.y) + 2, Int(voxels.z) + 2]
  }

  func octant(
    _ shellMeV: [Double], shells: RadialShells, perMillimetre: Double, atSource: Double
  ) -> VoxelKernel.Octant {
    var values = [Double](repeating: 0, count: size.x * size.y * size.z)
    values[0] = atSource
    for shell in shellMeV.indices where shellMeV[shell] != 0 {
      let inner = shells.edge(shell) / perMillimetre
      let outer = shells.edge(shell + 1) / perMillimetre
      guard inner < reach else { break }
      let parts = max(Int((outer - inner) / (Self.pieceSpacing * spacing.min())) + 1, 2)
      for part in 0..<parts {
        let radius = inner + (outer - inner) * (Double(part) + 0.5) / Double(parts)
        guard radius < reach else { break }
        spread(
          shellMeV[shell] / Double(parts), radius: radius, turn: Double(shell + part),
          into: &values)
      }
    }
    for k in 0..<size.z {
      for j in 0..<size.y {
        for i in 0..<size.x {
          let copies = (i > 0 ? 2.0 : 1) * (j > 0 ? 2 : 1) * (k > 0 ? 2 : 1)
          values[i + size.x * (j + size.y * k)] /= copies
        }
      }
    }
    return VoxelKernel.Octant(size: size, values: values.map { Float($0) })
  }

  /// Spreads `energy` evenly over the directions of one octant at one radius.
  private func spread(
    _ energy: Double, radius: Double, turn: Double, into values: inout [Double]
  ) {
    let area = Double.pi / 2 * radius * radius
    let piece = Self.pieceSpacing * spacing.min()
    let count = max(Int(area / (piece * piece)), 64)
    let share = energy / Double(count)
    // A Fibonacci lattice on the octant, turned from radius to radius.
    let golden = 0.6180339887498949
    for n in 0..<count {
      let z = (Double(n) + 0.5) / Double(count)
      let angle = (Double(n) * golden + turn * 0.7548776662466927)
        .truncatingRemainder(dividingBy: 1)
      let azimuth = Double.pi / 2 * angle
      let rho = radius * (1 - z * z).squareRoot()
      let p = SIMD3(rho * cos(azimuth), rho * sin(azimuth), radius * z) / spacing
      add(share, at: p, to: &values)
    }
  }

  private func add(_ energy: Double, at p: SIMD3<Double>, to values: inout [Double]) {
    let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
    let (fx, fy, fz) = (p.x - Double(i), p.y - Double(j), p.z - Double(k))
    let row = size.x
    let plane = size.x * size.y
    let base = i + row * j + plane * k
    let near = energy * (1 - fz)
    let far = energy * fz
    values[base] += near * (1 - fx) * (1 - fy)
    values[base + 1] += near * fx * (1 - fy)
    values[base + row] += near * (1 - fx) * fy
    values[base + row + 1] += near * fx * fy
    values[base + plane] += far * (1 - fx) * (1 - fy)
    values[base + plane + 1] += far * fx * (1 - fy)
    values[base + plane + row] += far * (1 - fx) * fy
    values[base + plane + row + 1] += far * fx * fy
  }
}
