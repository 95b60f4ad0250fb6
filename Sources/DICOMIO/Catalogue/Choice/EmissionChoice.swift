import Foundation

extension SeriesChoice {
  /// The PET or SPECT to quantify among the series of one visit.
  ///
  /// The order of the rules: what makes a value wrong (corrections, broken stacks), then what makes
  /// it another examination (part of the body, a later scan), then what makes it less comparable
  /// (another reconstruction).
  ///
  /// - Parameter usual: Reconstructions that the other visits have too; a change between visits is
  ///   only seen when both were reconstructed in one way.
  public static func emission(
    among images: [SeriesCatalogue.Series], usual: Set<String> = []
  ) -> SeriesChoice {
    SeriesChoice(
      among: images, excluding: exclusion,
      by: [
        .without("its slices do not make a volume; see its problems") { $0.isBroken },
        .without("it has no attenuation correction (Corrected Image (0028,0051) lacks ATTN)") {
          !($0.uptake?.correctedImage.contains("ATTN") ?? false)
        },
        .without("made from another series (Image Type (0008,0008) is DERIVED or SECONDARY)") {
          $0.role == .derivedPET
        },
        .without("it is not decay corrected (Decay Correction (0054,1102) is NONE)") {
          $0.uptake?.decayCorrection == "NONE"
        },
        .without("its headers allow no SUV; see its problems") { series in
          series.problems.contains { $0.hasPrefix(SeriesCatalogue.Series.noSUV) }
        },
        .without("its values have no unit of activity (Units (0054,1001))") {
          $0.role == .spect && $0.uptake?.units != "BQML"
        },
        coverage(of: images),
        .without("it is incomplete; see its problems") { $0.isIncomplete },
        earliest,
        .without("its reconstruction is not the one that the other visits have") { series in
          !usual.isEmpty && !(series.traits.reconstruction.map(usual.contains) ?? false)
        },
        .without("it is not the reconstruction that is named EARL (harmonised for quantification)")
        {
          !$0.traits.words.contains { $0.hasPrefix("EARL") }
        },
      ])
  }

  private static func exclusion(_ series: Series) -> String? {
    if let refusal = series.refusal { return refusal }
    switch series.role {
    case .pet, .derivedPET, .spect: return nil
    case .petWithoutAttenuationCorrection:
      return "it has no attenuation correction (Corrected Image (0028,0051) lacks ATTN)"
    case .dynamicPET: return "a dynamic series of several time frames; a static one is needed"
    case .gatedPET: return "a gated series; a static one is needed"
    default: return "it is no PET or SPECT volume"
    }
  }

  /// An extra bed over the head and neck is not the scan of the body.
  private static func coverage(of images: [Series]) -> Preference {
    let longest = images.compactMap { $0.grid?.extent?.length }.max() ?? 1
    return Preference(
      grade: { -($0.grid?.extent?.length ?? 0) / longest }, tolerance: 0.05,
      reason: { loser, better in
        "it covers \(millimetres(loser)) of the body; \(better.place) covers \(millimetres(better))"
      })
  }

  private static func millimetres(_ series: Series) -> String {
    series.grid?.extent.map { "\(Int($0.length.rounded())) mm" } ?? "an unknown length"
  }

  /// The first acquisition is the one at the usual uptake time; a second one is named, since it
  /// may be the one that is meant.
  private static var earliest: Preference {
    Preference(
      grade: { ($0.start ?? .distantFuture).timeIntervalSinceReferenceDate / 60 }, tolerance: 10,
      isForUser: true,
      reason: { loser, better in
        let later = loser.minutes(from: better).map { "\(Int($0.rounded())) min" } ?? "some time"
        return "another acquisition, \(later) after \(better.place)"
      })
  }
}
