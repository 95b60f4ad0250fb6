import DICOMIO
import Foundation
import TestSupport
import Testing

/// A two-slice object of the kind of the IBSI SUV reference objects: 70 kg, 1.75 m, 368.08 MBq of
/// F-18 at 10:00, decay corrected to 11:00; SUVbw is 0.2, 1 and 4 in its voxels.
///
/// Each variant says in `valueOfOne` what its rescaled pixels hold where SUVbw is 1, worked out
/// here from the definition and not by the code under test.
struct ReferenceObject: Sendable, CustomTestStringConvertible {
  let name: String
  /// One per slice.
  var valueOfOne: [Double]
  var edit: @Sendable (inout TinyDICOM, Int) -> Void = { _, _ in }

  var testDescription: String { name }

  init(
    _ name: String, valueOfOne: [Double], edit: @escaping @Sendable (inout TinyDICOM, Int) -> Void
  ) {
    (self.name, self.valueOfOne, self.edit) = (name, valueOfOne, edit)
  }

  init(
    _ name: String, valueOfOne: Double = Self.hourOld,
    edit: @escaping @Sendable (inout TinyDICOM, Int) -> Void = { _, _ in }
  ) {
    self.init(name, valueOfOne: [valueOfOne, valueOfOne], edit: edit)
  }

  static let grams = 70_000.0
  static let dose = 368.08e6
  static let halfLife = 6586.2

  /// Bq/mL of SUVbw 1: A·2^(−t/T½) / W.
  static func concentration(
    after seconds: Double, halfLife: Double = halfLife, dose: Double = dose
  ) -> Double {
    dose * pow(2, -seconds / halfLife) / grams
  }

  static let hourOld = concentration(after: 3600)

  /// Mean of the decaying concentration over a frame that starts `seconds` after the injection.
  static func meanConcentration(after seconds: Double, frame: Double) -> Double {
    let x = log(2) * frame / halfLife
    return concentration(after: seconds) * (1 - exp(-x)) / x
  }

  /// Seconds from the start of a frame to its mean count rate.
  static func averageCountRate(frame: Double) -> Double {
    -log2((1 - exp(-log(2) * frame / halfLife)) / (log(2) * frame / halfLife)) * halfLife
  }

  func slices() -> [TinyDICOM] {
    valueOfOne.enumerated().map { n, one in
      var slice = TinyDICOM.pet(z: Double(n) * 3, pixels: [20, 100, 100, 100, 400, 100])
      slice.set(0x0028_1053, "DS", DICOMText.decimal(one / 100))
      slice.set(0x0010_0040, "CS", "O")
      slice.set(0x0008_0070, "LO", "Synthetic")
      slice.set(0x0018_1242, "IS", "300000")
      slice.set(0x0054_1300, "DS", "149605")
      slice.setInjection()
      edit(&slice, n)
      return slice
    }
  }

  func write(in folder: URL) throws -> [URL] {
    try slices().enumerated().map { n, slice in
      let url = folder.appending(path: "\(n).dcm")
      try slice.write(to: url)
      return url
    }
  }
}

enum DICOMText {
  /// A DS value: at most 16 characters.
  static func decimal(_ value: Double) -> String { String(format: "%.9e", value) }
}

extension TinyDICOM {
  /// The only item of Radiopharmaceutical Information Sequence; `nil` leaves an attribute out.
  mutating func setInjection(
    time: String? = "100000", dateTime: String? = "20250101100000",
    dose: String? = "368080000", halfLife: String? = "6586.2"
  ) {
    var item = TinyDICOM()
    if let time { item.set(0x0018_1072, "TM", time) }
    if let dose { item.set(0x0018_1074, "DS", dose) }
    if let halfLife { item.set(0x0018_1075, "DS", halfLife) }
    if let dateTime { item.set(0x0018_1078, "DT", dateTime) }
    set(0x0054_0016, items: [item])
  }

  /// Series and acquisition on one day; acquisition may be on another.
  mutating func setTimes(
    series: String, acquisition: String, day: String = "20250101", acquisitionDay: String? = nil
  ) {
    set(0x0008_0021, "DA", day)
    set(0x0008_0022, "DA", acquisitionDay ?? day)
    set(0x0008_0031, "TM", series)
    set(0x0008_0032, "TM", acquisition)
  }
}
