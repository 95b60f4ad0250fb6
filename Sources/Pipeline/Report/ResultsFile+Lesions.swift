import Lesions
import Quantities
import Response

// What `results.json` says of lesions beside their metrics.

extension ResultsFile {
  struct BurdenEntry: Encodable {
    let timePoint: String
    let lesions: Int
    let volume: Double
    let uptake: Double
    let suvMax, suvMean: Double?

    enum CodingKeys: String, CodingKey {
      case timePoint = "time_point"
      case lesions
      case volume = "volume_mL"
      case uptake = "uptake_g"
      case suvMax = "suvmax_g_per_mL"
      case suvMean = "suvmean_g_per_mL"
    }
  }

  struct EditEntry: Encodable {
    let edit, author, date, reason: String
    let applied, refused: String?

    init(_ replayed: ReplayedEdit) {
      edit = replayed.edit.words
      author = replayed.edit.author
      date = replayed.edit.date
      reason = replayed.edit.reason
      refused = replayed.refusal
      if case .applied(let text) = replayed.outcome { applied = text } else { applied = nil }
    }
  }
}

extension TrackResult {
  var burdenEntries: [ResultsFile.BurdenEntry] {
    zip(scans, burdens).map { scan, burden in
      ResultsFile.BurdenEntry(
        timePoint: scan.timePoint, lesions: burden.lesionCount,
        volume: burden.volume.millilitres, uptake: burden.uptake.grams,
        suvMax: burden.suvMax?.inBaseUnit, suvMean: burden.suvMean?.inBaseUnit)
    }
  }
}

extension UptakeMetrics {
  /// The metrics that say something of an outline that was not drawn on this scan.
  static let carried: [UptakeMetric] = [
    .suvMax, .suvPeak, .suvMean, .metabolicVolume, .totalLesionGlycolysis,
  ]

  var carriedValues: [String: Double] {
    Self.carried.reduce(into: [:]) { values, metric in
      if let value = self[metric].value { values[metric.fileKey] = value }
    }
  }
}

extension UptakeRatios {
  var all: [(key: String, value: Assessment<Double>)] {
    [
      ("suvmax_to_liver", maximumToLiver), ("suvmax_to_blood", maximumToBlood),
      ("suvmean_to_background", meanToBackground),
    ]
  }

  var values: [String: Double] {
    all.reduce(into: [:]) { if let value = $1.value.value { $0[$1.key] = value } }
  }

  var reasons: [String: String] {
    all.reduce(into: [:]) { if let reason = $1.value.reason { $0[$1.key] = reason } }
  }
}
