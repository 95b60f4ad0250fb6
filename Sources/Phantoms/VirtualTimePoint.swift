public import Geometry
public import Quantities
public import Volumes

/// What the scanner delivers at one visit of a virtual course.
public struct VirtualTimePoint: Sendable {
  public let visit: Visit
  /// The frame that CT and emission image share.
  public let frame: FrameOfReference
  public let ct: Volume<Hounsfield>
  /// Bq/mL, decay-corrected to ``Visit/scanStart``. PET when ``Visit/isDiagnostic``, else SPECT.
  public let emission: Volume<ActivityConcentration>
  /// The region of each CT voxel; organ outlines are cut from it one at a time.
  private let regions: [UInt8]

  init(
    visit: Visit, frame: FrameOfReference, ct: Volume<Hounsfield>,
    emission: Volume<ActivityConcentration>, regions: [UInt8]
  ) {
    self.visit = visit
    self.frame = frame
    self.ct = ct
    self.emission = emission
    self.regions = regions
  }

  /// The outline of an organ on the CT grid, lesions inside it included; empty when the field of
  /// view does not show it. Made when asked for, to keep memory small.
  public func structure(_ organ: Organ) -> Mask {
    let wanted = Region.allCases.map(organ.contains)
    return Mask(grid: ct.grid) { wanted[Int(regions[$0])] }
  }
}
