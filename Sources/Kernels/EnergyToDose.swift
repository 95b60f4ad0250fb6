/// Energy per voxel divided by the voxel's own mass.
public enum EnergyToDose {
  /// dose ← max(dose, 0) + factor · (max(energy, 0) + local · decays) / max(density, thinnest).
  ///
  /// The transforms that made `dose` and `energy` leave small negative values of rounding far from
  /// every source; they are not energy.
  public static func add(
    energy: [Float], decays: [Float], local: Float, density: [Float], thinnest: Float,
    factor: Float, to dose: inout [Float]
  ) {
    let count = dose.count
    precondition(
      energy.count == count && decays.count == count && density.count == count,
      "buffers differ in size")
    unsafe energy.withUnsafeBufferPointer { energy in
      unsafe decays.withUnsafeBufferPointer { decays in
        unsafe density.withUnsafeBufferPointer { density in
          unsafe dose.withUnsafeMutableBufferPointer { dose in
            let (energy, decays, density, dose) = unsafe (energy, decays, density, dose)
            Slabs.forEach(of: count) { voxels in
              for n in voxels {
                let stopped = unsafe max(energy[n], 0) + local * decays[n]
                unsafe dose[n] =
                  max(dose[n], 0) + factor * stopped / max(density[n], thinnest)
              }
            }
          }
        }
      }
    }
  }
}
