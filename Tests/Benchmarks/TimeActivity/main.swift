// Two-parameter time-activity fits of every voxel, timed.
//
//   bench-timeactivity FOLDER VOXELS HOURS…
//
// Reads scan0.f32, scan1.f32 … from FOLDER (32-bit floats), fits, writes integral.f32, and prints
// one JSON object with the wall time of the fit, the least of three runs after a warm-up.
import Foundation
import Kernels

let arguments = CommandLine.arguments
guard arguments.count > 4, let voxels = Int(arguments[2]) else {
  print("usage: bench-timeactivity FOLDER VOXELS HOURS…")
  exit(2)
}
let folder = URL(filePath: arguments[1])
let hours = arguments.dropFirst(3).compactMap { Float($0) }

func read(_ name: String) throws -> [Float] {
  let data = try Data(contentsOf: folder.appending(path: name))
  precondition(data.count == voxels * 4, "\(name) does not hold \(voxels) floats")
  return unsafe data.withUnsafeBytes { unsafe [Float]($0.bindMemory(to: Float.self)) }
}

let scans = try hours.indices.map { try read("scan\($0).f32") }
// Effective half-lives from 1 h to the physical one of Lu-177.
let shape = VoxelClearanceFit.Shape(
  hours: hours, uptakePerHour: nil, rates: Float(log(2.0) / 159.463)...Float(log(2.0)))
var result = VoxelClearanceFit.run(scans, shape)
var times: [Double] = []
for _ in 0..<3 {
  let (clock, start) = (ContinuousClock(), ContinuousClock.now)
  result = VoxelClearanceFit.run(scans, shape)
  times.append((clock.now - start) / .seconds(1))
}
let data = unsafe result.integral.withUnsafeBytes { unsafe Data($0) }
try data.write(to: folder.appending(path: "integral.f32"))
print("{\"wall_s\": \(times.min() ?? 0), \"runs_s\": \(times)}")
