import DICOMIO
import Foundation
import Testing

@Suite struct ReferenceTimeTests {
  /// A private time on another date than the scan was shifted by de-identification.
  @Test func aPrivateTimeOfAnotherDayIsNotUsed() throws {
    var header = SUVRuleTests.reference()
    header.siemensDecayCorrection = instant("11:00:00", day: 19_999)
    let conversion = try SUVConversion(header)
    #expect(conversion.rule == .seriesTime)
    #expect(conversion.factor == SUVRuleTests.factor)
    #expect(conversion.warnings.contains { $0.contains("(0071,1022)") })
    #expect(conversion.candidates.first?.rule == .siemensDecayCorrection)
  }

  /// Six beds of a GE scanner, all with the acquisition time of the first and with Frame Reference
  /// Time counted to the begin of each bed, as real headers have it: the slices do not agree.
  @Test func bedsThatShareAnAcquisitionTimeDoNotMisleadGE() throws {
    var header = SUVRuleTests.reference()
    header.manufacturer = "GE MEDICAL SYSTEMS"
    header.slices = [1215, 972, 729, 486, 243, 0].map {
      .init(acquisition: instant("11:00:00"), frameReferenceTime: $0, frameDuration: 240)
    }
    let conversion = try SUVConversion(header)
    #expect(conversion.rule == .seriesTime)
    #expect(!conversion.warnings.contains { $0.contains("differ") })
    header.series = instant("12:00:00")
    #expect(try SUVConversion(header).rule == .earliestAcquisition)
    #expect(abs((try SUVConversion(header).factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12)
  }

  /// The first bed is missing and the series time late: only Frame Reference Time still knows.
  @Test func framesCountedToTheirBeginServeWithoutTheFirstBed() throws {
    var header = SUVRuleTests.reference()
    header.manufacturer = "GE MEDICAL SYSTEMS"
    header.declaredSliceCount = 3
    header.series = instant("12:00:00")
    header.slices = [
      .init(acquisition: instant("11:04:00"), frameReferenceTime: 240, frameDuration: 240),
      .init(acquisition: instant("11:08:00"), frameReferenceTime: 480, frameDuration: 240),
    ]
    let conversion = try SUVConversion(header)
    #expect(conversion.rule == .frameBegin)
    #expect(abs((conversion.factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12)
  }

  /// What an enhanced object states: one reference for all frames, or one for each.
  @Test func enhancedObjectsStateTheirReference() throws {
    var header = SUVRuleTests.reference()
    header.series = instant("12:30:00")
    header.decayCorrectionDateTime = instant("11:00:00")
    header.slices = [.init(acquisition: instant("11:05:00"))]
    #expect(try SUVConversion(header).rule == .decayCorrectionDateTime)
    #expect(try SUVConversion(header).factor == SUVRuleTests.factor)
    header.decayCorrection = "NONE"
    header.decayCorrectionDateTime = nil
    header.slices = ["11:00:00", "12:00:00"].map {
      .init(acquisition: nil, frameReference: instant($0))
    }
    let scales = try SUVConversion(header).scales
    #expect(abs(scales[0] / SUVRuleTests.factor - 1) < 1e-12)
    #expect(abs(scales[1] / scales[0] - pow(2, 3600 / 6586.2)) < 1e-12)
  }

  /// A later time frame read alone is still corrected to the begin of the first.
  @Test func aLaterFrameKeepsTheReferenceOfTheSeries() throws {
    var header = SUVRuleTests.reference()
    header.series = instant("13:00:00")
    header.slices = [.init(acquisition: instant("11:20:00"))]
    header.firstAcquisition = instant("11:00:00")
    #expect(try SUVConversion(header).factor == SUVRuleTests.factor)
  }
}
