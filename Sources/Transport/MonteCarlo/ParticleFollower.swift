import Foundation

/// Options of our Monte Carlo.
public struct TransportOptions: Sendable, Hashable, Codable {
  /// Knock-on electrons above this energy are followed one by one, in MeV.
  public var knockOnCutMeV = 0.02
  /// Bremsstrahlung photons above this energy are followed; photons below it stay, in MeV.
  public var photonCutMeV = 0.01
  /// Electrons below this energy stay where they are, in MeV: 2.5 µm of water at 10 keV.
  public var electronCutMeV = 0.01
  /// Largest mean deflection of one step, 1 − ⟨cos θ⟩.
  public var largestDeflection = 0.15
  /// Largest share of the residual range in one step.
  public var largestRangeShare = 0.2
  /// The same seed gives the same bits for any number of threads.
  public var seed: UInt64 = 1

  public init() {}
}

/// A particle on its way. Lengths in cm, energy in MeV.
struct Particle {
  var position: SIMD3<Double>
  var direction: SIMD3<Double>
  var energy: Double
  /// A positron ends in two annihilation photons.
  var isPositron = false
}

/// Follows electrons and photons through a medium until their energy is left somewhere.
///
/// Electrons: condensed history. Between knock-on collisions (Møller) and bremsstrahlung photons,
/// which are sampled one by one above a cut, an electron loses energy by the restricted stopping
/// power and turns once per step, at a random point of it (the random hinge of PENELOPE, Salvat
/// 2019), by an angle that keeps the first two transport moments of elastic scattering. The
/// step's energy is left at the hinge. Positrons are slowed like electrons and annihilate at rest.
/// Photons: delta tracking (Woodcock 1965), Compton scattering from free electrons, photoelectric
/// absorption, Rayleigh scattering, pair production.
struct ParticleFollower<Medium: TransportMedium> {
  var medium: Medium
  var random: RandomStream
  private let tables: InteractionTables
  private let options: TransportOptions
  private var electrons: [Particle] = []
  private var photons: [Particle] = []

  init(
    medium: Medium, tables: InteractionTables, options: TransportOptions, random: RandomStream
  ) {
    self.medium = medium
    self.tables = tables
    self.options = options
    self.random = random
  }

  /// Follows an electron and all it sets free.
  mutating func followElectron(_ particle: Particle) {
    electrons.append(particle)
    drain()
  }

  mutating func followPhoton(_ particle: Particle) {
    photons.append(particle)
    drain()
  }

  /// Follows an electron but hands over its bremsstrahlung photons.
  mutating func followElectronOnly(_ particle: Particle) -> [Particle] {
    electrons.append(particle)
    while let next = electrons.popLast() { runElectron(next) }
    guard !photons.isEmpty else { return [] }
    defer { photons.removeAll(keepingCapacity: true) }
    return photons
  }

  private mutating func drain() {
    while true {
      if let next = electrons.popLast() {
        runElectron(next)
      } else if let next = photons.popLast() {
        runPhoton(next)
      } else {
        return
      }
    }
  }

  // MARK: Electrons

  private mutating func runElectron(_ start: Particle) {
    var particle = start
    guard var matter = medium.matter(at: particle.position) else { return lose(particle) }
    while true {
      let row = tables.electron(matter.material, particle.energy)
      if particle.energy < options.electronCutMeV
        || medium.isCountedHere(particle.position, massRange: row.range, in: matter)
      {
        medium.deposit(particle.energy, at: particle.position)
        if particle.isPositron { annihilate(at: particle.position) }
        return
      }
      let hard = row.knockOn + row.radiation
      let longest = min(
        options.largestDeflection / row.transport, options.largestRangeShare * row.range)
      let free = hard > 0 ? random.exponential() / hard : .infinity
      let length = min(longest, free)
      guard let arrived = step(&particle, length: length, row: row, matter: matter) else { return }
      matter = arrived
      if free < longest, particle.energy > options.electronCutMeV {
        collide(&particle, row: row)
      }
    }
  }

  private mutating func annihilate(at position: SIMD3<Double>) {
    let direction = random.direction()
    for sign in [1.0, -1] {
      photons.append(
        Particle(position: position, direction: direction * sign, energy: electronRestMeV))
    }
  }

