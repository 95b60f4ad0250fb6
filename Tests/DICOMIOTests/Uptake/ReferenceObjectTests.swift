import DICOMIO
import Foundation
import TestSupport
import Testing
import Volumes

/// The family of the IBSI SUV reference objects (oncoray/suv_computation, list of objects and
/// what each tests), made anew; every one must show SUVbw 0.20, 1.00 and 4.00.
@Suite struct ReferenceObjectTests {
  @Test(arguments: units + doses + beds + uncorrected + injections)
  func showsItsSUV(object: ReferenceObject) throws {
    try withTemporaryFolder { folder in
      let series = try PETSeries.load(files: object.write(in: folder))
      let sorted = try series.suvVolume().samples.sorted()
      #expect(abs(sorted[0] - 0.2) < 1e-4)
      #expect(abs(sorted[sorted.count / 2] - 1) < 1e-4)
      #expect(abs(sorted[sorted.count - 1] - 4) < 1e-4)
    }
  }

  /// Those of the family that must be refused, with the attribute at fault.
  @Test(arguments: refused)
  func isRefused(object: ReferenceObject, tag: DICOMTag) throws {
    try withTemporaryFolder { folder in
      let series = try PETSeries.load(files: object.write(in: folder))
      let error = #expect(throws: DICOMReadError.self) { try series.suvVolume() }
      #expect(error?.tag == tag)
      #expect(error?.remedy.isEmpty == false)
    }
  }
}

extension ReferenceObjectTests {
  /// James-128 for 70 kg and 175 cm: 1.10·70 − 128·0.16 = 56.52 and 1.07·70 − 148·0.16 = 51.22;
  /// with 120: 57.80. Janmahasatian, BMI 22.857: 9270·70/(6680 + 216·22.857) = 55.8571 and
  /// 9270·70/(8780 + 244·22.857) = 45.1970. Sugawara: 48 + 1.06·23 = 72.38 and
  /// 45.5 + 0.91·23 = 66.43. O is the mean of both.
  static let units: [ReferenceObject] =
    [
      ("LBMJAMES128", "M", 56.52), ("LBMJAMES128", "F", 51.22), ("LBMJAMES128", "O", 53.87),
      ("LBM", "M", 57.80), ("LBM", "F", 51.22), ("IBW", "M", 72.38), ("IBW", "F", 66.43),
      ("IBW", "O", 69.405), ("LBMJANMA", "M", 55.8571), ("LBMJANMA", "F", 45.1970),
      ("LBMJANMA", "O", 50.5270), ("BW", "O", 70),
    ].map { type, sex, kilograms in
      ReferenceObject("GML \(type) \(sex)", valueOfOne: kilograms / 70) { slice, _ in
        slice.set(0x0054_1001, "CS", "GML")
        slice.set(0x0054_1006, "CS", type)
        slice.set(0x0010_0040, "CS", sex)
      }
    } + [
      // Du Bois: 0.007184·70^0.425·175^0.725 = 1.84810 m².
      ReferenceObject("CM2ML", valueOfOne: 18_481.0 / 70_000) { slice, _ in
        slice.set(0x0054_1001, "CS", "CM2ML")
      },
      ReferenceObject("CNTS, SUV factor", valueOfOne: 1 / 0.0005) { slice, _ in
        slice.set(0x0054_1001, "CS", "CNTS")
        slice.set(0x7053_1000, "DS", "0.0005")
      },
      ReferenceObject("CNTS, activity factor", valueOfOne: ReferenceObject.hourOld / 2.5) {
        slice, _ in
        slice.set(0x0054_1001, "CS", "CNTS")
        slice.set(0x7053_1000, "DS", "0")
        slice.set(0x7053_1009, "DS", "2.5")
      },
      ReferenceObject(
        "slope per slice", valueOfOne: [ReferenceObject.hourOld, ReferenceObject.hourOld]
      ) { slice, n in
        // Half the stored values need twice the slope.
        guard n == 1 else { return }
        slice.setPixels([10, 50, 50, 50, 200, 50])
        slice.set(0x0028_1053, "DS", DICOMText.decimal(ReferenceObject.hourOld / 50))
      },
    ]

