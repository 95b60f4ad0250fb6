public import Foundation
import Geometry
public import Quantities
public import Volumes

/// Writes a PET volume as a series of Positron Emission Tomography Image objects (PS3.3 A.21):
/// BQML, decay-corrected to the start of the series, one rescale slope per slice.
public enum PETSeriesWriter {
  static let sopClass = "1.2.840.10008.5.1.4.1.1.128"

  /// Bed positions of a whole-body scan: when each slice was acquired.
  public struct Beds: Sendable, Hashable {
    /// Slices per bed position.
    public var slices: Int
    public var duration: Duration
    public init(slices: Int, duration: Duration) {
      self.slices = slices
      self.duration = duration
    }
  }

  /// - Parameter fileNumbers: The number in each slice's file name; `nil` counts up along z.
  public static func write(
    _ volume: Volume<ActivityConcentration>, header: SeriesHeader, tracer: Radiopharmaceutical,
    beds: Beds, into folder: URL, fileNumbers: [Int]? = nil
  ) throws -> WrittenSeries {
    let grid = volume.grid
    let perSlice = grid.size.x * grid.size.y
    let series = seriesAttributes(tracer, sliceCount: grid.size.z)
    return try SliceImage.writeAll(
      grid, header, sopClass: sopClass, folder: folder, fileNumbers: fileNumbers
    ) { k, instanceUID in
      let bed = beds.duration.inSeconds * Double(k / max(beds.slices, 1))
      let samples = volume.samples[(k * perSlice)..<((k + 1) * perSlice)]
      let slope = slope(of: samples, largest: 32767)
      let attributes =
        header.attributes(
          modality: "PT", sopClass: sopClass, instanceUID: instanceUID,
          acquired: header.start.addingTimeInterval(bed))
        + SliceImage.attributes(grid, slice: k, bitsStored: 16, isSigned: true)
        + series
        + frameAttributes(bed: bed, beds, tracer.nuclide)
        + [
          .init(0x0028, 0x1052, "0"), .init(0x0028, 0x1053, DecimalString.of(slope)),
          .init(0x0054, 0x1330, words: [UInt16(k + 1)]),
        ]
      return (attributes, stored(samples, slope: slope, largest: 32767))
    }
  }

  /// Seconds from the start of the series to the moment of the mean count rate of a bed.
  static func meanCountRateTime(bed: Double, _ beds: Beds, _ nuclide: Radionuclide) -> Double {
    let decay = log(2) / nuclide.halfLife.inSeconds
    let length = beds.duration.inSeconds
    return bed + log(decay * length / (1 - exp(-decay * length))) / decay
  }

  /// The slope that fits the largest sample, as a reader will read it.
  static func slope(of samples: ArraySlice<Float>, largest: Float) -> Double {
    let peak = samples.reduce(0, max)
    // A little above the quotient, so that rounding in the header cannot overflow.
    return peak > 0 ? DecimalString.rounded(Double(peak / largest) * 1.000_001) : 1
  }

  static func stored(
    _ samples: ArraySlice<Float>, slope: Double, largest: Float
  ) -> [UInt16] {
    let scale = Float(1 / slope)
    return samples.map { UInt16(min(max(($0 * scale).rounded(.toNearestOrEven), 0), largest)) }
  }

  static func seriesAttributes(
    _ tracer: Radiopharmaceutical, sliceCount: Int
  ) -> [WrittenAttribute] {
    [
      .init(0x0008, 0x0008, "ORIGINAL\\PRIMARY"), .init(0x0018, 0x1181, "NONE"),
      .init(0x0028, 0x0051, "NORM\\DTIM\\ATTN\\SCAT\\DECY\\RAN"),
      .init(0x0054, 0x0016, items: [tracer.item(dose: tracer.activity.inBaseUnit)]),
      .init(0x0054, 0x0081, words: [UInt16(sliceCount)]),
      .init(0x0054, 0x1000, "WHOLE BODY\\IMAGE"), .init(0x0054, 0x1001, "BQML"),
      .init(0x0054, 0x1002, "EMISSION"), .init(0x0054, 0x1100, "DLYD"),
      .init(0x0054, 0x1101, "CT-based"), .init(0x0054, 0x1102, "START"),
      .init(0x0054, 0x1103, "Simulated"), .init(0x0054, 0x1105, "Simulated"),
    ] + .headFirstSupine
  }

  /// Frame Reference Time is the moment of the mean count rate of the bed, counted from the start
  /// of the series: t + ln(λT / (1 − e^(−λT))) / λ. Decay Factor takes the frame from there back
  /// to the start.
  static func frameAttributes(
    bed: Double, _ beds: Beds, _ nuclide: Radionuclide
  ) -> [WrittenAttribute] {
    let decay = log(2) / nuclide.halfLife.inSeconds
    let length = beds.duration.inSeconds
    let mean = meanCountRateTime(bed: bed, beds, nuclide)
    return [
      .init(0x0018, 0x1242, String(Int((length * 1000).rounded()))),
      .init(0x0054, 0x1300, DecimalString.of((mean * 1000).rounded())),
      .init(0x0054, 0x1321, DecimalString.of(exp(decay * mean))),
    ]
  }
}
