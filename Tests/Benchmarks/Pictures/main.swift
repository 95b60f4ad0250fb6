// Times 200 slices of the clinical phantom's CT as PNG, one JSON object per line.
//
//   bench-pictures --data FILE              the slices as 32-bit floats, for the peers
//   bench-pictures FILE FOLDER [DEPTH]      writes them into FOLDER; DEPTH is colours or grey16
import Foundation
import Geometry
import Phantoms
import Quantities
import Reporting
import Volumes

let slices = 200
let window = DisplayWindow<Hounsfield>(
  from: .hounsfieldUnits(-200), to: .hounsfieldUnits(300), colourMap: .ember)

/// Processor time of this process, all threads, in seconds (POSIX counts in microseconds).
func processorSeconds() -> Double { Double(clock()) * 1e-6 }

/// The middle of the clinical phantom's first CT, with its noise.
func clinicalCT() throws -> Volume<Hounsfield> {
  var options = VirtualCourseOptions()
  options.size = .clinical
  let course = VirtualCourse(options)
  let whole = try course.grids(at: course.visits[0]).ct
  return try course.ct(at: course.visits[0], on: stack(of: whole))
}

/// Slices of one distance: what the peers' arrays are.
func stack(of grid: VoxelGrid) throws -> VoxelGrid {
  try VoxelGrid(
    size: [grid.size.x, grid.size.y, slices], spacing: grid.spacing, axes: grid.axes,
    origin: grid.patientPoint(i: 0, j: 0, k: (grid.size.z - slices) / 2))
}

func read(_ path: String) throws -> Volume<Hounsfield> {
  let data = try Data(contentsOf: URL(filePath: path))
  let side = Int((Double(data.count / 4 / slices)).squareRoot())
  var samples = [Float](repeating: 0, count: data.count / 4)
  _ = unsafe samples.withUnsafeMutableBytes { unsafe data.copyBytes(to: $0) }
  let grid = try VoxelGrid(size: [side, side, slices], spacing: [0.9766, 0.9766, 3])
  return try Volume(grid: grid, samples: samples)
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 2, arguments[0] == "--data" {
  let samples = try clinicalCT().samples
  try unsafe samples.withUnsafeBytes { unsafe Data($0) }.write(to: URL(filePath: arguments[1]))
} else if arguments.count >= 2 {
  let isGrey = arguments.last == "grey16"
  let series = try SliceSeries(
    try read(arguments[0]), window: window, depth: isGrey ? .grey16 : .colours)
  let (start, before) = (ContinuousClock.now, processorSeconds())
  let pictures = try series.encoded()
  let encoded = ContinuousClock.now
  _ = try series.write(
    pictures, to: URL(filePath: arguments[1]),
    timePoint: TimePointLabel(id: "base", sinceBaseline: .zero), sources: [], software: "bench")
  let end = ContinuousClock.now
  let bytes = pictures.reduce(0) { $0 + $1.count }
  print(
    "{\"wall_s\": \((end - start) / .seconds(1)), \"encode_s\": \((encoded - start) / .seconds(1)), "
      + "\"cpu_s\": \(processorSeconds() - before), \"bytes\": \(bytes)}")
} else {
  print("usage: bench-pictures --data FILE | bench-pictures FILE FOLDER [colours|grey16]")
  exit(2)
}
