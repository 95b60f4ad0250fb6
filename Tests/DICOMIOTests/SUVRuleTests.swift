import DICOMIO
import Foundation
import Quantities
import Testing

@Suite struct SUVRuleTests {
  /// The IBSI reference object: 70 kg, 368.08 MBq, one hour, F-18.
  static func reference() -> PETHeader {
    var header = PETHeader(file: "reference.dcm")
    header.units = "BQML"
    header.decayCorrection = "START"
    header.correctedImage = ["DECY", "ATTN"]
    header.weight = 70
    header.height = 1.75
    header.sex = .male
    header.dose = 368.08e6
    header.halfLife = 6586.2
    header.injection = instant("10:00:00")
    header.injectionClock = clock("10:00:00")
    header.series = instant("11:00:00")
    header.slices = [.init(acquisition: instant("11:00:00"))]
    return header
  }

  /// 70 000 g / (368.08 MBq · 2^(−3600/6586.2)), worked by hand: 2.777781e-4.
  static let factor = 70_000 / (368.08e6 * pow(2, -3600 / 6586.2))

  @Test func oneHourOfFluorine() throws {
    let factor = try #require(SUVConversion(Self.reference()).factor)
    #expect(abs(factor / Self.factor - 1) < 1e-12)
    #expect(abs(factor - 2.777781e-4) < 1e-9)
  }

  @Test func administrationNeedsNoDecay() throws {
    var header = Self.reference()
    header.decayCorrection = "ADMIN"
    #expect(try SUVConversion(header).factor == 70_000 / 368.08e6)
    header.injection = nil
    header.injectionClock = nil
    #expect(try SUVConversion(header).factor == 70_000 / 368.08e6)
  }

  /// A frame of one half-life shows its mean activity at −log2(0.5/ln 2) = 0.471234 half-lives:
  /// mean over [0,1] of 2^−t is 0.5/ln 2 = 0.721348.
  @Test func withoutDecayCorrectionEachSliceHasItsOwnTime() throws {
    var header = Self.reference()
    header.decayCorrection = "NONE"
    header.correctedImage = ["ATTN"]
    header.slices = [
      .init(acquisition: instant("11:00:00"), frameDuration: 6586.2),
      .init(acquisition: instant("12:00:00"), frameDuration: 6586.2),
    ]
    let conversion = try SUVConversion(header)
    let expected = Self.factor / 0.7213475204
    #expect(abs(conversion.scales[0] / expected - 1) < 1e-9)
    #expect(abs(conversion.scales[1] / conversion.scales[0] - pow(2, 3600 / 6586.2)) < 1e-9)
    #expect(conversion.factor == nil)
    #expect(conversion.rule == .perSlice)
  }

  @Test func doseInMegabecquerelIsSeenAndSaid() throws {
    var header = Self.reference()
    header.dose = 368.08
    let conversion = try SUVConversion(header)
    let factor = try #require(conversion.factor)
    #expect(abs(factor / Self.factor - 1) < 1e-12)
    #expect(conversion.warnings.contains { $0.contains("(0018,1074)") })
  }

  @Test func injectionBeforeMidnight() throws {
    var header = Self.reference()
    header.injection = nil
    header.injectionClock = clock("23:30:00")
    header.series = instant("00:30:00")
    header.slices = [.init(acquisition: instant("00:30:00"))]
    let factor = try #require(SUVConversion(header).factor)
    #expect(abs(factor / Self.factor - 1) < 1e-12)
  }

  /// A scan days after the injection counts the days, as Y-90 and Zr-89 need.
  @Test func daysBetweenInjectionAndScanCount() throws {
    var header = Self.reference()
    header.halfLife = 78.41 * 3600
    header.series = instant("10:00:00", day: 20_004)
    header.slices = [.init(acquisition: instant("10:00:00", day: 20_004))]
    let factor = try #require(SUVConversion(header).factor)
    #expect(abs(factor / (70_000 / (368.08e6 * pow(2, -96 / 78.41))) - 1) < 1e-12)
  }

