public import Geometry

/// What an object points at: the images it was drawn on, their series and their frames.
struct ObjectReferences: Sendable, Hashable {
  let series: Set<String>
  let instances: Set<String>
  let frames: Set<String>

  /// Gathers references at any depth, since each kind of object keeps them elsewhere: a structure
  /// set in Referenced Frame of Reference Sequence (PS3.3 C.8.8.5), a segmentation in Referenced
  /// Series Sequence (C.12.1.1), a registration in its items (C.20.2).
  init(_ header: DICOMHeader) {
    guard Self.pointing.contains(header.code(.sopClass) ?? "") else {
      (series, instances, frames) = ([], [], [])
      return
    }
    let own = header.code(.seriesUID).map { [$0] } ?? []
    series = header.allValues(.seriesUID).subtracting(own)
    // A structure set also names its studies by this attribute.
    let studies = header.items(CatalogueTag.referencedFrames)
      .flatMap { $0.items(CatalogueTag.referencedStudies) }
      .compactMap { $0.code(CatalogueTag.instanceOfReference) }
    instances = header.allValues(CatalogueTag.instanceOfReference).subtracting(studies)
    frames = header.allValues(.frameOfReference).union(header.allValues(.referencedFrame))
  }

  init(_ all: [ObjectReferences]) {
    series = all.reduce(into: []) { $0.formUnion($1.series) }
    instances = all.reduce(into: []) { $0.formUnion($1.instances) }
    frames = all.reduce(into: []) { $0.formUnion($1.frames) }
  }

  /// Objects about images; images themselves also name others, which says nothing of their use.
  private static let pointing: Set<String> = [
    SOPClass.structureSet, SOPClass.segmentation, SOPClass.dose,
    SOPClass.spatialRegistration, SOPClass.deformableRegistration,
    SOPClass.realWorldValueMapping, SOPClass.plan,
  ]
}

extension SeriesCatalogue {
  /// What a structure set, segmentation, dose or registration is about.
  public struct References: Sendable, Hashable, Codable {
    /// Frames of reference it speaks of.
    public let frames: [FrameOfReference]
    /// UIDs of the series in the catalogue that it names, itself or by their images.
    public let series: [String]
    /// Images it names, and how many of them are there.
    public let imageCount: Int
    public let imagesThere: Int
  }
}

/// Finds what references lead to.
struct ReferenceTargets {
  private var seriesOfInstance: [String: String] = [:]
  private var frames: Set<String> = []
  private var series: Set<String> = []

  /// - Parameter files: All files of one patient.
  init(_ files: [FoundFile]) {
    for file in files where file.references.isEmpty {
      guard let uid = file.header.code(.seriesUID) else { continue }
      series.insert(uid)
      if let instance = file.instance { seriesOfInstance[instance] = uid }
      if let frame = file.header.code(.frameOfReference) { frames.insert(frame) }
    }
  }

  func resolve(
    _ references: ObjectReferences
  ) -> (found: SeriesCatalogue.References?, problems: [String]) {
    guard !references.isEmpty else { return (nil, []) }
    let named = references.instances.compactMap { seriesOfInstance[$0] }
    let found = SeriesCatalogue.References(
      frames: references.frames.sorted().map(FrameOfReference.init(uid:)),
      series: references.series.intersection(series).union(named).sorted(),
      imageCount: references.instances.count, imagesThere: named.count)
    var problems: [String] = []
    if !references.frames.isEmpty, references.frames.isDisjoint(with: frames) {
      problems.append(
        "it was made in a frame of reference (3006,0024) or (0020,0052) that no image here has; "
          + "export the images it belongs to")
    } else if found.series.isEmpty, !references.series.isEmpty {
      problems.append("the series it names (0020,000E) are not here; only its frame fits")
    }
    return (found, problems)
  }
}

extension ObjectReferences {
  var isEmpty: Bool { series.isEmpty && instances.isEmpty && frames.isEmpty }
}
