public import Quantities

/// All lesions of one scan together. An outline that lesions share counts once.
public struct TumourBurden: Sendable, Hashable, Codable {
  public let lesionCount: Int
  /// Total metabolic tumour volume for FDG; receptor-expressing volume for PSMA and SSTR.
  public let volume: TissueVolume
  /// Σ SUVmean × volume: total lesion glycolysis, or total lesion PSMA or SSTR.
  public let uptake: Mass
  /// Highest of all lesions; `nil` without lesions.
  public let suvMax: SUVbw?
  /// Mean over the whole volume; `nil` without lesions.
  public let suvMean: SUVbw?

  public init(of lesions: [UptakeMetrics]) {
    lesionCount = lesions.count
    let millilitres = lesions.reduce(0) { $0 + $1.metabolicVolume.millilitres }
    let grams = lesions.reduce(0) { $0 + $1.totalLesionGlycolysis.grams }
    volume = .millilitres(millilitres)
    uptake = .grams(grams)
    suvMax = lesions.map(\.suvMax).max()
    suvMean = millilitres > 0 ? .gramsPerMillilitre(grams / millilitres) : nil
  }
}
