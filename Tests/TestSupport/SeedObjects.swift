import Foundation

/// One small valid object of each kind that is read: seeds for mutation and fuzzing.
public enum SeedObjects {
  /// Names and whole files, in a fixed order.
  public static var all: [(name: String, bytes: [UInt8])] {
    [
      ("ct", TinyDICOM.ct(z: 0)), ("pet", TinyDICOM.pet(z: 0)), ("spect", spect),
      ("rtstruct", structureSet), ("seg", segmentation), ("rtdose", dose), ("sr", report),
      ("reg", registration), ("deformable", deformableRegistration), ("rwvm", valueMap),
      ("enhanced-pet", enhanced(sopClass: "1.2.840.10008.5.1.4.1.1.130")),
      ("enhanced-ct", enhanced(sopClass: "1.2.840.10008.5.1.4.1.1.2.1")),
    ].map { ($0.0, $0.1.file()) }
  }

  private static func item(_ fill: (inout TinyDICOM) -> Void) -> TinyDICOM {
    var d = TinyDICOM()
    fill(&d)
    return d
  }

  private static func code(_ value: String, _ scheme: String, _ meaning: String) -> TinyDICOM {
    item {
      $0.set(0x0008_0100, "SH", value)
      $0.set(0x0008_0102, "SH", scheme)
      $0.set(0x0008_0104, "LO", meaning)
    }
  }

  private static func object(
    _ sopClass: String, _ modality: String, _ fill: (inout TinyDICOM) -> Void
  ) -> TinyDICOM {
    var d = TinyDICOM.slice(sopClass: sopClass, modality: modality, z: 0)
    for tag: UInt32 in [0x0020_0032, 0x0020_0037, 0x7FE0_0010] { d.remove(tag) }
    fill(&d)
    return d
  }

  private static let spect = object("1.2.840.10008.5.1.4.1.1.20", "NM") {
    $0.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION")
    $0.setMatrix(columns: 2, rows: 1)
    $0.set(0x0028_0008, "IS", "3")
    $0.set(0x0018_0088, "DS", "4")
    $0.set(0x0054_0080, unsigned: [3, 1, 2])
    $0.set(
      0x0054_0022,
      items: [
        item {
          $0.set(0x0020_0032, "DS", "1\\2\\100")
          $0.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
        }
      ])
    $0.setPixels([30, 31, 10, 11, 20, 21])
  }

  private static let structureSet = object("1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT") {
    $0.set(
      0x3006_0020,
      items: [
        item {
          $0.set(0x3006_0022, "IS", "1")
          $0.set(0x3006_0024, "UI", "1.2.3.7")
          $0.set(0x3006_0026, "LO", "lesion 1")
        }
      ])
    let contours = [0, 3, 6].map { z in
      item {
        $0.set(0x3006_0042, "CS", "CLOSED_PLANAR")
        $0.set(0x3006_0046, "IS", "4")
        $0.set(0x3006_0050, "DS", "0\\0\\\(z)\\9\\0\\\(z)\\9\\9\\\(z)\\0\\9\\\(z)")
      }
    }
    $0.set(
      0x3006_0039,
      items: [
        item {
          $0.set(0x3006_0084, "IS", "1")
          $0.set(0x3006_0040, items: contours)
        }
      ])
  }