  @Test func aShiftedInjectionDateIsMendedOnlyWhenTheClockAgrees() throws {
    var header = Self.reference()
    header.injection = instant("10:00:00", day: 20_001)
    let conversion = try SUVConversion(header)
    #expect(abs((conversion.factor ?? 0) / Self.factor - 1) < 1e-12)
    #expect(conversion.warnings.contains { $0.contains("(0018,1078)") })
    header.injectionClock = clock("09:00:00")
    let error = #expect(throws: DICOMReadError.self) { try SUVConversion(header) }
    #expect(error?.tag == DICOMTag(0x0018, 0x1078))
  }

  @Test func backComputationServesWhenTheSeriesTimeIsLate() throws {
    var header = Self.reference()
    header.series = instant("15:00:00")
    // Mid-frame of a short frame is its average count rate to 1 ms: two beds, one reference.
    header.slices = [
      .init(acquisition: instant("11:02:00"), frameReferenceTime: 150, frameDuration: 60),
      .init(acquisition: instant("11:04:00"), frameReferenceTime: 270, frameDuration: 60),
    ]
    let conversion = try SUVConversion(header)
    #expect(conversion.rule == .backComputed)
    #expect(abs((conversion.factor ?? 0) / Self.factor - 1) < 1e-4)
  }

  @Test func aMissingBedIsRefusedWhereTheEarliestAcquisitionWouldDecide() {
    var header = Self.reference()
    header.series = instant("15:00:00")
    header.declaredSliceCount = 2
    let error = #expect(throws: DICOMReadError.self) { try SUVConversion(header) }
    #expect(error?.tag == DICOMTag(0x0054, 0x0081))
  }

  @Test func privateScanStartOfGEComesFirst() throws {
    var header = Self.reference()
    header.series = instant("11:30:00")
    header.scanStartAfterInjection = instant("11:00:00")
    let conversion = try SUVConversion(header)
    #expect(conversion.rule == .geScanStart)
    #expect(abs((conversion.factor ?? 0) / Self.factor - 1) < 1e-12)
  }

  /// Stored SUVs of another body size, 70 kg and 175 cm: James-128 gives 56.52 kg for a man.
  @Test(arguments: [
    ("BW", 1.0), ("LBMJAMES128", 70 / 56.52), ("IBW", 70 / 72.38),
  ])
  func storedSUVBecomesSUVByBodyWeight(type: String, ratio: Double) throws {
    var header = Self.reference()
    header.units = "GML"
    header.suvType = type
    let conversion = try SUVConversion(header)
    #expect(abs(conversion.scales[0] - ratio) < 1e-9)
    #expect(conversion.factor == nil)
  }

  /// Each must name the attribute and a way out.
  @Test(arguments: [
    ("weight 0", DICOMTag(0x0010, 0x1030)), ("no weight", DICOMTag(0x0010, 0x1030)),
    ("weight in gram", DICOMTag(0x0010, 0x1030)), ("PROPCPS", DICOMTag(0x0054, 0x1001)),
    ("CNTS", DICOMTag(0x0054, 0x1001)), ("no units", DICOMTag(0x0054, 0x1001)),
    ("no dose", DICOMTag(0x0018, 0x1074)), ("no half-life", DICOMTag(0x0018, 0x1075)),
    ("no injection", DICOMTag(0x0018, 0x1078)), ("no correction", DICOMTag(0x0054, 0x1102)),
    ("no attenuation", DICOMTag(0x0028, 0x0051)), ("no times", DICOMTag(0x0008, 0x0032)),
  ])
  func whatCannotBecomeSUVIsRefused(fault: String, tag: DICOMTag) throws {
    var header = Self.reference()
    switch fault {
    case "weight 0": header.weight = 0
    case "no weight": header.weight = nil
    case "weight in gram": header.weight = 70_000
    case "PROPCPS", "CNTS": header.units = fault
    case "no units": header.units = nil
    case "no dose": header.dose = nil
    case "no half-life": header.halfLife = nil
    case "no injection": (header.injection, header.injectionClock) = (nil, nil)
    case "no correction": header.decayCorrection = nil
    case "no attenuation": header.correctedImage = ["DECY"]
    default: (header.series, header.slices) = (nil, [.init(acquisition: nil)])
    }
    let error = #expect(throws: DICOMReadError.self) { try SUVConversion(header) }
    #expect(error?.tag == tag)
    #expect(error?.remedy.isEmpty == false)
    #expect(error?.file == "reference.dcm")
  }
}
