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
  }

  /// The lesions of one seed: its highest basin first, then every basin that the levels drawn
  /// so far leave apart.
  mutating func regions(of seed: Outline) -> [Drawn] {
    let depth = (splitting ?? Splitting()).minimumDepth
    let reachable = seed.dilated(by: rule.reach)
    var drawn: [Drawn] = []
    for basin in Watershed.basins(of: seed, in: image, minimumDepth: depth) {
      guard let peak = image.highestVoxel(of: basin), !taken.contains(peak) else { continue }
      // Alone, the first region may run over the whole seed; later ones keep to their basin.
      let home = splitting == nil && drawn.isEmpty ? seed : basin
      let barred = home == seed ? nil : seed
      let region = draw(from: peak, home: home, within: reachable, barred: barred)
      taken.formUnion(region.outline.offsets)
      drawn.append(region)
    }
    return drawn
  }

  private func draw(
    from peak: Int, home: Outline, within reachable: Outline, barred: Outline?
  ) -> Drawn {
    let maximum = Double(samples[peak])
    var level = rule.fraction * maximum
    var notes: [String] = []
    var flood = Flood(home: home, within: reachable, barred: barred)
    var (region, leaked) = flood.region(from: peak, level: level, in: self)
    if rule.background != .ignored {
      if let background = localBackground(around: region), background < maximum {
        level = background + rule.fraction * (maximum - background)
        (region, leaked) = flood.region(from: peak, level: level, in: self)
        if case .modelled(let width) = rule.background {
          let model = EdgeModel(width: width, background: background, samples: samples)
          for _ in 0..<EdgeModel.rounds {
            guard let better = model.level(for: region), better < maximum else {
              notes.append("too small for the blurred sphere; drawn at a fraction of its maximum")
              break
            }
            let hasSettled = abs(better - level) < 0.005 * (maximum - background)
            level = better
            (region, leaked) = flood.region(from: peak, level: level, in: self)
            if hasSettled { break }
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

  /// Mean of the shell 5 to 10 mm outside a region, without organs and other lesions.
  private func localBackground(around region: Outline) -> Double? {
    let near = region.dilated(by: .millimetres(5))
    let shell = region.dilated(by: .millimetres(10)).filter {
      !near.contains(offset: $0) && !taken.contains($0)
        && organs.mayGrow(into: $0, value: .infinity)
    }
    guard !shell.isEmpty else { return nil }
    return shell.offsets.reduce(0) { $0 + Double(samples[$1]) } / Double(shell.voxelCount)
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

    private func mayEnter(_ n: Int, _ value: Double, _ rule: FractionOutlining) -> Bool {
      if rule.taken.contains(n) { return false }
      if home.contains(offset: n) { return true }
      if let barred, barred.contains(offset: n) { return false }
      return rule.organs.mayGrow(into: n, value: value)
    }
  }
}
