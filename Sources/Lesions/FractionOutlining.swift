import Geometry
import Quantities
import Volumes

/// Draws each seed region again at a fraction of its own maximum.
struct FractionOutlining {
  let image: Volume<SUVbw>
  /// The image's samples, fetched once: each fetch through the volume costs a call.
  private let samples: [Float]
  let rule: FractionOfMaximum
  let organs: OrganSurroundings
  let splitting: Splitting?
  /// Voxels of regions already drawn.
  private var taken: Set<Int> = []
  private var levelVolume: LevelVolume

  /// A region as drawn, with its level and what happened on the way.
  struct Drawn {
    let outline: Outline
    /// `nil` where the edge has no one level.
    let level: Double?
    var notes: [String]
  }

  init(
    _ image: Volume<SUVbw>, rule: FractionOfMaximum, organs: OrganSurroundings,
    splitting: Splitting?
  ) {
    self.image = image
    samples = image.samples
    self.rule = rule
    self.organs = organs
    self.splitting = splitting
    levelVolume = LevelVolume(grid: image.grid, samples: samples)
  }

  /// The lesions of one seed: its highest basin first, then every basin that the levels drawn
  /// so far leave apart.
  ///
  /// - Parameter level: The level of the seeds: what reaches it elsewhere is other uptake.
  mutating func regions(of seed: Outline, above level: SUVbw) -> [Drawn] {
    let depth = (splitting ?? Splitting()).minimumDepth
    let reachable = seed.dilated(by: rule.reach)
    var drawn: [Drawn] = []
    for basin in Watershed.basins(of: seed, in: image, minimumDepth: depth) {
      guard let peak = image.highestVoxel(of: basin), !taken.contains(peak) else { continue }
      // Alone, the first region may run over the whole seed; later ones keep to their basin.
      let home = splitting == nil && drawn.isEmpty ? seed : basin
      let barred = home == seed ? nil : seed
      let region = draw(
        from: peak, home: home, within: reachable, barred: barred, seedLevel: level.inBaseUnit)
      taken.formUnion(region.outline.offsets)
      drawn.append(region)
    }
    return drawn
  }

  private mutating func draw(
    from peak: Int, home: Outline, within reachable: Outline, barred: Outline?, seedLevel: Double
  ) -> Drawn {
    let maximum = Double(samples[peak])
    var level = rule.fraction * maximum
    var notes: [String] = []
    var flood = Flood(home: home, within: reachable, barred: barred)
    var (region, leaked) = flood.region(from: peak, level: level, in: self)
    if rule.background != .ignored {
      if let shell = shell(around: region, seedLevel: seedLevel),
        case let background = mean(of: shell), background < maximum
      {
        level = background + rule.fraction * (maximum - background)
        (region, leaked) = flood.region(from: peak, level: level, in: self)
        if case .modelled(let width) = rule.background {
          let model = EdgeModel(width: width, shell: shell, samples: samples)
          for _ in 0..<EdgeModel.rounds {
            let edge = edge(of: region, level: level, flood)
            guard let better = model.level(for: region, volume: edge.volume), better < maximum
            else {
              notes.append("too small for the blurred sphere; drawn at a fraction of its maximum")
              break
            }
            let hasSettled = abs(better - level) < 0.005 * (maximum - background)
            level = better
            (region, leaked) = flood.region(from: peak, level: level, in: self)
            guard hasSettled else { continue }
            level = self.edge(of: region, level: level, flood).fillingLevel
            (region, leaked) = flood.region(from: peak, level: level, in: self)
            break
          }
        }
      } else {
        notes.append("no local background could be measured; the level ignores it")
      }
    }
    if leaked {
      flood = Flood(home: home, within: home, barred: barred)
      region = flood.region(from: peak, level: level, in: self).region
      notes.append(
        "ran into its surroundings at \(Int(rule.fraction * 100)) % of its maximum; "
          + "cut back to its seed region")
    }
    return Drawn(outline: region, level: level, notes: notes)
  }

  /// The volume above a level, and the level at which the voxels of a region make up just that
  /// volume: whole voxels then miss it by half a voxel at most.
  private mutating func edge(
    of region: Outline, level: Double, _ flood: Flood
  ) -> (volume: TissueVolume, fillingLevel: Double) {
    let grid = image.grid
    let near = region.dilated(by: .millimetres(1.5 * grid.spacing.max()))
      .filter { region.contains(offset: $0) || flood.mayEnter($0, level, self) }
    var millilitres = 0.0
    var voxels: [(value: Float, millilitres: Double)] = []
    for n in near.offsets {
      let voxel = grid.voxelMillilitres(inSlice: grid.ijk(at: n).z)
      let whole = region.contains(offset: n) ? 1.0 : 0
      millilitres += voxel * (levelVolume.fraction(ofVoxelAt: n, atLeast: level) ?? whole)
      voxels.append((samples[n], voxel))
    }
    voxels.sort { $0.value > $1.value }
    var (filled, last) = (0.0, level)
    for voxel in voxels where filled + voxel.millilitres / 2 <= millilitres {
      filled += voxel.millilitres
      last = Double(voxel.value)
    }
    return (.millilitres(millilitres), last)
  }

  /// The shell 5 to 10 mm outside a region, without organs and other uptake; `nil` when nothing
  /// of it is left.
  private func shell(around region: Outline, seedLevel: Double) -> Outline? {
    let near = region.dilated(by: .millimetres(5))
    let shell = region.dilated(by: .millimetres(10)).filter {
      !near.contains(offset: $0) && !taken.contains($0)
        && organs.mayGrow(into: $0, value: .infinity)
    }
    // What reaches the seeds' level is other uptake; where most of the shell does, the lesion
    // lies in tissue that hot.
    let quiet = shell.filter { Double(samples[$0]) < seedLevel }
    let chosen = 2 * quiet.voxelCount >= shell.voxelCount ? quiet : shell
    return chosen.isEmpty ? nil : chosen
  }

  private func mean(of region: Outline) -> Double {
    region.offsets.reduce(0) { $0 + Double(samples[$1]) } / Double(region.voxelCount)
  }

  /// 26-connected growth from a maximum.
  private struct Flood {
    /// Where the region belongs.
    let home: Outline
    /// How far it may grow; beyond, it has leaked.
    let within: Outline
    /// Voxels it may not enter although near: the rest of the seed, which others own.
    let barred: Outline?

    func region(
      from peak: Int, level: Double, in rule: FractionOutlining
    ) -> (region: Outline, leaked: Bool) {
      guard let block = LocalBlock(around: within, grownBy: [1, 1, 1]) else {
        return (home, false)
      }
      var seen = [Bool](repeating: false, count: block.count)
      var stack = [block.place(of: peak)]
      seen[stack[0]] = true
      var offsets = [peak]
      var leaked = false
      while let place = stack.popLast() {
        for step in block.neighbours where !seen[place + step] {
          seen[place + step] = true
          guard let n = block.offset(of: place + step) else { continue }
          let value = Double(rule.samples[n])
          guard value >= level, mayEnter(n, value, rule) else { continue }
          guard within.contains(offset: n) else {
            leaked = true
            continue
          }
          stack.append(place + step)
          offsets.append(n)
        }
      }
      return (Outline(grid: home.grid, offsets: offsets), leaked)
    }

    func mayEnter(_ n: Int, _ value: Double, _ rule: FractionOutlining) -> Bool {
      if rule.taken.contains(n) { return false }
      if home.contains(offset: n) { return true }
      if let barred, barred.contains(offset: n) { return false }
      return rule.organs.mayGrow(into: n, value: value)
    }
  }
}
