import Geometry

extension StructureSet {
  init(_ header: DICOMHeader) throws(DICOMReadError) {
    try header.require(
      sopClass: SOPClass.structureSet, remedy: "Give an RT Structure Set (RTSTRUCT).")
    file = header.file
    var contours: [Int: [DICOMHeader]] = [:]
    for item in header.items(.regionContours) {
      contours[try item.requiredInteger(.referencedRegion), default: []] += item.items(
        .contourSequence)
    }
    var types: [Int: String] = [:]
    for item in header.items(.regionObservations) {
      if let number = try item.integer(.referencedRegion) {
        types[number] = item.code(.interpretedType)
      }
    }
    let frame = Self.onlyFrame(header)
    var regions: [Region] = []
    for item in header.items(.structureSetRegions) {
      let number = try item.requiredInteger(.regionNumber)
      regions.append(
        try Region(
          item, number: number, contours: contours.removeValue(forKey: number) ?? [],
          type: types[number], fallback: frame))
    }
    self.regions = regions
    referencedSeries = header.items(.referencedFrames).flatMap { $0.items(.referencedStudies) }
      .flatMap { $0.items(.referencedRTSeries) }.compactMap { $0.code(.seriesUID) }
    warnings = Self.warnings(regions, orphans: contours.count)
  }

  /// The frame of the whole structure set, for regions that do not name theirs; `nil` when there
  /// are several.
  private static func onlyFrame(_ header: DICOMHeader) -> FrameOfReference? {
    let named = header.items(.referencedFrames).compactMap { $0.code(.frameOfReference) }
    let all = Set(named + [header.code(.frameOfReference)].compactMap { $0 })
    return all.count == 1 ? all.first.map(FrameOfReference.init(uid:)) : nil
  }

  private static func warnings(_ regions: [Region], orphans: Int) -> [String] {
    var counts: [String: Int] = [:]
    for region in regions { counts[region.name, default: 0] += 1 }
    let repeated = counts.filter { $0.value > 1 }.keys.sorted()
    return repeated.map {
      "\(counts[$0] ?? 0) regions are called '\($0)'"
    } + (orphans > 0 ? ["\(orphans) sets of contours belong to no region and were left out"] : [])
  }
}

extension StructureSet.Region {
  /// Nothing in a patient is farther than this from the origin of a frame, in millimetres.
  private static let farthest = 1e5

  fileprivate init(
    _ item: DICOMHeader, number: Int, contours: [DICOMHeader], type: String?,
    fallback: FrameOfReference?
  ) throws(DICOMReadError) {
    let ownFrame = item.code(.referencedFrame).map(FrameOfReference.init(uid:))
    self.number = number
    name = item.text(.regionName) ?? "region \(number)"
    interpretedType = type
    frameOfReference = ownFrame ?? fallback
    var reader = ContourReader(region: name)
    var fault: DICOMReadError?
    do throws(DICOMReadError) {
      for contour in contours { try reader.add(contour) }
    } catch { fault = error }
    self.fault = fault
    self.contours = reader.polygons
    points = reader.points
    ignoredContours = reader.ignored
    isExclusive = reader.isExclusive
    slabThickness = reader.slabThickness
    warnings =
      reader.warnings
      + (ownFrame == nil && fallback != nil
        ? ["region '\(name)' names no frame of reference; that of the structure set is taken"]
        : [])
  }

  /// Sorts the contours of a region by their kind.
  private struct ContourReader {
    let region: String
    var polygons: [[PatientPoint]] = []
    var points: [PatientPoint] = []
    var ignored = 0
    var isExclusive = false
    var slabThickness: Double?
    private var openLines = 0
    private var tooShort = 0
    private var miscounted = 0

    init(region: String) { self.region = region }

    mutating func add(_ contour: DICOMHeader) throws(DICOMReadError) {
      let type = contour.code(.contourType) ?? ""
      let corners = try Self.corners(contour, region: region)
      if let claimed = try contour.integer(.contourPointCount), claimed != corners.count {
        guard !corners.isEmpty else {
          throw .unusable(
            .contourData, file: contour.file,
            reason: "of region '\(region)' is empty where \(claimed) points are announced",
            remedy: "Export the structure set again.")
        }
        miscounted += 1
      }
      guard type.hasPrefix("CLOSED") else {
        ignored += 1
        if type == "POINT" { points += corners } else { openLines += 1 }
        return
      }
      guard corners.count > 2 else {
        ignored += 1
        tooShort += 1
        return
      }
      if type == "CLOSEDPLANAR_XOR" { isExclusive = true }
      if let thickness = try contour.number(.contourSlabThickness), thickness > 0 {
        slabThickness = thickness
      }
      polygons.append(corners)
    }

    private static func corners(
      _ contour: DICOMHeader, region: String
    ) throws(DICOMReadError) -> [PatientPoint] {
      let values = try contour.numbers(.contourData)
      guard values.count % 3 == 0 else {
        throw .unusable(
          .contourData, file: contour.file,
          reason: "of region '\(region)' is not made of points with three coordinates",
          remedy: "Export the structure set again.")
      }
      guard values.allSatisfy({ abs($0) <= farthest }) else {
        throw .unusable(
          .contourData, file: contour.file,
          reason: "of region '\(region)' has a point more than 100 m away",
          remedy: "Export the structure set again.")
      }
      return stride(from: 0, to: values.count, by: 3).map {
        PatientPoint(x: values[$0], y: values[$0 + 1], z: values[$0 + 2])
      }
    }

    var warnings: [String] {
      func note(_ count: Int, _ text: String) -> String? {
        count > 0 ? "region '\(region)': \(count) \(text)" : nil
      }
      return [
        note(openLines, "open contours enclose nothing and were left out"),
        note(tooShort, "closed contours of fewer than three points were left out"),
        note(miscounted, "contours hold another number of points than they announce"),
      ].compactMap { $0 }
    }
  }
}
