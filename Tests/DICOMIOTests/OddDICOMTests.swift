import Foundation
import Geometry
import TestSupport
import Testing
import Volumes

@testable import DICOMIO

/// Odd and malformed files of pydicom and dcm4che, each named after what is odd.
@Suite(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
struct OddDICOMTests {
  private func url(_ name: String) throws -> URL {
    try #require(RealData.scans).appending(path: "odd-dicom/\(name)")
  }

  @Test func aClaimOfThreeGigabytesIsRefused() throws {
    let error = #expect(throws: DICOMReadError.self) {
      try DICOMFile(contentsOf: url("3gb-bulk-data-truncated"))
    }
    #expect(error?.tag == DICOMTag(0x7FE0, 0x0010))
    #expect(error?.file == "3gb-bulk-data-truncated")
  }

  @Test(arguments: ["MR_truncated.dcm", "rtplan_truncated.dcm"])
  func aTruncatedFileIsRefusedWithItsElement(name: String) throws {
    let error = #expect(throws: DICOMReadError.self) { try DICOMFile(contentsOf: url(name)) }
    #expect(error?.file == name)
    #expect(error?.tag != nil)
  }

  /// Without a meta header a file is read with that known, or refused with a reason.
  @Test(arguments: [
    "ExplVR_BigEndNoMeta.dcm", "ExplVR_LitEndNoMeta.dcm", "no_meta.dcm",
    "no_meta_group_length.dcm", "meta_missing_tsyntax.dcm", "no_preamble_dicm_in_data",
  ])
  func noOrBrokenMetaHeader(name: String) throws {
    do {
      let file = try DICOMFile(contentsOf: url(name))
      #expect(file.hasMetaHeader == (name == "no_meta_group_length.dcm"))
    } catch let error as DICOMReadError {
      #expect(error.file == name)
      #expect(!error.message.isEmpty)
    }
  }

  @Test(arguments: [
    ("ExplVR_BigEndNoMeta.dcm", "RTPLAN"), ("ExplVR_LitEndNoMeta.dcm", "RTPLAN"),
    ("no_preamble_dicm_in_data", "MG"),
  ])
  func bareDataSetsAreRead(name: String, modality: String) throws {
    let file = try DICOMFile(contentsOf: url(name))
    #expect(file.header.text(DICOMTag(0x0008, 0x0060)) == modality)
  }

  @Test func aNumberThatIsNoneIsRefusedWhereItIsAskedFor() throws {
    let header = try DICOMFile(contentsOf: url("badVR.dcm")).header
    #expect(try header.integer(DICOMTag(0x0028, 0x0010)) == 10)
    let error = #expect(throws: DICOMReadError.self) {
      try header.integer(DICOMTag(0x0028, 0x0008))
    }
    #expect(error?.tag == DICOMTag(0x0028, 0x0008))
  }

  /// Odd VRs and UN sequences: read or refused, with no crash.
  @Test(arguments: [
    "Tag-0040-A170-VR-CS.dcm", "UN_sequence.dcm", "nested_priv_SQ.dcm",
    "SC_rgb_jpeg.dcm",
  ])
  func oddSequences(name: String) throws {
    do {
      _ = try DICOMFile(contentsOf: url(name))
    } catch let error as DICOMReadError {
      #expect(error.file == name)
    }
  }

  @Test func aSequenceInAnUnknownVRIsRead() throws {
    let header = try DICOMFile(contentsOf: url("UN_sequence.dcm")).header
    let item = try #require(header.items(DICOMTag(0x4453, 0x100C)).first)
    #expect(item.text(DICOMTag(0x0020, 0x000D)) != nil)
  }

  /// dcm4che's NM-MONO2-16-13x-heart: 64 x 64 x 13 by Slice Vector, without a position.
  @Test func aHeartSPECTIsAVolume() throws {
    let series = try SPECTSeries.load(file: url("NM-MONO2-16-13x-heart"))
    let grid = series.counts.grid
    #expect(grid.size == [64, 64, 13])
    #expect(abs(grid.spacing.x - 3.11583) < 1e-9 && abs(grid.spacing.z - 6.231669) < 1e-9)
    #expect(series.counts.samples.max() == 141)
    #expect(!series.facts.warnings.isEmpty)
    let error = #expect(throws: DICOMReadError.self) { try series.concentrationVolume() }
    #expect(error?.tag == DICOMTag(0x0040, 0x9096))
    let scaled = try series.concentrationVolume(
      calibration: .factor(becquerelsPerMillilitrePerCount: 2))
    #expect(scaled.samples.max() == 282)
  }

  /// Sum of all stored values as pydicom 3.0.2 decodes them (with OpenJPEG and CharLS).
  @Test(arguments: [
    ("JPEG2000.dcm", 1024 * 256, 3_527_976), ("JPEGLSNearLossless_16.dcm", 50 * 10, 6_007_250),
    ("image_dfl.dcm", 512 * 512, 33_322_688), ("MR_small_bigendian.dcm", 64 * 64, 2_125_338),
    ("rtdose_rle.dcm", 1500, 1_519_910_000), ("rtdose.dcm", 1500, 1_519_910_000),
  ])
  func pixelsOfEachTransferSyntaxAreDecoded(name: String, count: Int, sum: Double) throws {
    let samples = try storedValues(fileBytes: [UInt8](Data(contentsOf: url(name))))
    #expect(samples.count == count)
    #expect(samples.reduce(0) { $0 + Double($1) } == sum)
  }

  @Test(arguments: [
    "JPEGLSNearLossless_16.dcm", "MR_small_bigendian.dcm", "CT_small.dcm",
    "rtdose.dcm", "rtdose_1frame.dcm", "rtdose_rle.dcm",
  ])
  func headersOfOtherObjectsAreRead(name: String) throws {
    _ = try DICOMFile(contentsOf: url(name))
  }

  @Test func aSegmentationInBigEndianIsRead() throws {
    let object = try SegmentationObject.load(file: url("liver_expb_1frame.dcm"))
    let segment = try #require(object.segments.first)
    #expect(segment.label == "Liver")
    #expect(object.grid.size.x == 512 && object.grid.size.y == 512)
    #expect(object.mask(of: segment)?.isEmpty == false)
  }

  @Test func aSegmentationOfALesionIsRead() throws {
    let file = try #require(RealData.scans).appending(path: "sr-example/seg.dcm")
    let object = try SegmentationObject.load(file: file)
    let segment = try #require(object.segments.first)
    let mask = try #require(object.mask(of: segment))
    #expect(mask.voxelCount > 0)
    let frame = try #require(object.frameOfReference)
    let again = try #require(try object.mask(of: segment, on: object.grid, frame: frame))
    #expect(again == mask)
  }

  @Test func aStructureSetWithoutContoursOfAnImageIsRead() throws {
    let set = try StructureSet.load(file: url("rtstruct.dcm"))
    #expect(set.regions.count >= 1)
  }

  @Test func onlyACTIsACT() throws {
    let ct = try CTSeries.load(files: [url("CT_small.dcm")])
    #expect(ct.volume.grid.size == [128, 128, 1])
    let error = #expect(throws: DICOMReadError.self) {
      try CTSeries.load(files: [url("MR_small_bigendian.dcm")])
    }
    #expect(error?.tag == DICOMTag(0x0008, 0x0016))
  }
}
