import Geometry
import Quantities
import Volumes

/// The organs of one image, ready to keep normal uptake out of the lesions.
struct OrganSurroundings {
  struct HotOrgan {
    let rule: OrganRule
    let outline: Outline
    let widened: Outline
  }
  struct RaisedOrgan {
    let rule: OrganRule
    let widened: Outline
    let level: Double
  }

  let hot: [HotOrgan]
  let raised: [RaisedOrgan]
  private let watched: [(rule: OrganRule, outline: Outline)]
  private let options: PhysiologicalUptake

  init(
    _ organs: [NamedRegion], in image: Volume<SUVbw>, liver: LiverReference?,
    options: PhysiologicalUptake
  ) throws(LesionError) {
    for organ in organs where organ.outline.grid != image.grid {
      throw .gridsDiffer(region: organ.name)
    }
    self.options = options
    func ruled(_ treatment: OrganRule.Treatment) -> [(rule: OrganRule, outline: Outline)] {
      organs.compactMap { organ in
        options.rule(for: organ.name).flatMap {
          $0.treatment == treatment ? ($0, organ.outline) : nil
        }
      }
    }
    hot = ruled(.exclude).map {
      HotOrgan(rule: $0, outline: $1, widened: $1.dilated(by: options.margin))
    }
    watched = ruled(.warn)
    raised = ruled(.aboveOrgan).compactMap { rule, outline in
      // The 3 cm sphere knows the liver best; other organs speak for themselves.
      let reference = rule.organ == "liver" ? liver : nil
      let level = reference.map {
        options.raisedMultiple * $0.mean.inBaseUnit
          + options.deviationsAbove * $0.standardDeviation.inBaseUnit
      }
      let own = RobustLevel(of: outline, in: image)
        .map { options.raisedMultiple * $0.median + options.deviationsAbove * $0.deviation }
      return (level ?? own).map {
        RaisedOrgan(rule: rule, widened: outline.dilated(by: options.margin), level: $0)
      }
    }
  }

  /// Clears voxels of raised organs that do not reach the organ's own level.
  ///
  /// - Returns: What was cleared, by organ.
  func clearRaised(_ inside: inout [UInt8], in image: Volume<SUVbw>) -> [RaisedUptake] {
    let (samples, grid) = (image.samples, image.grid)
    return raised.compactMap { organ in
      var (volume, highest) = (0.0, -Float.infinity)
      for run in organ.widened.runs {
        let voxel = grid.voxelMillilitres(inSlice: grid.ijk(at: run.lowerBound).z)
        for n in run where inside[n] != 0 && Double(samples[n]) < organ.level {
          inside[n] = 0
          volume += voxel
          highest = max(highest, samples[n])
        }
      }
      guard volume > 0 else { return nil }
      return RaisedUptake(
        rule: organ.rule, level: .gramsPerMillilitre(organ.level), volume: .millilitres(volume),
        maximum: .gramsPerMillilitre(Double(highest)))
    }
  }

  /// What the reader should know of a lesion whose maximum lies in an organ that is often
  /// mistaken for one.
  func warnings(forMaximumAt peak: Int) -> [String] {
    watched.filter { $0.outline.contains(offset: peak) }.map {
      "lies in \($0.rule.organ), which may be normal: \($0.rule.reason) (\($0.rule.source))"
    }
  }

  /// Whether a region may grow into a voxel.
  func mayGrow(into offset: Int, value: Double) -> Bool {
    !hot.contains { $0.widened.contains(offset: offset) }
      && raised.allSatisfy { value >= $0.level || !$0.widened.contains(offset: offset) }
  }

  /// What of a candidate is organ and what is left beside it.
  struct Separation {
    var kept: [(outline: Outline, note: String?)] = []
    var excluded: [(outline: Outline, reason: ExclusionReason)] = []
  }

  /// Takes an organ's own uptake out of a candidate. A part beside the organ stays when it has a
  /// maximum of its own; a part that only falls away from the organ is its spill-out.
  func separate(_ candidate: Outline, maximumAt peak: Int, in image: Volume<SUVbw>) -> Separation {
    let touched = hot.map { ($0, candidate.commonVoxelCount(with: $0.widened)) }
      .filter { $0.1 > 0 }
    let owners = touched.filter { organ, common in
      let overlap = Double(common) / Double(candidate.voxelCount)
      let covered =
        Double(candidate.commonVoxelCount(with: organ.outline))
        / Double(max(organ.outline.voxelCount, 1))
      return overlap >= options.overlapFraction || covered >= options.overlapFraction
        || organ.outline.contains(offset: peak)
    }
    guard let largest = owners.max(by: { $0.1 < $1.1 })?.0 else {
      return Separation(kept: [(candidate, nil)])
    }
    let widened = owners.dropFirst().reduce(owners[0].0.widened) { $0.union($1.0.widened) }
    let rest = candidate.subtracting(widened)
    let overlap = 1 - Double(rest.voxelCount) / Double(candidate.voxelCount)
    var result = Separation()
    let removed = candidate.filter { widened.contains(offset: $0) }
    result.excluded.append((removed, .organ(largest.rule, overlap: overlap)))
    for part in rest.parts {
      let note = "cut from the uptake of \(largest.rule.organ), which it touches"
      if Self.hasOwnMaximum(part, beside: widened, in: image) {
        result.kept.append((part, note))
      } else {
        result.excluded.append((part, .spillOut(largest.rule)))
      }
    }
    return result
  }

  /// Whether a part's highest voxel lies away from the organ it was cut from.
  private static func hasOwnMaximum(
    _ part: Outline, beside organ: Outline, in image: Volume<SUVbw>
  ) -> Bool {
    guard let peak = image.highestVoxel(of: part) else { return false }
    let around = Outline(grid: part.grid, offsets: [peak])
    guard let block = LocalBlock(around: around, grownBy: [1, 1, 1]) else { return false }
    let place = block.place(of: peak)
    return !block.neighbours.contains {
      block.offset(of: place + $0).map(organ.contains(offset:)) ?? false
    }
  }
}

extension Volume where Value == SUVbw {
  /// Offset of the highest voxel of an outline, the first of equals; `nil` when it is empty.
  func highestVoxel(of outline: Outline) -> Int? {
    let samples = samples
    return outline.offsets.max { (samples[$0], -$0) < (samples[$1], -$1) }
  }
}
