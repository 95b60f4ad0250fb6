/// Cuts a box out of an image, holds its intensities to a window and blanks what lies outside a
/// mask that is known on a coarser grid with the same axes.
public enum MaskedCrop {
  /// For each voxel of the box along one axis: where it is in the image, and in the mask.
  public struct Axis: Sendable {
    public let image: Range<Int>
    public let mask: [Int]

    /// - Parameter mask: One index into the mask's axis per voxel of `image`.
    public init(image: Range<Int>, mask: [Int]) {
      precondition(image.count == mask.count, "one mask index per voxel")
      (self.image, self.mask) = (image, mask)
    }
  }

  /// A byte mask, i fastest.
  public struct Coarse: Sendable {
    let inside: [UInt8]
    let size: SIMD3<Int>

    public init(inside: [UInt8], size: SIMD3<Int>) {
      precondition(inside.count == size.x * size.y * size.z, "mask does not fill the grid")
      (self.inside, self.size) = (inside, size)
    }
  }

  public static func run(
    _ samples: [Float], size: SIMD3<Int>, axes: (i: Axis, j: Axis, k: Axis), inside mask: Coarse,
    window: ClosedRange<Float>, outside: Float
  ) -> [Float] {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    let (i, j, k) = axes
    let count = i.mask.count * j.mask.count * k.mask.count
    return unsafe [Float](unsafeUninitializedCapacity: count) { out, filled in
      let out = unsafe out
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: j.mask.count * k.mask.count) { rows in
          for row in rows {
            let (y, z) = (row % j.mask.count, row / j.mask.count)
            let from =
              i.image.lowerBound
              + size.x * (j.image.lowerBound + y + size.y * (k.image.lowerBound + z))
            let maskRow = mask.size.x * (j.mask[y] + mask.size.y * k.mask[z])
            let to = row * i.mask.count
            for x in i.mask.indices {
              let v = unsafe source[from + x]
              let held = min(max(v, window.lowerBound), window.upperBound)
              unsafe out[to + x] = mask.inside[maskRow + i.mask[x]] != 0 ? held : outside
            }
          }
        }
      }
      filled = count
    }
  }
}