  static let doses: [ReferenceObject] = [
    ReferenceObject("default"),
    ReferenceObject("dose in MBq") { slice, _ in slice.setInjection(dose: "368.08") },
    ReferenceObject("ADMIN", valueOfOne: ReferenceObject.concentration(after: 0)) { slice, _ in
      slice.set(0x0054_1102, "CS", "ADMIN")
    },
    ReferenceObject(
      "Ga-68", valueOfOne: ReferenceObject.concentration(after: 3600, halfLife: 4057.7)
    ) { slice, _ in slice.setInjection(halfLife: "4057.7") },
  ]

  /// Two beds of 300 s at 11:02 and 11:07, all decay corrected to 11:00; the series was derived
  /// at 11:30. Frame Reference Time counts from 11:00 to the mean count rate, at GE to the begin.
  static let beds: [ReferenceObject] =
    ["SIEMENS", "GE MEDICAL SYSTEMS", "Philips Medical Systems", "Synthetic"].map { vendor in
      ReferenceObject("series time late, \(vendor)") { slice, n in
        slice.set(0x0008_0070, "LO", vendor)
        slice.setTimes(series: "113000", acquisition: n == 0 ? "110200" : "110700")
        let begin = n == 0 ? 120.0 : 420.0
        let mean = vendor.hasPrefix("GE") ? 0 : ReferenceObject.averageCountRate(frame: 300)
        slice.set(0x0054_1300, "DS", String(format: "%.3f", (begin + mean) * 1000))
      }
    } + [
      privateTime("Siemens", block: 0x0071_0010, "SIEMENS MED PT", element: 0x0071_1022),
      privateTime("GE", block: 0x0009_0010, "GEMS_PETD_01", element: 0x0009_100D),
      privateTime("GE in another block", block: 0x0009_0011, "GEMS_PETD_01", element: 0x0009_110D),
      privateTime("GE without creator", block: 0x0008_0070, "GE MEDICAL", element: 0x0009_100D),
    ]

  /// Series derived at 11:30, beds without helpful times, and the scanner's private reference.
  static func privateTime(
    _ name: String, block: UInt32, _ owner: String, element: UInt32
  ) -> ReferenceObject {
    ReferenceObject("private time, \(name)") { slice, n in
      slice.setTimes(series: "113000", acquisition: n == 0 ? "110200" : "110700")
      slice.remove(0x0054_1300)
      slice.set(block, "LO", owner)
      slice.set(element, "DT", "20250101110000.00")
    }
  }

  /// Two beds of 300 s at 11:00 and 11:10, each showing its own mean.
  static let uncorrected: [ReferenceObject] =
    [("BQML", 1.0), ("CNTS", 2.5)].map { units, factor in
      ReferenceObject(
        "NONE, \(units)",
        valueOfOne: [3600, 4200].map {
          ReferenceObject.meanConcentration(after: $0, frame: 300) / factor
        }
      ) { slice, n in
        slice.set(0x0054_1001, "CS", units)
        slice.set(0x7053_1009, "DS", "2.5")
        slice.set(0x0054_1102, "CS", "NONE")
        slice.set(0x0028_0051, "CS", "ATTN")
        slice.setTimes(series: "113000", acquisition: n == 0 ? "110000" : "111000")
      }
    } + [
      // As frames of an enhanced object state it, without a duration.
      ReferenceObject(
        "NONE, frame reference time stated",
        valueOfOne: [3700, 4300].map { ReferenceObject.concentration(after: $0) }
      ) { slice, n in
        slice.set(0x0054_1102, "CS", "NONE")
        slice.set(0x0028_0051, "CS", "ATTN")
        slice.remove(0x0018_1242)
        slice.set(0x0018_9151, "DT", n == 0 ? "20250101110140" : "20250101111140")
      }
    ]