  private static func measures(_ d: inout TinyDICOM) {
    let pixel = item {
      $0.set(0x0018_0050, "DS", "2")
      $0.set(0x0018_0088, "DS", "2")
      $0.set(0x0028_0030, "DS", "2\\2")
    }
    let orientation = item { $0.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0") }
    let scale = item {
      $0.set(0x0028_1052, "DS", "0")
      $0.set(0x0028_1053, "DS", "1.5")
      $0.set(0x0028_1054, "LO", "HU")
    }
    d.set(
      0x5200_9229,
      items: [
        item {
          $0.set(0x0020_9116, items: [orientation])
          $0.set(0x0028_9110, items: [pixel])
          $0.set(0x0028_9145, items: [scale])
        }
      ])
  }

  private static func position(_ z: Int, _ fill: (inout TinyDICOM) -> Void = { _ in })
    -> TinyDICOM
  {
    item {
      $0.set(0x0020_9113, items: [item { $0.set(0x0020_0032, "DS", "0\\0\\\(z)") }])
      fill(&$0)
    }
  }

  private static let segmentation = object("1.2.840.10008.5.1.4.1.1.66.4", "SEG") {
    $0.setMatrix(columns: 3, rows: 3)
    $0.set(0x0028_0008, "IS", "2")
    $0.set(0x0028_0100, unsigned: [1])
    $0.set(0x0028_0101, unsigned: [1])
    $0.set(0x0028_0102, unsigned: [0])
    $0.set(0x0062_0001, "CS", "BINARY")
    $0.set(
      0x0062_0002,
      items: (1...2).map { n in
        item {
          $0.set(0x0062_0004, unsigned: [UInt16(n)])
          $0.set(0x0062_0005, "LO", "lesion \(n)")
        }
      })
    measures(&$0)
    $0.set(
      0x5200_9230,
      items: (1...2).map { n in
        position(2 * n) {
          $0.set(0x0062_000A, items: [item { $0.set(0x0062_000B, unsigned: [UInt16(n)]) }])
        }
      })
    $0.setPixels(bytes: [0b0110_0000, 0b0000_0010, 0])
  }

  private static let dose = object("1.2.840.10008.5.1.4.1.1.481.2", "RTDOSE") {
    $0.setMatrix(columns: 2, rows: 2)
    $0.set(0x0020_0032, "DS", "-10\\-20\\5")
    $0.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
    $0.set(0x0028_0008, "IS", "2")
    $0.set(0x0028_0009, "AT", bytes: [0x04, 0x30, 0x0C, 0x00])
    $0.set(0x0028_0103, unsigned: [0])
    $0.set(0x3004_0002, "CS", "GY")
    $0.set(0x3004_0004, "CS", "PHYSICAL")
    $0.set(0x3004_000A, "CS", "PLAN")
    $0.set(0x3004_000C, "DS", "0\\3")
    $0.set(0x3004_000E, "DS", "0.01")
    $0.setPixels([0, 1, 2, 3, 4, 5, 6, 7])
  }

  private static let report = object("1.2.840.10008.5.1.4.1.1.88.22", "SR") {
    $0.set(0x0040_A040, "CS", "CONTAINER")
    $0.set(0x0040_A043, items: [code("126000", "DCM", "Imaging Measurement Report")])
    let measured = item {
      $0.set(0x0040_08EA, items: [code("g/ml{SUVbw}", "UCUM", "g/ml")])
      $0.set(0x0040_A30A, "DS", "7.5")
    }
    let value = item {
      $0.set(0x0040_A010, "CS", "CONTAINS")
      $0.set(0x0040_A040, "CS", "NUM")
      $0.set(0x0040_A043, items: [code("126401", "DCM", "SUVbw")])
      $0.set(0x0040_A300, items: [measured])
    }
    let identity = item {
      $0.set(0x0040_A010, "CS", "HAS OBS CONTEXT")
      $0.set(0x0040_A040, "CS", "TEXT")
      $0.set(0x0040_A043, items: [code("112039", "DCM", "Tracking Identifier")])
      $0.set(0x0040_A160, "UT", "lesion 1")
    }
    let group = item {
      $0.set(0x0040_A010, "CS", "CONTAINS")
      $0.set(0x0040_A040, "CS", "CONTAINER")
      $0.set(0x0040_A043, items: [code("125007", "DCM", "Measurement Group")])
      $0.set(0x0040_A730, items: [identity, value])
    }
    let groups = item {
      $0.set(0x0040_A010, "CS", "CONTAINS")
      $0.set(0x0040_A040, "CS", "CONTAINER")
      $0.set(0x0040_A043, items: [code("126010", "DCM", "Imaging Measurements")])
      $0.set(0x0040_A730, items: [group])
    }
    $0.set(0x0040_A730, items: [groups])
  }

  private static let matrix = item {
    $0.set(0x3006_00C6, "DS", "1\\0\\0\\5\\0\\1\\0\\-4\\0\\0\\1\\3\\0\\0\\0\\1")
    $0.set(0x0070_030C, "CS", "RIGID")
  }

  private static let registration = object("1.2.840.10008.5.1.4.1.1.66.1", "REG") {
    $0.set(
      0x0070_0308,
      items: ["1.2.3.7", "1.2.3.8"].map { frame in
        item {
          $0.set(0x0020_0052, "UI", frame)
          $0.set(0x0070_0309, items: [item { $0.set(0x0070_030A, items: [matrix]) }])
        }
      })
  }

  private static let deformableRegistration = object("1.2.840.10008.5.1.4.1.1.66.3", "REG") {
    let grid = item {
      $0.set(0x0020_0032, "DS", "0\\0\\0")
      $0.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
      $0.set(0x0064_0007, "UL", bytes: [UInt32(2), 1, 1].flatMap(littleEndian))
      $0.set(0x0064_0008, "FD", bytes: [5.0, 5, 5].flatMap { littleEndian($0.bitPattern) })
      $0.set(
        0x0064_0009, "OF",
        bytes: [Float(1), 2, 3, 4, 5, 6].flatMap { littleEndian($0.bitPattern) })
    }
    $0.set(
      0x0064_0002,
      items: [
        item {
          $0.set(0x0064_0003, "UI", "1.2.3.8")
          $0.set(0x0064_000F, items: [matrix])
          $0.set(0x0064_0010, items: [matrix])
          $0.set(0x0064_0005, items: [grid])
        }
      ])
  }

  private static let valueMap = object("1.2.840.10008.5.1.4.1.1.67", "RWV") {
    let mapping = item {
      $0.set(0x0028_3003, "LO", "SUVbw")
      $0.set(0x0040_08EA, items: [code("g/ml{SUVbw}", "UCUM", "g/ml")])
      $0.set(0x0040_9210, "SH", "SUV")
      $0.set(0x0040_9211, unsigned: [32767])
      $0.set(0x0040_9216, unsigned: [0])
      $0.set(0x0040_9224, double: 0)
      $0.set(0x0040_9225, double: 0.0004)
    }
    let image = item {
      $0.set(0x0008_1150, "UI", "1.2.840.10008.5.1.4.1.1.128")
      $0.set(0x0008_1155, "UI", "1.2.3.9.1")
    }
    $0.set(
      0x0040_9094,
      items: [
        item {
          $0.set(0x0008_1140, items: [image])
          $0.set(0x0040_9096, items: [mapping])
        }
      ])
  }

  private static func enhanced(sopClass: String) -> TinyDICOM {
    let isPET = sopClass.hasSuffix(".130")
    return object(sopClass, isPET ? "PT" : "CT") {
      $0.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\VOLUME\\NONE")
      $0.setMatrix(columns: 2, rows: 1)
      $0.set(0x0028_0008, "IS", "3")
      $0.set(0x0010_1030, "DS", "70")
      $0.set(0x0010_1020, "DS", "1.75")
      if isPET {
        $0.set(0x0018_9758, "CS", "YES")
        $0.set(0x0018_9701, "DT", "20250101110000")
        $0.set(
          0x0054_0016,
          items: [
            item {
              $0.set(0x0018_1078, "DT", "20250101100000")
              $0.set(0x0018_1074, "DS", "368080000")
              $0.set(0x0018_1075, "DS", "6586.2")
            }
          ])
        $0.set(0x0054_1001, "CS", "BQML")
      }
      measures(&$0)
      $0.set(
        0x5200_9230,
        items: (0..<3).map { n in
          position(2 * n) {
            $0.set(
              0x0020_9111,
              items: [
                item {
                  $0.set(0x0018_9074, "DT", "20250101110000")
                  $0.set(0x0018_9220, double: 120_000)
                }
              ])
          }
        })
      $0.setPixels([30, 31, 10, 11, 20, 21])
    }
  }
}