  /// What a charged particle carries out of the medium: a positron's annihilation, too.
  private mutating func lose(_ particle: Particle) {
    medium.lose(particle.energy + (particle.isPositron ? 2 * electronRestMeV : 0))
  }

  /// One step with its hinge; `nil` when the electron is gone.
  private mutating func step(
    _ particle: inout Particle, length: Double, row: InteractionTables.ElectronRow, matter: Matter
  ) -> Matter? {
    // The loss at mid-step: the stopping power rises as the electron slows down.
    let half = particle.energy - 0.5 * length * row.loss
    let middle = tables.electron(matter.material, max(half, 0.5 * particle.energy))
    let loss = min(length * middle.loss, particle.energy)
    let share = random.uniform()
    guard
      let hinge = medium.advanced(
        particle.position, particle.direction, massLength: share * length, from: matter)
    else {
      lose(particle)
      return nil
    }
    medium.deposit(loss, at: hinge)
    particle.energy -= loss
    guard let here = medium.matter(at: hinge) else {
      lose(particle)
      return nil
    }
    let cosine = deflection(length: length, row: middle)
    particle.direction = random.turned(particle.direction, cosine: cosine)
    guard
      let end = medium.advanced(
        hinge, particle.direction, massLength: (1 - share) * length, from: here),
      let matter = medium.matter(at: end)
    else {
      lose(particle)
      return nil
    }
    particle.position = end
    return matter
  }

  /// Cosine of the step's deflection: a mixture of an exponential in 1 − cos θ and of isotropic
  /// scattering whose first two moments are those of the step.
  private mutating func deflection(length: Double, row: InteractionTables.ElectronRow) -> Double {
    let path = length * row.transport
    let mean = 1 - exp(-path)
    // ⟨P₂⟩ = exp(−s G₂) with P₂ = 1 − 3x + 1.5x², x = 1 − cos θ.
    let square = (exp(-path * row.transportRatio) - 1 + 3 * mean) * (2.0 / 3)
    let b = 4.0 / 3 - 4 * mean + square
    let c = 2 * mean * mean - square
    let isotropic = (-b + max(b * b - 8.0 / 3 * c, 0).squareRoot()) * 0.75
    let weight = min(max(isotropic, 0), mean)
    if random.uniform() < weight { return 2 * random.uniform() - 1 }
    let scale = (mean - weight) / (1 - weight)
    return max(1 - scale * random.exponential(), -1)
  }

  private mutating func collide(_ particle: inout Particle, row: InteractionTables.ElectronRow) {
    if random.uniform() * (row.knockOn + row.radiation) < row.knockOn {
      knockOn(&particle)
    } else {
      radiate(&particle)
    }
  }

  /// Samples Møller's cross section by 1/ε² with rejection, and shares momentum.
  private mutating func knockOn(_ particle: inout Particle) {
    let t = particle.energy
    guard t > 2 * options.knockOnCutMeV else { return }
    let gamma = 1 + t / electronRestMeV
    let lowest = options.knockOnCutMeV / t
    let c1 = (gamma - 1) * (gamma - 1) / (gamma * gamma)
    let c2 = (2 * gamma - 1) / (gamma * gamma)
    // The shape is convex in ε/(1 − ε), so its largest value lies at an end.
    let ceiling = max(1, 2 + 0.25 * c1 - c2)
    var e = lowest
    while true {
      e = 1 / (1 / lowest - random.uniform() * (1 / lowest - 2))
      let r = e / (1 - e)
      if random.uniform() * ceiling < 1 + c1 * e * e + r * r - c2 * r { break }
    }
    let given = e * t
    // Two-body kinematics: cos²θ = ε(T + 2m)/(εT + 2m) for the knocked electron.
    let twoM = 2 * electronRestMeV
    let cosine = (e * (t + twoM) / (given + twoM)).squareRoot()
    let left = 1 - e
    let cosineLeft = (left * (t + twoM) / (left * t + twoM)).squareRoot()
    let azimuth = random.azimuth()
    let axis = particle.direction
    electrons.append(
      Particle(
        position: particle.position,
        direction: RandomStream.turn(
          axis, cosine: cosine, sine: (1 - cosine * cosine).squareRoot(), azimuth: azimuth),
        energy: given))
    particle.energy -= given
    particle.direction = RandomStream.turn(
      axis, cosine: cosineLeft, sine: max(1 - cosineLeft * cosineLeft, 0).squareRoot(),
      azimuth: (-azimuth.0, -azimuth.1))
  }

