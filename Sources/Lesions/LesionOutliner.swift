import Geometry
import Kernels
public import Quantities
public import Volumes

/// Finds and outlines lesions on one emission image.
///
/// Above the rule's level, connected voxels (26 neighbours) form candidates. Organs' own uptake
/// is taken out of them, places the user excluded are set aside, and what is left is drawn by
/// the rule. Nothing above the level is dropped in silence: what is not a lesion is in
/// ``OutliningResult/excluded`` with its reason.
public struct LesionOutliner: Sendable {
  public let options: OutlineOptions

  public init(_ options: OutlineOptions) { self.options = options }

  /// - Parameters:
  ///   - organs: Outlines of organs on the image's grid; names as in ``PhysiologicalUptake``.
  ///   - liver: Needed by liver thresholds; raises the level inside the liver outline.
  ///   - given: Outlines drawn elsewhere, used by ``OutlineRule/given`` only.
  public func outline(
    _ image: Volume<SUVbw>, organs: [NamedRegion] = [], liver: LiverReference? = nil,
    given: [NamedRegion] = []
  ) throws(LesionError) -> OutliningResult {
    switch options.rule {
    case .given:
      return try takeOver(given, in: image)
    case .majority(let rules, let least):
      return try vote(rules, least: least, image, organs, liver)
    case .threshold(let threshold):
      return try draw(from: threshold, image, organs, liver) { seed, level, _ in
        split(seed, in: image).map { .init(outline: $0, level: level.inBaseUnit, notes: []) }
      }
    case .fractionOfMaximum(let rule):
      let surroundings = try surroundings(organs, image, liver)
      var fractions = FractionOutlining(
        image, rule: rule, organs: surroundings, splitting: options.splitting)
      return try draw(from: rule.seeds, image, organs, liver) { seed, level, _ in
        fractions.regions(of: seed, above: level)
      }
    case .gradient(let rule):
      return try draw(from: rule.seeds, image, organs, liver) { seed, _, surroundings in
        GradientOutlining(
          image, rule: rule, organs: surroundings, splitting: options.splitting
        ).regions(of: seed).map { .init(outline: $0, level: nil, notes: []) }
      }
    }
  }

  /// Draws the lesions of every candidate above a seed level.
  private func draw(
    from threshold: UptakeThreshold, _ image: Volume<SUVbw>, _ organs: [NamedRegion],
    _ liver: LiverReference?,
    _ regions: (Outline, SUVbw, OrganSurroundings) -> [FractionOutlining.Drawn]
  ) throws(LesionError) -> OutliningResult {
    let level = try threshold.level(liver: liver)
    let surroundings = try surroundings(organs, image, liver)
    var drawing = Drawing(image: image, options: options, organs: surroundings)
    for seed in drawing.candidates(atLeast: level) {
      for region in regions(seed.outline, level, surroundings) {
        drawing.add(
          region.outline, level: region.level.map { .gramsPerMillilitre($0) },
          notes: seed.notes + region.notes)
      }
    }
    return drawing.result(level: level)
  }

  /// The voxels that enough rules take in, cut into lesions.
  private func vote(
    _ rules: [OutlineRule], least: Int, _ image: Volume<SUVbw>, _ organs: [NamedRegion],
    _ liver: LiverReference?
  ) throws(LesionError) -> OutliningResult {
    guard least >= 1, least <= rules.count else { throw .votesCannotBe(least, rules.count) }
    var votes: [Int: Int] = [:]
    let surroundings = try surroundings(organs, image, liver)
    var drawing = Drawing(image: image, options: options, organs: surroundings)
    for rule in rules {
      var own = options
      own.rule = rule
      let result = try LesionOutliner(own).outline(image, organs: organs, liver: liver)
      for lesion in result.lesions {
        for n in lesion.outline.offsets { votes[n, default: 0] += 1 }
      }
      for excluded in result.excluded { drawing.takeOver(excluded) }
      drawing.takeOver(result.raised)
    }
    let winners = votes.filter { $0.value >= least }.map(\.key)
    for region in Outline(grid: image.grid, offsets: winners).parts {
      for part in split(region, in: image) { drawing.add(part, level: nil, notes: []) }
    }
    return drawing.result(level: nil)
  }

  private func surroundings(
    _ organs: [NamedRegion], _ image: Volume<SUVbw>, _ liver: LiverReference?
  ) throws(LesionError) -> OrganSurroundings {
    try OrganSurroundings(organs, in: image, liver: liver, options: options.physiological)
  }

  private func split(_ region: Outline, in image: Volume<SUVbw>) -> [Outline] {
    guard let splitting = options.splitting else { return [region] }
    return Watershed.basins(of: region, in: image, minimumDepth: splitting.minimumDepth)
  }

