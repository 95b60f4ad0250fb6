/// Why radiation could not be followed.
public enum TransportError: Error, Hashable, Sendable {
  case noDecayData(radionuclide: String)
  case halfLifeNotPositive(radionuclide: String)
  case fractionOutsideUnit(radionuclide: String, value: Double)
  case equalRates(radionuclides: [String])
  case tooFewHistories(Int)
  case gridsDiffer
  case kernelSpacing
  case unevenSlices
  case badDensity(voxel: Int, gramsPerMillilitre: Double)
  case badActivity(voxel: Int)
  case noActivity
  case sizeNotPositive(String)
  case kernelFile(String)
}

extension TransportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noDecayData(let nuclide):
      "no decay data for \(nuclide); write it as element and mass number, for example Lu-177"
    case .halfLifeNotPositive(let nuclide):
      "the biological half-life of \(nuclide) must be positive"
    case .fractionOutsideUnit(let nuclide, let value):
      "the free fraction of \(nuclide) is \(value); it must lie between 0 and 1"
    case .equalRates(let nuclides):
      "\(nuclides.joined(separator: " and ")) leave at the same rate; "
        + "change one clearance half-life by a thousandth"
    case .tooFewHistories(let count):
      "\(count) decays are too few for a statistical uncertainty; ask for at least 1000"
    case .gridsDiffer:
      "activity and density lie on different voxel grids; resample one onto the other first"
    case .kernelSpacing:
      "the kernel was made for another voxel size; make one for the spacing of this grid"
    case .unevenSlices: "slices are not evenly spaced; resample to an even grid first"
    case .badDensity(let voxel, let value):
      "density of voxel \(voxel) is \(value) g/mL; it must be a number from 0 to 25"
    case .badActivity(let voxel):
      "time-integrated activity of voxel \(voxel) is negative or not a number"
    case .noActivity: "the activity is zero everywhere, so there is nothing to transport"
    case .sizeNotPositive(let what): "\(what) must be positive"
    case .kernelFile(let what): "kernel file \(what); delete it and it will be made again"
    }
  }
}
