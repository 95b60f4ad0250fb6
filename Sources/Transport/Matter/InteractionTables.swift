import Foundation

/// Cross sections of a list of materials on one logarithmic energy grid, ready for sampling.
///
/// One row holds everything that a step needs, so that a look-up touches one cache line.
struct InteractionTables: Sendable {
  static let lowestMeV = 0.001
  static let pointCount = 600
  /// ln of the ratio of neighbouring energies; the grid ends at 8 MeV.
  static let step = Foundation.log(8 / lowestMeV) / Double(pointCount - 1)
  private static let logLowest = Foundation.log(lowestMeV)

  let materials: [Material]
  let knockOnCut: Double
  let photonCut: Double
  private let electrons: [SIMD8<Double>]
  private let photons: [SIMD4<Double>]
  private let coherent: [CoherentScattering]
  /// Largest photon cross section of any material per energy, in cm²/g, for each material.
  private(set) var photonTotals: [[Double]] = []

  /// What an electron of one energy meets, per g/cm².
  struct ElectronRow {
    let values: SIMD8<Double>
    /// Loss below the cuts in MeV cm²/g.
    var loss: Double { values[0] }
    /// Range in the continuous slowing-down approximation in g/cm².
    var range: Double { values[1] }
    var knockOn: Double { values[2] }
    var radiation: Double { values[3] }
    var transport: Double { values[4] }
    /// Second transport coefficient over the first.
    var transportRatio: Double { values[5] }
  }

  /// What a photon of one energy meets, in cm²/g.
  struct PhotonRow {
    let values: SIMD4<Double>
    var photoelectric: Double { values[0] }
    var compton: Double { values[1] }
    var rayleigh: Double { values[2] }
    var pair: Double { values[3] }
    var total: Double { values.sum() }
  }

  init(_ materials: [Material], knockOnCut: Double, photonCut: Double) {
    self.materials = materials
    self.knockOnCut = knockOnCut
    self.photonCut = photonCut
    var electrons: [SIMD8<Double>] = []
    var photons: [SIMD4<Double>] = []
    for material in materials {
      let physics = ElectronPhysics(
        material: material, knockOnCut: knockOnCut, photonCut: photonCut)
      electrons += Self.electronRows(physics)
      let photonPhysics = PhotonPhysics(material)
      photons += (0..<Self.pointCount).map { photonPhysics.row(Self.energy($0)) }
    }
    coherent = materials.map(CoherentScattering.init)
    self.electrons = electrons
    self.photons = photons
    photonTotals = materials.indices.map { material in
      (0..<Self.pointCount).map { photons[material * Self.pointCount + $0].sum() }
    }
  }

  static func energy(_ point: Int) -> Double { lowestMeV * exp(Double(point) * step) }

  private static func electronRows(_ physics: ElectronPhysics) -> [SIMD8<Double>] {
    var rows: [SIMD8<Double>] = []
    var range = 0.0
    var before = 0.0
    for point in 0..<pointCount {
      let t = energy(point)
      let radiation = physics.radiation(t)
      let whole = physics.collisionLoss(t, cut: t / 2)
      let loss = physics.collisionLoss(t, cut: physics.knockOnCut) + radiation.softLoss
      // Below the first energy the loss is taken as constant; between points as a power of T.
      range += point == 0 ? t / whole : (t * step / 2) * (1 / whole + exp(-step) / before)
      before = whole
      let transport = physics.transport(t)
      rows.append([
        loss, range, physics.knockOnCrossSection(t), radiation.hardCrossSection, transport.first,
        transport.second / transport.first, 0, 0,
      ])
    }
    return rows
  }

  /// Place of an energy on the grid.
  @inline(__always)
  static func position(_ energy: Double) -> (point: Int, fraction: Double) {
    let x = (Foundation.log(energy) - logLowest) / step
    let point = min(max(Int(x), 0), pointCount - 2)
    return (point, min(max(x - Double(point), 0), 1))
  }

  @inline(__always)
  func electron(_ material: Int, _ energy: Double) -> ElectronRow {
    let (point, fraction) = Self.position(energy)
    let base = material * Self.pointCount + point
    let row = electrons[base]
    return ElectronRow(values: row + (electrons[base + 1] - row) * fraction)
  }

  @inline(__always)
  func photon(_ material: Int, _ energy: Double) -> PhotonRow {
    let (point, fraction) = Self.position(energy)
    let base = material * Self.pointCount + point
    let row = photons[base]
    return PhotonRow(values: row + (photons[base + 1] - row) * fraction)
  }

  /// Cosine of a Rayleigh scattering.
  func rayleighCosine(_ material: Int, _ energy: Double, _ random: inout RandomStream) -> Double {
    coherent[material].cosine(energy, &random)
  }
}
