import Dosimetry
import Foundation
import Quantities
import Reporting
import Transport

extension FitAnswer {
  private struct File: Encodable {
    struct Term: Encodable { let amplitude_MBq, decay_per_h, half_life_h: Double }
    struct Model: Encodable {
      let model: String
      let parameters: Int
      let aicc, weight: Double?
      let tia_MBq_h: Double
      let tia_sd_MBq_h, largest_variation, largest_correlation: Double?
      let rejected: String?
    }
    struct Dose: Encodable {
      let mass_g, density_g_per_mL, s_value_Gy_per_Bq_s, dose_Gy: Double
      let dose_sd_Gy: Double?
      let low_let_Gy, high_let_Gy: Double
    }
    let radionuclide, method, model: String
    let tia_MBq_h: Double
    let tia_sd_MBq_h: Double?
    let tia_sd_reason: String?
    let tia_fit_sd_MBq_h: Double?
    let tia_shape_sd_MBq_h: Double
    let tia_interval95_MBq_h: [Double]?
    /// Per administered activity.
    let tia_h: Double?
    let tia_back_extrapolated_MBq_h, tia_linear_from_zero_MBq_h: Double
    let tia_piecewise_MBq_h, tia_averaged_MBq_h, tia_averaged_sd_MBq_h: Double?
    let early_phase: String
    let effective_half_life_h: Double
    let effective_half_life_sd_h: Double?
    let extrapolated_fraction: Double
    let planar_factor, planar_factor_relative_uncertainty: Double?
    let terms: [Term]
    let models: [Model]
    let samples: [Sample]
    let dose: Dose?
    let warnings: [String]

    struct Sample: Encodable {
      let time_h, activity_MBq, fitted_MBq: Double
      let sd_MBq: Double?
      let planar: Bool
    }
  }

  public func json() throws -> String {
    String(decoding: try JSONWriter.data(file).dropLast(), as: UTF8.self)
  }

  private var tia: Estimate<TimeIntegratedActivity> { fit.timeIntegratedActivity }

  private var file: File {
    let reason: String? = if case .notKnown(let reason) = tia.uncertainty { reason } else { nil }
    return File(
      radionuclide: radionuclide.symbol, method: request.method.rawValue,
      model: fit.family.rawValue, tia_MBq_h: tia.value.megabecquerelHours,
      tia_sd_MBq_h: tia.standardUncertainty?.megabecquerelHours, tia_sd_reason: reason,
      tia_fit_sd_MBq_h: fit.fitUncertainty?.megabecquerelHours,
      tia_shape_sd_MBq_h: fit.shapeUncertainty.megabecquerelHours,
      tia_interval95_MBq_h: interval95.map { [$0.lowerBound, $0.upperBound] },
      tia_h: request.administered.map { tia.value.megabecquerelHours / $0.megabecquerels },
      tia_back_extrapolated_MBq_h: fit.backExtrapolated.megabecquerelHours,
      tia_linear_from_zero_MBq_h: fit.linearFromZero.megabecquerelHours,
      tia_piecewise_MBq_h: fit.piecewise?.megabecquerelHours,
      tia_averaged_MBq_h: fit.averaged?.value.megabecquerelHours,
      tia_averaged_sd_MBq_h: fit.averaged?.standardUncertainty?.megabecquerelHours,
      early_phase: fit.earlyPhase.rawValue, effective_half_life_h: fit.effectiveHalfLifeHours,
      effective_half_life_sd_h: fit.halfLifeRelativeUncertainty.map {
        $0 * fit.effectiveHalfLifeHours
      }, extrapolated_fraction: fit.extrapolatedFraction, planar_factor: fit.planarFactor,
      planar_factor_relative_uncertainty: fit.planarFactorRelativeUncertainty,
      terms: fit.curve.terms.map {
        File.Term(
          amplitude_MBq: $0.amplitude.megabecquerels, decay_per_h: $0.decayPerHour,
          half_life_h: log(2.0) / $0.decayPerHour)
      }, models: fit.candidates.map(Self.model), samples: fit.samples.map(sample), dose: dose,
      warnings: fit.warnings)
  }

