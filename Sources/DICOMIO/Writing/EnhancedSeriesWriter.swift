public import Foundation
import Geometry
public import Quantities
public import Volumes

/// Writes volumes as enhanced multi-frame CT and PET (PS3.3 A.38, A.56), or as Legacy Converted
/// ones (A.70, A.72), with the stored values and rescales of the classic writers.
public enum EnhancedSeriesWriter {
  private static let imageType = "DERIVED\\PRIMARY\\VOLUME\\NONE"

  public static func write(
    _ volume: Volume<Hounsfield>, header: SeriesHeader, layout: EnhancedLayout = .init(),
    into folder: URL
  ) throws -> WrittenSeries {
    let perSlice = volume.grid.size.x * volume.grid.size.y
    let acquired = EnhancedImage.Acquired(
      start: header.start, reference: header.start, duration: .seconds(1))
    let image = EnhancedImage(
      modality: "CT",
      sopClass: layout.isLegacyConverted ? SOPClass.legacyConvertedCT : SOPClass.enhancedCT,
      grid: volume.grid, header: header, bitsStored: 12, isSigned: false,
      attributes: [
        .init(0x0008, 0x0008, imageType), .init(0x0018, 0x5100, "HFS"),
        .init(0x0018, 0x9004, "RESEARCH"),
      ],
      shared: [
        EnhancedImage.frameType(0x0018, 0x9329),
        EnhancedImage.rescale(
          slope: "1", intercept: DecimalString.of(CTSeriesWriter.intercept), type: "HU"),
        // Irradiation Event Identification: the whole series is one event.
        .init(
          0x0018, 0x9477,
          items: [[.init(0x0008, 0x3010, header.uids.uid("\(header.seriesUID) irradiation"))]]),
      ],
      frame: { k in
        let samples = volume.samples[(k * perSlice)..<((k + 1) * perSlice)]
        return ([], acquired, CTSeriesWriter.stored(samples))
      })
    return try image.write(layout, into: folder)
  }

  /// - Parameter volume: Bq/mL, decay-corrected to the start of the series.
  public static func write(
    _ volume: Volume<ActivityConcentration>, header: SeriesHeader, tracer: Radiopharmaceutical,
    beds: PETSeriesWriter.Beds, layout: EnhancedLayout = .init(), into folder: URL
  ) throws -> WrittenSeries {
    let perSlice = volume.grid.size.x * volume.grid.size.y
    let isLegacy = layout.isLegacyConverted
    let classic = PETSeriesWriter.seriesAttributes(tracer, sliceCount: volume.grid.size.z)
    let image = EnhancedImage(
      modality: "PT",
      sopClass: isLegacy ? SOPClass.legacyConvertedPET : SOPClass.enhancedPET,
      grid: volume.grid, header: header, bitsStored: 16, isSigned: true,
      attributes: isLegacy
        ? [.init(0x0008, 0x0008, imageType)] : petAttributes(header, tracer),
      shared: [EnhancedImage.frameType(0x0018, 0x9751)]
        + (isLegacy ? [.init(0x0020, 0x9170, items: [classic])] : [agentUsage]),
      frame: { k in
        let bed = beds.duration.inSeconds * Double(k / max(beds.slices, 1))
        let mean = PETSeriesWriter.meanCountRateTime(bed: bed, beds, tracer.nuclide)
        let samples = volume.samples[(k * perSlice)..<((k + 1) * perSlice)]
        let slope = PETSeriesWriter.slope(of: samples, largest: 32767)
        let groups = [
          EnhancedImage.rescale(slope: DecimalString.of(slope), intercept: "0", type: "US"),
          isLegacy
            ? .init(
              0x0020, 0x9171,
              items: [PETSeriesWriter.frameAttributes(bed: bed, beds, tracer.nuclide)])
            : becquerels(slope: slope),
        ]
        let acquired = EnhancedImage.Acquired(
          start: header.start.addingTimeInterval(bed),
          reference: header.start.addingTimeInterval(mean), duration: beds.duration)
        return (groups, acquired, PETSeriesWriter.stored(samples, slope: slope, largest: 32767))
      })
    return try image.write(layout, into: folder)
  }

  private static func petAttributes(
    _ header: SeriesHeader, _ tracer: Radiopharmaceutical
  ) -> [WrittenAttribute] {
    let time = DICOMTime(header.start)
    // The dose is in MBq here (PS3.3 C.8.22.4), and time of day without a date is not part of it.
    let agent =
      tracer.item(dose: tracer.activity.megabecquerels)
      .filter { $0.tag != WrittenTag(0x0018, 0x1072) }
      + [
        .init(0x0018, 0x9729, words: [1]),
        .code(0x0054, 0x0302, "47625008", "SCT", "Intravenous route"),
        .code(0x0054, 0x0304, tracer.name, "99THERATRACK", tracer.name),
      ]
    let corrected = ["9758", "9759", "9760", "9761", "9764", "9765", "9768"]
    let uncorrected = ["9762", "9763", "9766", "9767"]
    func flags(_ elements: [String], _ value: String) -> [WrittenAttribute] {
      elements.compactMap { UInt16($0, radix: 16) }.map { .init(0x0018, $0, value) }
    }
    return [
      .init(0x0008, 0x0008, imageType), .init(0x0018, 0x9004, "RESEARCH"),
      .init(0x0018, 0x9701, time.date + time.time), .init(0x0054, 0x0016, items: [agent]),
      .init(0x0018, 0x1134, "STATIC"), .init(0x0018, 0x9738, "CT"),
      .init(0x0018, 0x9755, "FALSE"), .init(0x0018, 0x9770, "CONCURRENT"),
      .init(0x0054, 0x1002, "EMISSION"), .init(0x0054, 0x1100, "DLYD"),
      .init(0x0054, 0x1105, "Simulated"),
      .code(0x0054, 0x0220, "62824007", "SCT", "Transverse"),
    ] + flags(corrected, "YES") + flags(uncorrected, "NO") + .headFirstSupine
  }

  /// Radiopharmaceutical Usage: all frames show agent 1.
  private static var agentUsage: WrittenAttribute {
    .init(0x0018, 0x9737, items: [[.init(0x0018, 0x9729, words: [1])]])
  }

  private static func becquerels(slope: Double) -> WrittenAttribute {
    .init(
      0x0040, 0x9096,
      items: [
        [
          .init(0x0028, 0x3003, "Activity concentration"), .init(0x0040, 0x9210, "BQML"),
          .init(0x0040, 0x9211, words: [32767]), .init(0x0040, 0x9216, words: [0]),
          .init(0x0040, 0x9224, doubles: [0]), .init(0x0040, 0x9225, doubles: [slope]),
          .code(0x0040, 0x08EA, "Bq/ml", "UCUM", "Becquerels/milliliter"),
        ]
      ])
  }
}
