import GRDB

/// The results of a run as flat tables, one row per number a physicist would query.
public struct ResultTables: Sendable, Hashable {
  public var lesionUptake: [LesionUptakeRow] = []
  public var regionDose: [RegionDoseRow] = []

  public init() {}

  /// One lesion at one time point.
  public struct LesionUptakeRow: Sendable, Hashable {
    public let lesion, timePoint, fate: String
    public let suvMax, suvPeak, suvMean, volumeMillilitres: Double?

    public init(
      lesion: String, timePoint: String, fate: String, suvMax: Double?, suvPeak: Double?,
      suvMean: Double?, volumeMillilitres: Double?
    ) {
      self.lesion = lesion
      self.timePoint = timePoint
      self.fate = fate
      self.suvMax = suvMax
      self.suvPeak = suvPeak
      self.suvMean = suvMean
      self.volumeMillilitres = volumeMillilitres
    }
  }

  /// One organ or lesion in one cycle.
  public struct RegionDoseRow: Sendable, Hashable {
    public let region: String
    public let cycle: Int
    public let tiaMegabecquerelHours, doseGray, doseUncertaintyGray, bedGray: Double?
    /// Why a number is missing, or an empty text.
    public let note: String

    public init(
      region: String, cycle: Int, tiaMegabecquerelHours: Double?, doseGray: Double?,
      doseUncertaintyGray: Double?, bedGray: Double?, note: String
    ) {
      self.region = region
      self.cycle = cycle
      self.tiaMegabecquerelHours = tiaMegabecquerelHours
      self.doseGray = doseGray
      self.doseUncertaintyGray = doseUncertaintyGray
      self.bedGray = bedGray
      self.note = note
    }
  }

  static func create(in database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE lesion_uptake (
          lesion TEXT NOT NULL, time_point TEXT NOT NULL, fate TEXT NOT NULL,
          suvmax_g_per_mL REAL, suvpeak_g_per_mL REAL, suvmean_g_per_mL REAL, volume_mL REAL,
          PRIMARY KEY (lesion, time_point));
        CREATE TABLE region_dose (
          region TEXT NOT NULL, cycle INTEGER NOT NULL, tia_MBq_h REAL, dose_Gy REAL,
          dose_standard_uncertainty_Gy REAL, bed_Gy REAL, note TEXT NOT NULL,
          PRIMARY KEY (region, cycle));
        """)
  }

  func replace(in database: Database) throws {
    try database.execute(sql: "DELETE FROM lesion_uptake; DELETE FROM region_dose;")
    for row in lesionUptake {
      try database.execute(
        sql: "INSERT INTO lesion_uptake VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          row.lesion, row.timePoint, row.fate, row.suvMax, row.suvPeak, row.suvMean,
          row.volumeMillilitres,
        ])
    }
    for row in regionDose {
      try database.execute(
        sql: "INSERT INTO region_dose VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          row.region, row.cycle, row.tiaMegabecquerelHours, row.doseGray, row.doseUncertaintyGray,
          row.bedGray, row.note,
        ])
    }
  }
}
