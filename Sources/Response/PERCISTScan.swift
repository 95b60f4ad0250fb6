public import Lesions
public import Quantities

/// One scan as PERCIST 1.0 sees it.
public struct PERCISTScan: Sendable, Hashable, Codable {
  public let id: String
  public var lesions: [Lesion]
  /// Liver mean and SD in SUL; not assessable when no reference could be placed.
  public var liver: Assessment<Liver>
  /// From injection to acquisition.
  public var uptakeTime: Duration?
  public var injectedActivity: Activity?
  public var weeksSinceTreatmentStart: Double?

  public init(
    id: String, lesions: [Lesion], liver: Assessment<Liver>, uptakeTime: Duration? = nil,
    injectedActivity: Activity? = nil, weeksSinceTreatmentStart: Double? = nil
  ) {
    self.id = id
    self.lesions = lesions
    self.liver = liver
    self.uptakeTime = uptakeTime
    self.injectedActivity = injectedActivity
    self.weeksSinceTreatmentStart = weeksSinceTreatmentStart
  }

  public struct Liver: Sendable, Hashable, Codable {
    public let mean: SUVlbm
    public let standardDeviation: SUVlbm

    public init(mean: SUVlbm, standardDeviation: SUVlbm) {
      self.mean = mean
      self.standardDeviation = standardDeviation
    }

    /// The 3 cm reference sphere in SUL.
    public init(_ reference: LiverReference, leanBodyFraction: Double) {
      func sul(_ suv: SUVbw) -> SUVlbm {
        .gramsPerMillilitre(suv.inBaseUnit * leanBodyFraction)
      }
      self.init(mean: sul(reference.mean), standardDeviation: sul(reference.standardDeviation))
    }
  }

  /// One lesion track at this scan, with its fate there.
  public struct Lesion: Sendable, Hashable, Codable {
    public let track: String
    /// For the rule of at most two lesions per organ; `nil` when not known.
    public let organ: String?
    public let sulPeak: Assessment<SUVlbm>
    public let totalLesionGlycolysis: Mass?
    public let fate: LesionTrack.Fate

    public init(
      track: String, organ: String? = nil, sulPeak: Assessment<SUVlbm>,
      totalLesionGlycolysis: Mass? = nil, fate: LesionTrack.Fate = .present
    ) {
      self.track = track
      self.organ = organ
      self.sulPeak = sulPeak
      self.totalLesionGlycolysis = totalLesionGlycolysis
      self.fate = fate
    }
  }

  /// The lesion with the highest SULpeak.
  var hottest: (lesion: Lesion, sul: Double)? { ranked.first }

  /// Lesions with a SULpeak, highest first.
  var ranked: [(lesion: Lesion, sul: Double)] {
    lesions.compactMap { lesion in
      lesion.sulPeak.value.map { (lesion, $0.inBaseUnit) }
    }.sorted { ($0.sul, $1.lesion.track) > ($1.sul, $0.lesion.track) }
  }

  /// Tracks whose state here is unknown.
  var unknown: [Lesion] {
    lesions.filter {
      switch $0.fate {
      case .outOfField, .notAssessable: true
      case .present, .reappeared, .new, .firstAssessable, .split, .partOf: $0.sulPeak.value == nil
      case .notYetSeen, .vanished, .merged: false
      }
    }
  }
}
