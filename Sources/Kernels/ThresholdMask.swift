/// Marks the voxels of a threshold.
public enum ThresholdMask {
  /// One byte per sample: 1 at or above `level`, else 0.
  public static func run(_ samples: [Float], atLeast level: Float) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: samples.count) { out, filled in
      let out = unsafe out
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: samples.count) { slab in
          for n in slab { unsafe out[n] = source[n] >= level ? 1 : 0 }
        }
      }
      filled = samples.count
    }
  }

  /// Marks voxels above a threshold inside a mask known on a coarser grid with the same axes.
  ///
  /// - Parameters:
  ///   - axes: For each voxel along i, j and k, its index into the coarse mask's axis.
  ///   - threshold: Voxels at or below it are clear; `-∞` copies the mask.
  public static func run(
    _ samples: [Float], axes: (i: [Int], j: [Int], k: [Int]), inside mask: MaskedCrop.Coarse,
    above threshold: Float
  ) -> [UInt8] {
    let (i, j, k) = axes
    precondition(samples.count == i.count * j.count * k.count, "axes do not fit the samples")
    return unsafe [UInt8](unsafeUninitializedCapacity: samples.count) { out, filled in
      let out = unsafe out
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: j.count * k.count) { rows in
          for row in rows {
            let maskRow = mask.size.x * (j[row % j.count] + mask.size.y * k[row / j.count])
            let base = row * i.count
            for x in i.indices {
              let isAbove = unsafe source[base + x] > threshold
              unsafe out[base + x] = isAbove ? mask.inside[maskRow + i[x]] : 0
            }
          }
        }
      }
      filled = samples.count
    }
  }
}
