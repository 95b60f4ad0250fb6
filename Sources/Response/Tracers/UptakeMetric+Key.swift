extension UptakeMetric {
  /// Name in packs, tables and files: `suvmax`.
  public var key: String {
    switch self {
    case .suvMax: "suvmax"
    case .suvPeak: "suvpeak"
    case .suvMean: "suvmean"
    case .sulPeak: "sulpeak"
    case .metabolicVolume: "volume"
    case .totalLesionGlycolysis: "tlg"
    case .recoveredMean: "suvmean_recovered"
    }
  }

  public init?(key: String) {
    guard let metric = Self.allCases.first(where: { $0.key == key }) else { return nil }
    self = metric
  }
}