  /// Samples 3BN by 1/k with rejection; the photon's angle is a dipole's, seen from the laboratory.
  private mutating func radiate(_ particle: inout Particle) {
    let t = particle.energy
    guard t > options.photonCutMeV else { return }
    let ratio = t / options.photonCutMeV
    let ceiling = ElectronPhysics.betheHeitler(t, options.photonCutMeV)
    var k = options.photonCutMeV
    repeat {
      k = options.photonCutMeV * pow(ratio, random.uniform())
    } while random.uniform() * ceiling > ElectronPhysics.betheHeitler(t, k)
    let gamma = 1 + t / electronRestMeV
    let beta = (1 - 1 / (gamma * gamma)).squareRoot()
    let u = 2 * random.uniform() - 1
    photons.append(
      Particle(
        position: particle.position,
        direction: random.turned(particle.direction, cosine: (u + beta) / (1 + beta * u)),
        energy: k))
    particle.energy -= k
  }

  // MARK: Photons

  private mutating func runPhoton(_ start: Particle) {
    var photon = start
    while true {
      guard photon.energy > options.photonCutMeV else {
        return medium.deposit(photon.energy, at: photon.position)
      }
      guard let (row, matter) = fly(&photon) else { return medium.lose(photon.energy) }
      let choice = random.uniform() * row.total
      if choice < row.compton {
        scatter(&photon)
      } else if choice < row.compton + row.photoelectric {
        electrons.append(
          Particle(
            position: photon.position, direction: random.direction(), energy: photon.energy))
        return
      } else if choice < row.compton + row.photoelectric + row.rayleigh {
        let cosine = tables.rayleighCosine(matter.material, photon.energy, &random)
        photon.direction = random.turned(photon.direction, cosine: cosine)
      } else {
        return makePair(photon)
      }
    }
  }

  /// Shares the energy evenly at random between electron and positron, which fly on as the photon
  /// did: at the few MeV of radionuclides their ranges blur what the angles would do.
  private mutating func makePair(_ photon: Particle) {
    let kinetic = photon.energy - 2 * electronRestMeV
    let share = random.uniform()
    for (part, isPositron) in [(share, true), (1 - share, false)] {
      electrons.append(
        Particle(
          position: photon.position, direction: photon.direction, energy: kinetic * part,
          isPositron: isPositron))
    }
  }

  /// To the next interaction; `nil` when the photon leaves.
  private mutating func fly(_ photon: inout Particle) -> (InteractionTables.PhotonRow, Matter)? {
    let place = InteractionTables.position(photon.energy)
    let lower = medium.photonMajorant(point: place.point)
    let majorant = max(lower, medium.photonMajorant(point: place.point + 1))
    while true {
      photon.position += photon.direction * (random.exponential() / majorant)
      guard let matter = medium.matter(at: photon.position) else { return nil }
      let row = tables.photon(matter.material, photon.energy)
      if random.uniform() * majorant < row.total * matter.density { return (row, matter) }
    }
  }

  /// Klein-Nishina by the composition of Butcher and Messel (1960).
  private mutating func scatter(_ photon: inout Particle) {
    let k = photon.energy / electronRestMeV
    let lowest = 1 / (1 + 2 * k)
    let a1 = -log(lowest)
    let a2 = (1 - lowest * lowest) / 2
    var e = 1.0
    var cosine = 1.0
    while true {
      if random.uniform() * (a1 + a2) < a1 {
        e = exp(-a1 * random.uniform())
      } else {
        e = (lowest * lowest + (1 - lowest * lowest) * random.uniform()).squareRoot()
      }
      let t = (1 - e) / (k * e)
      cosine = 1 - t
      if random.uniform() < 1 - e * t * (2 - t) / (1 + e * e) { break }
    }
    let before = photon
    photon.energy *= e
    photon.direction = random.turned(before.direction, cosine: cosine)
    // The electron takes the momentum that is left.
    let momentum = before.direction * before.energy - photon.direction * photon.energy
    let size = (momentum * momentum).sum().squareRoot()
    electrons.append(
      Particle(
        position: before.position, direction: size > 0 ? momentum / size : before.direction,
        energy: before.energy - photon.energy))
  }
}
