import Geometry
import Kernels

/// Measures how good a link of CT and emission image is, without ground truth.
struct EmissionCTAssessment {
  let pair: EmissionCTPair
  let fine: InformationFit
  let transform: RigidTransform
  /// Where the starts led at the coarse level, best first.
  let summits: [PoseSearch.Summit]
  let search: EmissionCTSearch

  private var settings: EmissionCTSettings { pair.settings }

  func quality() -> LinkQuality {
    let body = pair.ct.coarse.bodyPoints
    let seen = body.count { pair.emission.coarse.grid.contains(transform($0)) }
    let fraction = Double(seen) / Double(max(body.count, 1))
    var quality = LinkQuality(
      fixedBodySeen: fraction, movingBodySeen: emissionSeen(), verdict: .pass)
    let probes = stride(from: 0, to: body.count, by: max(1, body.count / 500)).map { body[$0] }
      .filter { pair.emission.coarse.grid.contains(transform($0)) }
    guard !probes.isEmpty else { return .noOverlap }
    let fits = refits()
    quality.inverseConsistency = Self.distance(fits[2].inverse, transform, probes)
    let halves = Self.distance(fits[0], fits[1], probes)
    quality.estimatedErrorMillimetres = error(halves: halves, back: quality.inverseConsistency)
    quality.verdict = verdict(
      quality, halves: halves, sharedMillilitres: fraction * pair.ct.coarse.bodyMillilitres)
    return quality
  }

  /// Two halves of n samples each differ by √2 of a half's own error, and the whole has 1/√2 of
  /// that: half of the difference. Exchanged roles add what interpolation makes of it, and a
  /// quarter of an emission voxel stands for what uptake that follows no anatomy pulls: together
  /// they cover 68 % and more of the errors on virtual PET/CT and SPECT/CT.
  private func error(halves: Double, back: Double?) -> Double {
    let voxel = pair.emissionVoxel / 4
    let back = back ?? 0
    return (halves * halves / 4 + back * back + voxel * voxel).squareRoot()
  }

  /// Fits to either half of the blocks, and the way back, all from the link.
  private func refits() -> [RigidTransform] {
    let starts = [(fine.half(0), transform), (fine.half(1), transform)]
    let all = starts + [(pair.backward(at: transform), transform.inverse)]
    return Slabs.map(of: all.count) { range in
      range.map {
        all[$0].0.climb(from: all[$0].1, step: search.fineStep, least: search.leastStep).transform
      }
    }.flatMap { $0 }
  }

  private static func distance(
    _ a: RigidTransform, _ b: RigidTransform, _ points: [PatientPoint]
  ) -> Double {
    points.reduce(0) { $0 + a($1).distance(to: b($1)) } / Double(points.count)
  }

  /// Part of the roots of uptake that lies inside the CT's field of view.
  private func emissionSeen() -> Double {
    let image = pair.emission.coarse
    let back = transform.inverse
    var (inside, total) = (0.0, 0.0)
    for n in image.samples.indices where image.samples[n] > 0 {
      let at = image.grid.ijk(at: n)
      let weight = Double(image.samples[n].squareRoot())
      total += weight
      if pair.ct.coarse.grid.contains(back(image.grid.patientPoint(i: at.x, j: at.y, k: at.z))) {
        inside += weight
      }
    }
    return total > 0 ? inside / total : 0
  }

  /// Share of the information that is lost when the images are shifted apart.
  private func drop() -> Double {
    let here = fine.score(at: transform).excess
    guard here > 0 else { return 0 }
    let away = (0..<6).map { n -> Double in
      var shift = SIMD3<Double>.zero
      shift[n / 2] = n % 2 == 0 ? 24 : -24
      let moved = RigidTransform(from: transform.to, to: transform.to, translation: shift)
      return (try? transform.then(moved)).map { fine.score(at: $0).excess } ?? here
    }
    // The weakest direction decides: along it the images could slide.
    let along = stride(from: 0, to: 6, by: 2).map { (away[$0] + away[$0 + 1]) / 2 }
    return 1 - (along.max() ?? here) / here
  }

  /// How much of the best position's information another position, elsewhere, explains.
  private func rival() -> Double {
    guard let best = summits.first else { return 0 }
    let centre = fine.reference
    let elsewhere = summits.dropFirst().filter {
      $0.transform(centre).distance(to: best.transform(centre)) > 20
    }
    return (elsewhere.map(\.score).max() ?? 0) / best.score
  }

  private func verdict(
    _ quality: LinkQuality, halves: Double, sharedMillilitres: Double
  ) -> LinkVerdict {
    guard sharedMillilitres >= settings.leastSharedMillilitres else {
      return .notAssessable(reasons: ["the images show too little of the same part of the body"])
    }
    var (failures, doubts): ([String], [String]) = ([], [])
    let (drop, rival) = (drop(), rival())
    if drop < settings.leastDrop {
      failures.append(
        "the emission image says too little about where it lies: shifting it by 24 mm loses only "
          + "\(drop.asPercent) of the mutual information")
    }
    if rival > settings.rival {
      failures.append(
        "another position explains the images as well (\(rival.asPercent) of the information)")
    }
    for (value, what) in [
      (halves, "fits to separate halves of the body differ by"),
      (quality.inverseConsistency ?? 0, "the way back misses by"),
    ] {
      let text = "\(what) \((value * 10).rounded() / 10) mm"
      if value > settings.greatestInconsistency {
        failures.append(text)
      } else if value > settings.doubtfulInconsistency {
        doubts.append(text)
      }
    }
    if !failures.isEmpty { return .notAssessable(reasons: failures) }
    return doubts.isEmpty ? .pass : .warn(reasons: doubts)
  }
}

extension Double {
  fileprivate var asPercent: String { "\(Int((self * 100).rounded())) %" }
}
