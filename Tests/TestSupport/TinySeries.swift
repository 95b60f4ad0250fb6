import Foundation

/// Ready-made tiny images to start a test from.
extension TinyDICOM {
  /// One axial slice of 3 columns and 2 rows; `pixels` are stored values, columns fastest.
  public static func slice(
    sopClass: String, modality: String, z: Double, pixels: [Int16] = [0, 1, 2, 3, 4, 5],
    series: String = "1.2.3.1"
  ) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", sopClass)
    d.set(0x0008_0018, "UI", "1.2.3.9.\(Int((z * 100).rounded()) + 100_000)")
    d.set(0x0008_0020, "DA", "20250101")
    d.set(0x0008_0021, "DA", "20250101")
    d.set(0x0008_0022, "DA", "20250101")
    d.set(0x0008_0031, "TM", "110000")
    d.set(0x0008_0032, "TM", "110000")
    d.set(0x0008_0060, "CS", modality)
    d.set(0x0010_0010, "PN", "Nobody^Known")
    d.set(0x0010_0020, "LO", "SECRET-ID")
    d.set(0x0018_0050, "DS", "3")
    d.set(0x0020_000D, "UI", "1.2.3")
    d.set(0x0020_000E, "UI", series)
    d.set(0x0020_0032, "DS", "-10\\-20\\\(z)")
    d.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
    d.set(0x0020_0052, "UI", "1.2.3.7")
    d.setMatrix(columns: 3, rows: 2)
    d.set(0x0028_1052, "DS", "0")
    d.set(0x0028_1053, "DS", "1")
    d.setPixels(pixels)
    return d
  }

  public mutating func setMatrix(columns: UInt16, rows: UInt16) {
    set(0x0028_0002, unsigned: [1])
    set(0x0028_0004, "CS", "MONOCHROME2")
    set(0x0028_0010, unsigned: [rows])
    set(0x0028_0011, unsigned: [columns])
    set(0x0028_0030, "DS", "4\\5")
    set(0x0028_0100, unsigned: [16])
    set(0x0028_0101, unsigned: [16])
    set(0x0028_0102, unsigned: [15])
    set(0x0028_0103, unsigned: [1])
  }

  public static func ct(z: Double, pixels: [Int16] = [0, 1, 2, 3, 4, 5]) -> TinyDICOM {
    var d = slice(sopClass: "1.2.840.10008.5.1.4.1.1.2", modality: "CT", z: z, pixels: pixels)
    d.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\AXIAL")
    d.set(0x0028_1052, "DS", "-1024")
    return d
  }

  /// A PET slice of a 70 kg patient, 368.08 MBq of F-18 one hour before.
  public static func pet(z: Double, pixels: [Int16] = [0, 1, 2, 3, 4, 5]) -> TinyDICOM {
    var d = slice(
      sopClass: "1.2.840.10008.5.1.4.1.1.128", modality: "PT", z: z, pixels: pixels,
      series: "1.2.3.2")
    d.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY")
    d.set(0x0010_0040, "CS", "F")
    d.set(0x0010_1020, "DS", "1.75")
    d.set(0x0010_1030, "DS", "70")
    d.set(0x0028_0051, "CS", "DECY\\ATTN\\SCAT")
    var dose = TinyDICOM()
    dose.set(0x0018_1072, "TM", "100000")
    dose.set(0x0018_1074, "DS", "368080000")
    dose.set(0x0018_1075, "DS", "6586.2")
    d.set(0x0054_0016, items: [dose])
    d.set(0x0054_1001, "CS", "BQML")
    d.set(0x0054_1102, "CS", "START")
    return d
  }
}
