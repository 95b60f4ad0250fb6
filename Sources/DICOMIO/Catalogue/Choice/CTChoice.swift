import Foundation

extension SeriesChoice {
  /// The CT to register by, for the PET or SPECT of a time point.
  ///
  /// - Parameter series: All of the patient; others than CT are passed by without a word.
  public static func ct(
    among series: [SeriesCatalogue.Series], for emission: SeriesCatalogue.Series
  ) -> SeriesChoice {
    SeriesChoice(
      among: series.filter { $0.role == .ct },
      excluding: { ct in
        if let refusal = ct.refusal { return refusal }
        let isSameFrame =
          ct.frameOfReference != nil && ct.frameOfReference == emission.frameOfReference
        return isSameFrame
          ? nil : "its Frame of Reference UID (0020,0052) is not that of \(emission.place)"
      },
      by: [
        .without("it belongs to another visit than \(emission.place)") {
          abs($0.minutes(from: emission) ?? 0) > longestVisit
        },
        .without("its slices do not make a volume; see its problems") { $0.isBroken },
        .without("a single slice") { ($0.grid?.slices ?? 0) < 2 },
        .without("its slices are not transverse") { $0.grid?.extent?.isTransverse == false },
        coverage(of: emission),
        .without("made with a bone or lung kernel (Convolution Kernel (0018,1210))") {
          $0.traits.kernel == .sharp
        },
        .without("reformatted from another series (Image Type (0008,0008))") {
          $0.traits.isReformat
        },
        .without("it is incomplete; see its problems") { $0.isIncomplete },
        .without("made with contrast agent (0018,0010), which changes HU") {
          $0.traits.hasContrastAgent
        },
        thickness, nearest(to: emission),
      ])
  }

  /// Minutes between a CT and the emission scan it belongs to; a late bed of a long protocol.
  private static let longestVisit = 120.0

  /// A calcium score or a neck CT does not cover what the PET shows.
  private static func coverage(of emission: Series) -> Preference {
    func share(_ ct: Series) -> Double {
      guard let field = emission.grid?.extent, let extent = ct.grid?.extent else { return 0 }
      return field.share(coveredBy: extent)
    }
    return Preference(
      grade: { -share($0) }, tolerance: 0.05,
      reason: { loser, better in
        "it covers \(percent(share(loser))) of \(emission.place); \(better.place) covers "
          + percent(share(better))
      })
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  /// From 1 to 3 mm the thinner the better. Below 1 mm slices cost memory and noise and show no
  /// more than registration can use; above 3 mm they blur along the body.
  private static var thickness: Preference {
    Preference(
      grade: { series in
        let between = series.grid?.spacing.last ?? .infinity
        return between < 1 ? 4 - between : between <= 3 ? between : between + 10
      }, tolerance: 0.05,
      reason: { loser, better in
        func slices(_ series: Series) -> String {
          series.grid.map { "\(($0.spacing[2] * 100).rounded() / 100) mm" } ?? "unknown"
        }
        return "its slices are \(slices(loser)) apart; those of \(better.place) \(slices(better)), "
          + "better for registration"
      })
  }

  /// Of several phases the one taken with the emission scan.
  private static func nearest(to emission: Series) -> Preference {
    Preference(
      grade: { abs($0.minutes(from: emission) ?? .infinity) }, tolerance: 2,
      reason: { _, better in "\(better.place) was taken nearer in time to \(emission.place)" })
  }
}

extension SeriesChoice {
  /// The outlines that belong to the images of a time point.
  ///
  /// - Parameters:
  ///   - images: The series of the time point.
  ///   - frame: Their frame of reference; outlines of another one are never attached.
  public static func structures(
    among series: [SeriesCatalogue.Series], for images: [SeriesCatalogue.Series]
  ) -> SeriesChoice {
    let frames = Set(images.compactMap(\.frameOfReference))
    let uids = Set(images.map(\.uid))
    return SeriesChoice(
      among: series.filter { $0.role == .structureSet || $0.role == .segmentation },
      excluding: { outlines in
        if let refusal = outlines.refusal { return refusal }
        let own = Set(outlines.references?.frames ?? []).union(
          [outlines.frameOfReference].compactMap { $0 })
        return own.isDisjoint(with: frames)
          ? "it was drawn in another frame of reference than that of the images" : nil
      },
      by: [
        .without("it was drawn on other images of the same frame of reference") {
          uids.isDisjoint(with: $0.references?.series ?? [])
        }
      ])
  }
}
