extension RepeatabilityTable {
  /// Published test-retest data. No entries exist here for Ga-68 DOTATATE, FAPI, CD8 and
  /// granzyme B tracers, nor for recovered means: none were found, and a change is then not
  /// called anything until the site gives its own value.
  public static let published = RepeatabilityTable(
    entries: fdg + psma11 + dcfpyl + flt)

  /// Lodge, J Nucl Med 2017;58:523 reviews tumour SUV as a whole: about 10 %. The wider claim of
  /// QIBA's FDG profile for SUVmax (−28 / +39 %) is ``qibaFDG``.
  private static let fdg = [UptakeMetric.suvMax, .suvPeak, .suvMean, .sulPeak].map {
    Repeatability(
      tracer: .fdg, metric: $0, withinSubjectCV: 0.10,
      source: "Lodge, J Nucl Med 2017;58:523 (tumour SUV)")
  }

  /// SUVmax of F-18 FDG with a within-subject variation of 12 %, which gives the limits −28 and
  /// +39 % of the QIBA FDG-PET/CT profile. Put it before the published entries to use it.
  public static let qibaFDG = Repeatability(
    tracer: .fdg, metric: .suvMax, withinSubjectCV: 0.12,
    source: "QIBA FDG-PET/CT profile (from its limits -28 / +39 %)")

  private static let psma11 = [
    Repeatability(
      tracer: .psma11, metric: .suvMax, site: .bone, withinSubjectCV: 0.117,
      source: "J Nucl Med 2019, doi 10.2967/jnumed.119.236083 (bone)"),
    Repeatability(
      tracer: .psma11, metric: .suvMax, site: .lymphNode, withinSubjectCV: 0.137,
      source: "J Nucl Med 2019, doi 10.2967/jnumed.119.236083 (lymph node)"),
    Repeatability(
      tracer: .psma11, metric: .sulPeak, site: .primary, coefficientPercent: 18,
      source: "EJNMMI Res 2020, Ga-68 PSMA-11 primary tumours, 4 weeks apart"),
  ]

  /// SUVmean, SUVpeak, SUVmax and volume of 36 lesions scanned twice at one centre.
  private static let dcfpyl =
    [
      (UptakeMetric.suvMean, 24.4), (.suvPeak, 25.3), (.suvMax, 31.0), (.metabolicVolume, 28.1),
    ].map { metric, coefficient in
      Repeatability(
        tracer: .dcfpyl, metric: metric, coefficientPercent: coefficient,
        source: "F-18 DCFPyL test-retest, 36 lesions, VU University Medical Center")
    } + [
      Repeatability(
        tracer: .dcfpyl, metric: .totalLesionGlycolysis, withinSubjectCV: 0.24,
        source: "Mol Imaging 2022, 7056983 (total lesion PSMA)")
    ]

  /// De Langen 2009: standard deviation of SUVmax 11 %, of the mean in 41 % of maximum 7 %.
  private static let flt = [(UptakeMetric.suvMax, 0.11), (.suvMean, 0.07)].map { metric, cv in
    Repeatability(
      tracer: .flt, metric: metric, withinSubjectCV: cv,
      source: "de Langen 2009, F-18 FLT test-retest (mean: 41 % of maximum)")
  }
}
