import Dosimetry
public import Foundation
import Quantities
import Reporting
import Transport

/// Red-marrow dose from concentrations over time: the answer of `theratrack dose marrow`.
public struct MarrowAnswer: Sendable {
  public struct Request: Sendable {
    public var radionuclide: String
    /// Marrow concentration over the measured one.
    public var ratio: Double

    /// - Throws: ``RequestTextError`` for a ratio that is not from 0.01 to 10.
    public init(radionuclide: String, ratio: String) throws {
      self.radionuclide = radionuclide
      self.ratio = try RequestText.plain(ratio, "--ratio", in: 0.01...10)
    }
  }

  private let request: Request
  private let radionuclide: Radionuclide
  private let fit: TimeActivityFit
  private let marrow: MarrowDose

  /// - Parameter table: CSV `time_h,activity_kBq_per_mL` and `sd_kBq_per_mL` where known.
  /// - Throws: ``TableError`` naming the line, ``CalculatorError``.
  public init(_ table: URL, _ request: Request) throws {
    guard let nuclide = Radionuclide(symbol: request.radionuclide) else {
      throw CalculatorError.radionuclide(request.radionuclide)
    }
    let file = try TableFile(
      table, required: ["time_h", "activity_kBq_per_mL"], optional: ["sd_kBq_per_mL"])
    let samples = try file.rows.map { row throws(TableError) in
      ActivitySample(
        time: .hours(try file.required("time_h", in: row)),
        activity: .becquerels(try file.required("activity_kBq_per_mL", in: row) * 1e3),
        standardDeviation: try file.number("sd_kBq_per_mL", in: row).map { .becquerels($0 * 1e3) })
    }
    do {
      // Blood is fullest at administration, so nothing that starts empty is taken for it.
      let options = TimeActivityFit.Options(
        family: samples.count >= 6 ? nil : .monoExponential)
      fit = try TimeActivityFit.fit(samples, radionuclide: nuclide, options: options)
      let chain = try DecayKernels.energies(parent: nuclide.symbol)
      marrow = try MarrowDose(
        perMillilitre: fit.timeIntegratedActivity.value, ratio: request.ratio, energies: chain)
    } catch let error as DosimetryError {
      throw TableError(
        path: table.path, line: error.row.map { file.rows[$0.number - 1].line },
        reason: error.description, remedy: nil)
    }
    self.request = request
    radionuclide = nuclide
  }

  private struct File: Encodable {
    let radionuclide, model: String
    let tia_kBq_h_per_mL: Double
    let tia_sd_kBq_h_per_mL: Double?
    let ratio, dose_Gy, low_let_Gy, high_let_Gy: Double
    let dose_sd_Gy: Double?
    let warnings: [String]
  }

  /// 1 kBq·h is 3.6 · 10⁶ Bq·s.
  private static let kilobecquerelHour = 3.6e6

  public func json() throws -> String {
    let tia = fit.timeIntegratedActivity
    let file = File(
      radionuclide: radionuclide.symbol, model: fit.family.rawValue,
      tia_kBq_h_per_mL: tia.value.inBaseUnit / Self.kilobecquerelHour,
      tia_sd_kBq_h_per_mL: tia.standardUncertainty.map {
        $0.inBaseUnit / Self.kilobecquerelHour
      }, ratio: request.ratio, dose_Gy: marrow.dose.gray, low_let_Gy: marrow.lowLET.gray,
      high_let_Gy: marrow.highLET.gray,
      dose_sd_Gy: tia.relativeUncertainty.map { $0 * marrow.dose.gray }, warnings: fit.warnings)
    return String(decoding: try JSONWriter.data(file).dropLast(), as: UTF8.self)
  }

  public func text() -> String {
    let tia = fit.timeIntegratedActivity
    let integral = Digits.significant(tia.value.inBaseUnit / Self.kilobecquerelHour, 5)
    let u = tia.relativeUncertainty.map {
      " ± \(Digits.significant($0 * marrow.dose.gray, 2))"
    }
    var lines = [
      "Time-integrated".column(28) + "\(integral) kBq·h/mL, \(fit.family.rawValue)",
      "Marrow dose".column(28) + "\(Digits.significant(marrow.dose.gray, 4))\(u ?? "") Gy",
    ]
    if marrow.highLET > .zero {
      lines.append(
        "  of it high LET".column(28) + "\(Digits.significant(marrow.highLET.gray, 4)) Gy")
    }
    lines.append(
      "Marrow over measured".column(28) + "\(Digits.significant(request.ratio, 3)), as given")
    lines.append("Photons from the rest of the body are not in it.")
    return (lines + fit.warnings.map { "Note: \($0)" }).joined(separator: "\n")
  }
}
