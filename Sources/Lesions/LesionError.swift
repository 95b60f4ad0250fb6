/// Why lesions could not be outlined or a reference could not be measured.
public enum LesionError: Error, Hashable, Sendable {
  case gridsDiffer(region: String)
  case liverReferenceNeeded
  case thresholdNotPositive
  case emptyRegion(name: String)
  case noLiverOutline
  case liverTooSmall(largestClearanceMillimetres: Double, neededMillimetres: Double)
  case sphereOutsideImage
  case votesCannotBe(Int, Int)
}

extension LesionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .gridsDiffer(let region):
      "'\(region)' lies on another voxel grid than the image; resample it onto the image first"
    case .liverReferenceNeeded:
      "the outline rule uses a liver threshold but no liver reference was given; "
        + "outline the liver, place the reference by hand, or use a fixed SUV"
    case .thresholdNotPositive:
      "the outline threshold is not positive; check the rule's SUV, fraction or liver reference"
    case .emptyRegion(let name):
      "'\(name)' holds no voxel of the image; check that it belongs to this series"
    case .noLiverOutline:
      "no outline named 'liver' was given, so the liver reference cannot be placed by itself; "
        + "give one, or the centre of a 3 cm sphere in the right lobe"
    case .liverTooSmall(let largest, let needed):
      "no place in the liver outline is \(needed) mm away from its edge and from bright spots "
        + "(largest: \(largest) mm); place the reference by hand or use the blood pool"
    case .votesCannotBe(let least, let count):
      "a majority of \(least) among \(count) outline rules cannot be; ask for 1 to \(count)"
    case .sphereOutsideImage:
      "the reference sphere reaches beyond the image; choose another centre"
    }
  }
}