  private static func model(_ candidate: TimeActivityFit.Candidate) -> File.Model {
    File.Model(
      model: candidate.family.rawValue, parameters: candidate.family.parameterCount,
      aicc: candidate.aicc, weight: candidate.weight,
      tia_MBq_h: candidate.timeIntegratedActivity.megabecquerelHours,
      tia_sd_MBq_h: candidate.standardUncertainty?.megabecquerelHours,
      largest_variation: candidate.largestVariation,
      largest_correlation: candidate.largestCorrelation, rejected: candidate.rejected)
  }

  private func sample(_ sample: ActivitySample) -> File.Sample {
    File.Sample(
      time_h: sample.hours, activity_MBq: sample.activity.megabecquerels,
      fitted_MBq: fit.curve.activity(hours: sample.hours).megabecquerels
        * (sample.isPlanar ? fit.planarFactor ?? 1 : 1),
      sd_MBq: sample.standardDeviation?.megabecquerels, planar: sample.isPlanar)
  }

  /// The uncertainty of the activity's integral and of the simulation; mass is taken as exact.
  private var dose: File.Dose? {
    sphere.map { sphere in
      let gray = tia.value.inBaseUnit * sphere.grayPerBecquerelSecond
      return File.Dose(
        mass_g: sphere.mass.grams, density_g_per_mL: request.density,
        s_value_Gy_per_Bq_s: sphere.grayPerBecquerelSecond, dose_Gy: gray,
        dose_sd_Gy: tia.relativeUncertainty.map { gray * hypot($0, sphere.statisticalFraction) },
        low_let_Gy: gray * (1 - sphere.highLETFraction),
        high_let_Gy: gray * sphere.highLETFraction)
    }
  }

  public func text() -> String {
    func line(_ name: String, _ value: String) -> String { name.column(28) + value }
    let u = tia.standardUncertainty.map { " ± \(Digits.significant($0.megabecquerelHours, 3))" }
    let halfLife = fit.halfLifeRelativeUncertainty.map {
      " ± \(Digits.significant($0 * fit.effectiveHalfLifeHours, 2))"
    }
    var lines = [
      line(
        "Time-integrated activity",
        "\(Digits.significant(tia.value.megabecquerelHours, 6))\(u ?? "") MBq·h"),
      line("Model", fit.family.rawValue),
      line(
        "Effective half-life",
        "\(Digits.significant(fit.effectiveHalfLifeHours, 4))\(halfLife ?? "") h"),
      line("After the last scan", "\(Digits.text(fit.extrapolatedFraction * 100, 1)) %"),
      line("Linear from zero instead", amount(fit.linearFromZero)),
    ]
    if let interval = interval95 {
      let low = Digits.significant(interval.lowerBound, 5)
      lines.insert(
        line("95 % interval", "\(low) to \(Digits.significant(interval.upperBound, 5)) MBq·h"),
        at: 1)
    }
    if let factor = fit.planarFactor {
      let u = fit.planarFactorRelativeUncertainty.map { " ± \(Digits.significant($0 * 100, 2)) %" }
      lines.append(line("Planar over SPECT", Digits.significant(factor, 4) + (u ?? "")))
    }
    if let piecewise = fit.piecewise { lines.append(line("Without a model", amount(piecewise))) }
    if let averaged = fit.averaged {
      lines.append(line("Mean over models", amount(averaged.value)))
    }
    lines += fit.candidates.map(row)
    if let dose {
      let u = dose.dose_sd_Gy.map { " ± \(Digits.significant($0, 2))" } ?? ""
      lines.append(
        line(
          "Dose of \(Digits.significant(dose.mass_g, 4)) g",
          "\(Digits.significant(dose.dose_Gy, 4))\(u) Gy, mass taken as exact"))
    }
    if case .notKnown(let reason) = tia.uncertainty {
      lines.append(line("No uncertainty", reason))
    }
    return (lines + fit.warnings.map { "Note: \($0)" }).joined(separator: "\n")
  }

  private func row(_ candidate: TimeActivityFit.Candidate) -> String {
    let weight = candidate.weight.map { "weight \(Digits.text($0, 3))" } ?? "weight not defined"
    let aside: String = candidate.rejected.map { ", set aside: \($0)" } ?? ""
    return TextRow.line(
      ["  " + candidate.family.rawValue, amount(candidate.timeIntegratedActivity), weight + aside],
      [40, 18])
  }

  private func amount(_ tia: TimeIntegratedActivity) -> String {
    "\(Digits.significant(tia.megabecquerelHours, 5)) MBq·h"
  }
}
