public import Foundation
public import Quantities

/// What was injected, and when.
public struct Radiopharmaceutical: Sendable {
  public var name: String
  public var nuclide: Radionuclide
  public var activity: Activity
  public var injection: Date

  public init(name: String, nuclide: Radionuclide, activity: Activity, injection: Date) {
    self.name = name
    self.nuclide = nuclide
    self.activity = activity
    self.injection = injection
  }

  /// The item of Radiopharmaceutical Information Sequence (0054,0016).
  ///
  /// - Parameter dose: PET states Radionuclide Total Dose in Bq, NM in MBq (PS3.3 C.8.9.2 and
  ///   C.8.4.10).
  func item(dose: Double) -> [WrittenAttribute] {
    let time = DICOMTime(injection)
    var item: [WrittenAttribute] = [
      .init(0x0018, 0x0031, name), .init(0x0018, 0x1070, "Intravenous route"),
      .init(0x0018, 0x1072, time.time), .init(0x0018, 0x1074, DecimalString.of(dose)),
      .init(0x0018, 0x1075, DecimalString.of(nuclide.halfLife.inSeconds)),
      .init(0x0018, 0x1078, time.date + time.time), codes,
    ]
    if let fraction = positronFraction {
      item.append(.init(0x0018, 0x1076, DecimalString.of(fraction)))
    }
    return item
  }

  /// Radionuclide Code Sequence, from CID 4020 (PET) and CID 18 (NM) of PS3.16.
  private var codes: WrittenAttribute {
    switch nuclide {
    case .gallium68: .code(0x0054, 0x0300, "35337001", "SCT", "^68^Gallium")
    case .fluorine18: .code(0x0054, 0x0300, "77004003", "SCT", "^18^Fluorine")
    default:
      .init(
        0x0054, 0x0300,
        items: [
          WrittenAttribute.codeItem(nuclide.symbol, "99THERATRACK", caretName)
        ])
    }
  }

  /// The meaning as PS3.16 writes nuclides: mass number between carets, then the element.
  private var caretName: String {
    let parts = nuclide.symbol.split(separator: "-")
    guard parts.count == 2 else { return nuclide.symbol }
    let elements = [
      "Lu": "Lutetium", "I": "Iodine", "Y": "Yttrium", "Cu": "Copper", "Zr": "Zirconium",
      "Ac": "Actinium",
    ]
    return "^\(parts[1])^\(elements[String(parts[0])] ?? String(parts[0]))"
  }

  /// Positrons per decay, ENSDF as of September 2023; `nil` where the table has none.
  private var positronFraction: Double? {
    switch nuclide {
    case .gallium68: 0.8891
    case .fluorine18: 0.9673
    default: nil
    }
  }
}

extension [WrittenAttribute] {
  /// Lying on the back, head first (PS3.3 C.8.4.6): NM and PET state position by codes.
  static var headFirstSupine: [WrittenAttribute] {
    [
      .code(
        0x0054, 0x0410, "102538003", "SCT", "recumbent",
        and: [.code(0x0054, 0x0412, "40199007", "SCT", "supine")]),
      .code(0x0054, 0x0414, "102540008", "SCT", "headfirst"),
    ]
  }
}