  /// Zr-89, 78.41 h, imaged 96 h after the injection.
  static let injections: [ReferenceObject] = [
    ReferenceObject("only date and time") { slice, _ in slice.setInjection(time: nil) },
    ReferenceObject("only time") { slice, _ in slice.setInjection(dateTime: nil) },
    ReferenceObject("midnight, only time") { slice, _ in
      slice.setInjection(time: "233000", dateTime: nil)
      slice.setTimes(series: "003000", acquisition: "003000")
    },
    ReferenceObject("midnight, date and time") { slice, _ in
      slice.setInjection(time: "233000", dateTime: "20241231233000")
      slice.setTimes(series: "003000", acquisition: "003000")
    },
    ReferenceObject("midnight, acquisition date shifted") { slice, _ in
      slice.setInjection(time: nil, dateTime: "20241231233000")
      slice.setTimes(series: "003000", acquisition: "003000", acquisitionDay: "19500101")
    },
    ReferenceObject(
      "Zr-89 after four days",
      valueOfOne: ReferenceObject.concentration(after: 96 * 3600, halfLife: 282_276)
    ) { slice, _ in
      slice.setInjection(time: nil, dateTime: "20241228110000", halfLife: "282276")
    },
  ]

  static let refused: [(ReferenceObject, DICOMTag)] = [
    fault("weight absent", 0x0010_1030) { $0.remove(0x0010_1030) },
    fault("weight 0", 0x0010_1030) { $0.set(0x0010_1030, "DS", "0") },
    fault("weight in grams", 0x0010_1030) { $0.set(0x0010_1030, "DS", "70000") },
    fault("IBW, sex absent", 0x0010_0040, ideal: true) { $0.remove(0x0010_0040) },
    fault("IBW, sex X", 0x0010_0040, ideal: true) { $0.set(0x0010_0040, "CS", "X") },
    fault("IBW, height absent", 0x0010_1020, ideal: true) { $0.remove(0x0010_1020) },
    fault("IBW, height 0", 0x0010_1020, ideal: true) { $0.set(0x0010_1020, "DS", "0") },
    fault("IBW, height in cm", 0x0010_1020, ideal: true) { $0.set(0x0010_1020, "DS", "175") },
    fault("CNTS without factors", 0x0054_1001) { $0.set(0x0054_1001, "CS", "CNTS") },
    fault("PROPCNTS", 0x0054_1001) { $0.set(0x0054_1001, "CS", "PROPCNTS") },
    fault("GML by BSA", 0x0054_1006) {
      $0.set(0x0054_1001, "CS", "GML")
      $0.set(0x0054_1006, "CS", "BSA")
    },
    fault("dose absent", 0x0018_1074) { $0.setInjection(dose: nil) },
    fault("dose negative", 0x0018_1074) { $0.setInjection(dose: "-368080000") },
    fault("dose in kBq", 0x0018_1074) { $0.setInjection(dose: "368080") },
    fault("dose in GBq", 0x0018_1074) { $0.setInjection(dose: "0.36808") },
    fault("half-life absent", 0x0018_1075) { $0.setInjection(halfLife: nil) },
    fault("late series, frame duration absent", 0x0018_1242) {
      $0.setTimes(series: "113000", acquisition: "110000")
      $0.remove(0x0018_1242)
    },
    fault("NONE, frame duration absent", 0x0018_1242) {
      $0.set(0x0054_1102, "CS", "NONE")
      $0.remove(0x0018_1242)
    },
    fault("no injection time", 0x0018_1078) { $0.setInjection(time: nil, dateTime: nil) },
    fault("Zr-89 with a time only", 0x0018_1078) {
      $0.setInjection(dateTime: nil, halfLife: "282276")
    },
    fault("Zr-89 with a shifted date", 0x0018_1078) {
      $0.setInjection(dateTime: "19600101100000", halfLife: "282276")
    },
    fault("times that contradict each other", 0x0018_1078) {
      $0.setInjection(time: "093000", dateTime: "20250101100000")
    },
  ]

  private static func fault(
    _ name: String, _ tag: UInt32, ideal: Bool = false,
    edit: @escaping @Sendable (inout TinyDICOM) -> Void
  ) -> (ReferenceObject, DICOMTag) {
    let object = ReferenceObject(name) { slice, _ in
      if ideal {
        slice.set(0x0054_1001, "CS", "GML")
        slice.set(0x0054_1006, "CS", "IBW")
      }
      edit(&slice)
    }
    return (object, DICOMTag(UInt16(tag >> 16), UInt16(tag & 0xFFFF)))
  }
}
