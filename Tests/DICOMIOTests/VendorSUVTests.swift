import DICOMIO
import Foundation
import Testing

/// One header of the calculate-suv sample data, as plain facts.
struct VendorCase: Sendable, CustomTestStringConvertible {
  let name: String
  let kilograms: Double
  let becquerels: Double
  let halfLife: Double
  let injection: String
  let series: String
  let acquisition: String
  var frameReference: Double?
  var frameDuration: Double?
  let factor: Double
  let rule: ReferenceTimeRule

  var testDescription: String { name }

  var header: PETHeader {
    var header = PETHeader(file: "vendor.dcm")
    header.units = "BQML"
    header.decayCorrection = "START"
    header.correctedImage = ["DECY", "ATTN"]
    header.weight = kilograms
    header.dose = becquerels
    header.halfLife = halfLife
    header.injectionClock = clock(injection)
    header.series = instant(series)
    header.slices = [
      .init(
        acquisition: instant(acquisition), frameReferenceTime: frameReference,
        frameDuration: frameDuration)
    ]
    return header
  }
}

/// `HH:MM:SS.fff` in seconds after midnight.
func clock(_ text: String) -> Double {
  let parts = text.split(separator: ":").compactMap { Double($0) }
  return parts[0] * 3600 + parts[1] * 60 + parts[2]
}

/// A clock time on some day.
func instant(_ text: String, day: Double = 20_000) -> Date {
  Date(timeIntervalSince1970: day * 86_400 + clock(text))
}

@Suite struct VendorSUVTests {
  /// cornerstonejs/calculate-suv, test/calculateSUV_SampleData.test.ts (MIT): real headers of
  /// four vendors and the factors their SUVs need, tolerance 1e-6 there.
  static let cases: [VendorCase] = [
    .init(
      name: "Siemens", kilograms: 67, becquerels: 374e6, halfLife: 6586.2, injection: "08:30:45",
      series: "10:48:29", acquisition: "10:48:29", frameReference: 38.513, frameDuration: 74.324,
      factor: 0.00042748316187, rule: .seriesTime),
    .init(
      name: "GE, frame reference time 0", kilograms: 52, becquerels: 152_022_720,
      halfLife: 6586.2001953, injection: "08:45:00", series: "09:56:21", acquisition: "09:56:21",
      frameReference: 0, frameDuration: 120, factor: 0.00053673876818, rule: .seriesTime),
    .init(
      name: "Philips BQML, all slices with the series' acquisition time", kilograms: 64,
      becquerels: 126e6, halfLife: 6586.199707, injection: "10:00:58", series: "11:01:55",
      acquisition: "11:01:56", frameReference: 1328.7, frameDuration: 120.7,
      factor: 0.00074637470139, rule: .seriesTime),
    .init(
      name: "Siemens, acquisition 5 microseconds before series", kilograms: 65, becquerels: 225e6,
      halfLife: 6586.2, injection: "11:41:00", series: "12:35:15", acquisition: "12:35:14.999995",
      frameReference: 59.937, frameDuration: 120, factor: 0.00040691568540, rule: .seriesTime),
    .init(
      name: "CPS, series 45 min late", kilograms: 69, becquerels: 388e6, halfLife: 6586.2,
      injection: "12:00:37", series: "13:47:48.234", acquisition: "13:03:48.234",
      frameReference: 0, frameDuration: 180, factor: 0.00026503312764, rule: .earliestAcquisition),
    .init(
      name: "no start date-time", kilograms: 102, becquerels: 412e6, halfLife: 6586.2,
      injection: "12:50:00", series: "13:54:31.843", acquisition: "14:15:56",
      frameReference: 1372.858, frameDuration: 180, factor: 0.00037210892028, rule: .seriesTime),
  ]

  @Test(arguments: cases)
  func factorOfARealHeader(vendor: VendorCase) throws {
    let conversion = try SUVConversion(vendor.header)
    let factor = try #require(conversion.factor)
    #expect(abs(factor - vendor.factor) < 1e-6)
    #expect(conversion.rule == vendor.rule)
  }

  /// The private factor is SUV per count, and weight and dose are not needed.
  @Test(arguments: [(0.000551, true), (0.000728, false)])
  func philipsCountsUseTheScannersOwnFactor(perCount: Double, hasActivityFactor: Bool) throws {
    var header = PETHeader(file: "philips.dcm")
    header.units = "CNTS"
    header.philipsSUVFactor = perCount
    header.philipsActivityFactor = hasActivityFactor ? 1.3 : nil
    header.slices = [.init(acquisition: nil)]
    let conversion = try SUVConversion(header)
    #expect(conversion.scales == [perCount])
    #expect(conversion.factor == nil)
  }

  /// Bq/mL per count times the usual factor.
  @Test func philipsActivityFactorIsTheSecondChoice() throws {
    var header = Self.cases[0].header
    let usual = try #require(SUVConversion(header).factor)
    header.units = "CNTS"
    header.philipsSUVFactor = 0
    header.philipsActivityFactor = 2.5
    #expect(try SUVConversion(header).scales == [usual * 2.5])
  }

  @Test func candidatesAreListedAndALateSeriesTimeIsWarnedOf() throws {
    let conversion = try SUVConversion(Self.cases[4].header)
    #expect(conversion.candidates.map(\.rule) == [.seriesTime, .earliestAcquisition])
    #expect(conversion.candidates[0].secondsFromUsed == 2640)
    #expect(conversion.warnings.contains { $0.contains("differ by more than 5 s") })
  }
}
