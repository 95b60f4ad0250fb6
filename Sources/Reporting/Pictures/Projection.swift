import Foundation
public import Geometry
import Quantities
import Volumes

/// Looks through the patient: the pixels of a projection and the depth behind each.
public struct ProjectionGrid: Sendable, Hashable {
  /// Columns to the right, rows down, slices into the picture.
  let stack: VoxelGrid
  /// The picture itself, in the middle of the depth.
  let letters: OrientationLetters

  public var millimetresPerPixel: Double { stack.spacing.x }
  public var width: Int { stack.size.x }
  public var height: Int { stack.size.y }

  /// The view that shows all of `grid` from the front, or from the side the viewer walks to.
  ///
  /// - Parameters:
  ///   - degrees: Turn of the viewer about the head–feet axis: 0 sees the patient from the front,
  ///     90 from the patient's left.
  ///   - depthStep: Distance of samples along each ray in millimetres.
  public init(
    covering grid: VoxelGrid, turnedBy degrees: Double = 0, millimetresPerPixel mm: Double,
    depthStep: Double
  ) throws(GridError) {
    let angle = degrees * .pi / 180
    let right = SIMD3(cos(angle), sin(angle), 0)
    let down = SIMD3<Double>(0, 0, -1)
    let into = right.cross(down)
    let box = grid.bounds
    let middle = (box.lower + box.upper) / 2
    let half = (box.upper - box.lower) / 2
    func reach(_ direction: SIMD3<Double>) -> Double {
      abs(direction.x) * half.x + abs(direction.y) * half.y + abs(direction.z) * half.z
    }
    let size = SIMD3(
      max(1, Int((2 * reach(right) / mm).rounded())),
      max(1, Int((2 * reach(down) / mm).rounded())),
      max(1, Int((2 * reach(into) / depthStep).rounded())))
    let corner =
      middle - right * (Double(size.x - 1) / 2 * mm) - down * (Double(size.y - 1) / 2 * mm)
      - into * (Double(size.z - 1) / 2 * depthStep)
    stack = try VoxelGrid(
      size: size, spacing: [mm, mm, depthStep], axes: .init(i: right, j: down, k: into),
      origin: PatientPoint(millimetres: corner))
    letters = OrientationLetters(right: right, down: down)
  }

  /// Slices of the stack from `first`, at most `count` of them.
  func slices(from first: Int, count: Int) throws(GridError) -> VoxelGrid {
    try VoxelGrid(
      size: [width, height, min(count, stack.size.z - first)], spacing: stack.spacing,
      axes: stack.axes, origin: stack.patientPoint(i: 0, j: 0, k: first))
  }
}

extension Layer {
  /// The largest value along each ray, in base units; below every window where the volume does
  /// not reach.
  func maximumProjection(on view: ProjectionGrid) throws(GridError) -> [Float] {
    let nothing = Value(inBaseUnit: -Double(Float.greatestFiniteMagnitude))
    var highest = [Float](
      repeating: -Float.greatestFiniteMagnitude, count: view.width * view.height)
    // A few slices at a time keep memory at some megabytes.
    let chunk = 16
    for first in stride(from: 0, to: view.stack.size.z, by: chunk) {
      let slices = try view.slices(from: first, count: chunk)
      let samples = volume.resampled(onto: slices, through: pictureToVolume, outside: nothing)
        .samples
      for start in stride(from: 0, to: samples.count, by: highest.count) {
        for n in highest.indices { highest[n] = max(highest[n], samples[start + n]) }
      }
    }
    return highest
  }
}