  private func takeOver(
    _ regions: [NamedRegion], in image: Volume<SUVbw>
  ) throws(LesionError) -> OutliningResult {
    var lesions: [LesionOutline] = []
    for region in regions {
      guard region.outline.grid == image.grid else { throw .gridsDiffer(region: region.name) }
      guard let peak = image.highestVoxel(of: region.outline) else {
        throw .emptyRegion(name: region.name)
      }
      lesions.append(
        LesionOutline(
          name: region.name, outline: region.outline,
          maximum: .gramsPerMillilitre(Double(image.samples[peak])),
          maximumAt: image.grid.centre(ofVoxelAt: peak), level: nil, notes: []))
    }
    return OutliningResult(
      lesions: lesions.byFallingMaximum(), excluded: [], options: options, level: nil)
  }
}

/// Collects the lesions and the excluded candidates of one image.
private struct Drawing {
  let image: Volume<SUVbw>
  let options: OutlineOptions
  let organs: OrganSurroundings
  private(set) var lesions: [LesionOutline] = []
  private(set) var excluded: [ExcludedCandidate] = []
  private(set) var raised: [RaisedUptake] = []

  init(image: Volume<SUVbw>, options: OutlineOptions, organs: OrganSurroundings) {
    self.image = image
    self.options = options
    self.organs = organs
  }

  /// Connected regions at or above a level, without the organs' own uptake, by falling maximum.
  mutating func candidates(
    atLeast level: SUVbw
  ) -> [(outline: Outline, notes: [String])] {
    // The smallest Float that is not below the level: the comparison stays exact.
    var least = Float(level.inBaseUnit)
    if Double(least) < level.inBaseUnit { least = least.nextUp }
    var inside = ThresholdMask.run(image.samples, atLeast: least)
    raised = organs.clearRaised(&inside, in: image)
    var kept: [(outline: Outline, notes: [String], maximum: Float)] = []
    for runs in ConnectedComponents.run(inside, size: image.grid.size) {
      let candidate = Outline(grid: image.grid, orderedRuns: runs)
      guard let peak = image.highestVoxel(of: candidate) else { continue }
      let parts = organs.separate(candidate, maximumAt: peak, in: image)
      for part in parts.excluded { exclude(part.outline, part.reason) }
      for part in parts.kept {
        guard let peak = image.highestVoxel(of: part.outline) else { continue }
        kept.append((part.outline, part.note.map { [$0] } ?? [], image.samples[peak]))
      }
    }
    return kept.enumerated()
      .sorted { ($0.element.maximum, -$0.offset) > ($1.element.maximum, -$1.offset) }
      .map { ($0.element.outline, $0.element.notes) }
  }

  /// Adds a region as a lesion, unless it is too small or lies in an exclusion zone.
  mutating func add(_ region: Outline, level: SUVbw?, notes: [String]) {
    guard let peak = image.highestVoxel(of: region), let centroid = region.centroid else { return }
    let peakAt = image.grid.centre(ofVoxelAt: peak)
    if let zone = options.exclusions.first(where: {
      $0.contains(peakAt) || $0.contains(centroid)
    }) {
      return exclude(region, .zone(reason: zone.reason))
    }
    let volume = region.volume
    guard volume >= options.minimumVolume else { return exclude(region, .tooSmall(volume)) }
    lesions.append(
      LesionOutline(
        name: nil, outline: region, maximum: .gramsPerMillilitre(Double(image.samples[peak])),
        maximumAt: peakAt, level: level,
        notes: notes + organs.warnings(forMaximumAt: peak)))
  }

  /// What another rule excluded, unless the same place is excluded already.
  mutating func takeOver(_ candidate: ExcludedCandidate) {
    guard !excluded.contains(where: { $0.outline.commonVoxelCount(with: candidate.outline) > 0 })
    else { return }
    excluded.append(candidate)
  }

  /// Of several rules the one that left out most speaks for an organ.
  mutating func takeOver(_ others: [RaisedUptake]) {
    for other in others {
      if let n = raised.firstIndex(where: { $0.rule.organ == other.rule.organ }) {
        if raised[n].volume < other.volume { raised[n] = other }
      } else {
        raised.append(other)
      }
    }
  }

  private mutating func exclude(_ region: Outline, _ reason: ExclusionReason) {
    guard let peak = image.highestVoxel(of: region) else { return }
    excluded.append(
      ExcludedCandidate(
        outline: region, maximum: .gramsPerMillilitre(Double(image.samples[peak])),
        maximumAt: image.grid.centre(ofVoxelAt: peak), reason: reason))
  }

  func result(level: SUVbw?) -> OutliningResult {
    OutliningResult(
      lesions: lesions.byFallingMaximum(),
      excluded: excluded.enumerated()
        .sorted { ($0.element.maximum, -$0.offset) > ($1.element.maximum, -$1.offset) }
        .map(\.element),
      raised: raised, options: options, level: level)
  }
}

extension [LesionOutline] {
  /// Highest first; equals keep their order.
  fileprivate func byFallingMaximum() -> [LesionOutline] {
    enumerated().sorted { ($0.element.maximum, -$0.offset) > ($1.element.maximum, -$1.offset) }
      .map(\.element)
  }
}

extension VoxelGrid {
  func centre(ofVoxelAt offset: Int) -> PatientPoint {
    let q = ijk(at: offset)
    return patientPoint(i: q.x, j: q.y, k: q.z)
  }
}
