import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

/// Rigid registration of PET or SPECT to CT, by normalised mutual information.
///
/// Works for images of one session and of different ones: that two series share a frame of
/// reference is no reason to skip it, only one more place to start from. The emission image's
/// levels share its roots of uptake evenly, so that the outline of the body counts even where a
/// few lesions hold most of the activity.
public enum EmissionCTRegistration {
  /// The link from the CT's frame to the emission image's frame.
  ///
  /// Its quality holds what different modalities allow: body seen, the way back with the roles
  /// exchanged, and an estimated error from fits to separate halves of the body.
  ///
  /// - Throws: ``RegistrationError``, where `fixed` means the CT and `moving` the emission image,
  ///   or ``GridError`` for a volume too small to average.
  public static func register<Uptake: Quantity>(
    ct: Volume<Hounsfield>, ctFrame: FrameOfReference, emission: Volume<Uptake>,
    emissionFrame: FrameOfReference, settings: EmissionCTSettings = EmissionCTSettings(),
    start: RigidTransform? = nil
  ) throws -> Link {
    if let start, start.from != ctFrame || start.to != emissionFrame {
      throw RegistrationError.startFramesDiffer
    }
    let pair = try EmissionCTPair(
      ct: ct, emission: emission, roles: (.fixed, .moving), settings)
    let search = EmissionCTSearch(pair: pair, from: ctFrame, to: emissionFrame)
    let summits = search.summits(from: start.map { [$0] } ?? search.starts())
    guard let best = summits.first else {
      return Link(
        fixedToMoving: .identity(from: ctFrame, to: emissionFrame), quality: .noOverlap)
    }
    let fine = pair.forward(fine: true, most: settings.fineSamples)
    let transform = fine.climb(
      from: best.transform, step: search.fineStep, least: search.leastStep
    ).transform
    let assessment = EmissionCTAssessment(
      pair: pair, fine: fine, transform: transform, summits: summits, search: search)
    return Link(fixedToMoving: transform, quality: assessment.quality())
  }
}

/// Where the images may lie, from coarse to fine.
struct EmissionCTSearch {
  let pair: EmissionCTPair
  let from: FrameOfReference
  let to: FrameOfReference

  /// First steps of the coarse and the fine level, and the last ones, in millimetres.
  private static let coarseSteps = (first: 12.0, last: 1.5)
  let fineStep = 4.0
  let leastStep = 0.1
  /// Distance between the shifts tried, and how far they go sideways, in millimetres.
  private static let grain = 24.0
  private static let sideways = [-2, -1, 0, 1, 2]
  /// Starts nearer than this to a better one lead to the same place.
  private static let distinct = 40.0

  /// Shifts over every overlap along the body axis, most promising first; the images' own
  /// coordinates when they share a frame.
  func starts() -> [RigidTransform] {
    let fit = pair.forward(fine: false, most: pair.settings.searchSamples)
    let shifts = shifts()
    let scores = Slabs.map(of: shifts.count) { $0.map { fit.score(at: shifts[$0]) } }
      .flatMap { $0 }
    let most = Double(scores.map(\.count).max() ?? 0)
    guard most > 0 else { return [] }
    let rated = zip(shifts, scores).compactMap { shift, score -> (RigidTransform, Double)? in
      let seen = Double(score.count) / most
      guard seen >= pair.settings.leastSeen else { return nil }
      return (shift, AlignmentStart.rating(correlation: score.excess, seen: seen))
    }
    var kept: [RigidTransform] = from == to ? [.identity(from: from, to: to)] : []
    // Sorting keeps the order of equals by their number, so the result is the same anywhere.
    let order = rated.indices.sorted {
      rated[$0].1 != rated[$1].1 ? rated[$0].1 > rated[$1].1 : $0 < $1
    }
    for n in order where kept.count < pair.settings.starts {
      let t = rated[n].0
      if kept.allSatisfy({ ($0.translation - t.translation).length > Self.distinct }) {
        kept.append(t)
      }
    }
    return kept
  }

  private func shifts() -> [RigidTransform] {
    let between = pair.emissionCentre.millimetres - pair.ct.coarse.bodyCentre.millimetres
    let reach = pair.ct.coarse.grid.heightMillimetres + pair.emission.coarse.grid.heightMillimetres
    let steps = Int((reach / 2 / Self.grain).rounded(.up))
    return (-steps...steps).flatMap { z in
      Self.sideways.flatMap { y in
        Self.sideways.map { x in
          RigidTransform(
            from: from, to: to,
            translation: between + SIMD3(Double(x), Double(y), Double(z)) * Self.grain)
        }
      }
    }
  }

  /// The starts followed up at the coarse level, best first.
  func summits(from starts: [RigidTransform]) -> [PoseSearch.Summit] {
    let fit = pair.forward(fine: false, most: pair.settings.coarseSamples)
    let climbed = Slabs.map(of: starts.count) { range in
      range.map {
        fit.climb(
          from: starts[$0], step: Self.coarseSteps.first, least: Self.coarseSteps.last)
      }
    }.flatMap { $0 }.filter { $0.score > 0 }
    return climbed.indices.sorted {
      climbed[$0].score != climbed[$1].score
        ? climbed[$0].score > climbed[$1].score : $0 < $1
    }.map { climbed[$0] }
  }
}

extension VoxelGrid {
  /// Extent along the patient's z axis.
  fileprivate var heightMillimetres: Double {
    let extent = SIMD3<Double>(size) * spacing
    return abs(axes.i.z) * extent.x + abs(axes.j.z) * extent.y + abs(axes.k.z) * extent.z
  }
}
