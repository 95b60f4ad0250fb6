// libFuzzer target for what stands on the door: every loader of DICOMIO on any bytes.
import DICOMIO
import Foundation
import Geometry

private let url = URL(filePath: "/dev/shm/theratrack-fuzz-\(getpid())")
private let file = open(url.path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard ftruncate(file, 0) == 0, pwrite(file, data, size, 0) == size else { return 0 }
  load()
  return 0
}

/// A refusal is an answer; a trap, a leak or a hang is a find.
private func load() {
  guard (try? DICOMFile(contentsOf: url)) != nil else { return }
  if let ct = try? CTSeries.load(files: [url]) { touch(ct.volume.samples) }
  if let pet = try? PETSeries.load(files: [url]) {
    touch(pet.rescaled.samples)
    _ = try? pet.suvVolume()
    _ = try? pet.concentrationVolume()
  }
  if let spect = try? SPECTSeries.load(file: url) { touch(spect.counts.samples) }
  if let planar = try? PlanarImage.load(file: url) { _ = planar.views.count }
  if let dose = try? DoseImage.load(file: url) { touch(dose.dose.samples) }
  regions()
  if let summary = try? ObjectSummary.load(file: url) { _ = summary.text }
}

private func regions() {
  guard let grid = try? VoxelGrid(size: [24, 24, 24], spacing: [2, 2, 2]) else { return }
  if let set = try? StructureSet.load(file: url) {
    for region in set.regions {
      guard let frame = region.frameOfReference else { continue }
      _ = try? set.mask(of: region, on: grid, frame: frame)
    }
  }
  if let object = try? SegmentationObject.load(file: url) {
    for segment in object.segments { _ = object.mask(of: segment) }
  }
}

private func touch(_ samples: [Float]) {
  precondition(samples.reduce(0) { $0 + ($1.isFinite ? 0 : 1) } >= 0)
}
