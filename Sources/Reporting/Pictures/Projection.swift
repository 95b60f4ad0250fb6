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
  /// Turn of the viewer about the head–feet axis.
  let degrees: Double

  public var millimetresPerPixel: Double { stack.spacing.x }
  public var width: Int { stack.size.x }
  public var height: Int { stack.size.y }

  private init(stack: VoxelGrid, letters: OrientationLetters, degrees: Double) {
    (self.stack, self.letters, self.degrees) = (stack, letters, degrees)
  }

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
    self.degrees = degrees
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

  /// The same view with pixels `factor` times as large.
  func coarser(by factor: Int) throws(GridError) -> ProjectionGrid {
    let size = SIMD3(
      (width + factor - 1) / factor, (height + factor - 1) / factor, stack.size.z)
    let step = Double(factor - 1) / 2
    return ProjectionGrid(
      stack: try VoxelGrid(
        size: size,
        spacing: [
          millimetresPerPixel * Double(factor), millimetresPerPixel * Double(factor),
          stack.spacing.z,
        ], axes: stack.axes,
        origin: stack.patientPoint(at: GridPoint(ijk: [step, step, 0]))), letters: letters,
      degrees: degrees)
  }

  /// The first slice of the stack: where the pixels lie, at no depth.
  var picturePlane: VoxelGrid {
    get throws(GridError) {
      try stack.part(from: .zero, through: [width - 1, height - 1, 0])
    }
  }
}

extension Layer {
  /// The largest value along each ray, in base units; below every window where the volume does
  /// not reach.
  ///
  /// Rays are at most two thirds of a voxel apart, whatever the picture's pixels; the projection is then
  /// interpolated to them.
  func maximumProjection(on view: ProjectionGrid) throws(GridError) -> [Float] {
    let pixelsPerRay = Int(volume.grid.spacing.min() / 1.5 / view.millimetresPerPixel)
    guard pixelsPerRay > 1 else { return try highest(on: view.stack) }
    let rays = try view.coarser(by: pixelsPerRay)
    let plane = try rays.picturePlane
    let pixels = try view.picturePlane
    guard let projected = try? Volume<Value>(grid: plane, samples: highest(on: rays.stack)) else {
      return try highest(on: view.stack)
    }
    return projected.resampled(onto: pixels, outside: Self.nothing).samples
  }

  private static var nothing: Value {
    Value(inBaseUnit: -Double(Float.greatestFiniteMagnitude))
  }

  private func highest(on stack: VoxelGrid) throws(GridError) -> [Float] {
    var highest = [Float](
      repeating: -Float.greatestFiniteMagnitude, count: stack.size.x * stack.size.y)
    // A few slices at a time keep memory at some megabytes.
    let chunk = 16
    for first in stride(from: 0, to: stack.size.z, by: chunk) {
      let last = min(first + chunk, stack.size.z) - 1
      let slices = try stack.part(
        from: [0, 0, first], through: [stack.size.x - 1, stack.size.y - 1, last])
      let samples = samples(on: slices, outside: Self.nothing)
      for start in stride(from: 0, to: samples.count, by: highest.count) {
        for n in highest.indices { highest[n] = max(highest[n], samples[start + n]) }
      }
    }
    return highest
  }
}
