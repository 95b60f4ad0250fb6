// Times the ways an image goes through a link, one JSON object per line.
//
//   bench-warp --write FOLDER   what the peer needs: images, the field, and this project's results
//   bench-warp                  one warm-up and one timed run of each case
//   bench-warp --accuracy       largest and mean error of the sampled positions
import Foundation
import Geometry
import Quantities
import Registration
import Volumes

let scene = try WarpScene()
let pet = try scene.image(scene.pet, as: SUVbw.self)
let arguments = CommandLine.arguments.dropFirst()

/// Processor time of this process, all threads, in seconds (POSIX counts in microseconds).
func processorSeconds() -> Double { Double(clock()) * 1e-6 }

func time(_ name: String, _ body: () throws -> Int) rethrows {
  _ = try body()
  let (clock, start, before) = (ContinuousClock(), ContinuousClock.now, processorSeconds())
  let voxels = try body()
  let wall = (clock.now - start) / .seconds(1)
  print(
    "{\"case\": \"\(name)\", \"wall_s\": \(wall), "
      + "\"cpu_s\": \(processorSeconds() - before), \"voxels\": \(voxels)}")
}

func write(_ samples: [Float], to name: String, in folder: URL) throws {
  let data = unsafe samples.withUnsafeBytes { unsafe Data($0) }
  try data.write(to: folder.appending(path: name))
}

/// The field as a peer reads it: the whole displacement, in millimetres, on the PET's voxels.
func denseField() -> [Float] {
  (0..<scene.pet.voxelCount).flatMap { n -> [Float] in
    let at = scene.pet.ijk(at: n)
    let p = scene.pet.patientPoint(i: at.x, j: at.y, k: at.z)
    let d = scene.field(p).millimetres - p.millimetres
    return [Float(d.x), Float(d.y), Float(d.z)]
  }
}

if arguments.first == "--write", let path = arguments.dropFirst().first {
  let folder = URL(filePath: path)
  let ct = try scene.image(scene.ct, as: Hounsfield.self)
  try write(pet.samples, to: "pet.f32", in: folder)
  try write(ct.samples, to: "ct.f32", in: folder)
  try write(denseField(), to: "field.f32", in: folder)
  try write(
    pet.resampled(onto: scene.ct, through: scene.rigid, outside: .zero).samples,
    to: "pet-rigid.f32", in: folder)
  try write(
    pet.warped(onto: scene.ct, through: scene.field, outside: .zero).samples,
    to: "pet-field.f32", in: folder)
} else if arguments.first == "--accuracy" {
  let error = try scene.positionError()
  print(
    "{\"position_error_voxels\": {\"largest\": \(error.largest), \"mean\": \(error.mean)}}")
} else {
  let ct = try scene.image(scene.ct, as: Hounsfield.self)
  time("PET to CT grid, identity") {
    pet.resampled(onto: scene.ct, outside: .zero).samples.count
  }
  time("PET to CT grid, rigid") {
    pet.resampled(onto: scene.ct, through: scene.rigid, outside: .zero).samples.count
  }
  try time("PET to CT grid, deformable") {
    try pet.warped(onto: scene.ct, through: scene.field, outside: .zero).samples.count
  }
  time("CT to CT grid, rigid") {
    ct.resampled(onto: scene.ct, through: scene.rigid, outside: .hounsfieldUnits(-1000)).samples
      .count
  }
}
