/// Reads enhanced multi-frame CT and PET (PS3.3 A.38, A.56, A.70, A.72): turns the shared and
/// per-frame functional groups of each frame into the header of a classic slice.
enum EnhancedFrames {
  /// Functional groups (PS3.3 C.7.6.16) whose attributes stand at the top level of a classic
  /// object. All others, such as Frame VOI LUT or Derivation Image, say nothing about geometry or
  /// values.
  private static let dissolved: [DICOMTag] = [
    .pixelMeasuresSequence, .planePositionSequence, .planeOrientationSequence,
    DICOMTag(0x0020, 0x9111),  // Frame Content
    DICOMTag(0x0028, 0x9145),  // Pixel Value Transformation
    DICOMTag(0x0018, 0x9118),  // Cardiac Synchronization
    DICOMTag(0x0020, 0x9253),  // Respiratory Synchronization
    DICOMTag(0x0018, 0x9329),  // CT Image Frame Type
    DICOMTag(0x0018, 0x9304),  // CT Acquisition Details
    DICOMTag(0x0018, 0x9314),  // CT Reconstruction
    DICOMTag(0x0018, 0x9751),  // PET Frame Type
    DICOMTag(0x0018, 0x9732),  // PET Frame Acquisition
    DICOMTag(0x0018, 0x9736),  // PET Frame Correction Factors
    DICOMTag(0x0020, 0x9170),  // Unassigned Shared Converted Attributes (legacy converted)
    DICOMTag(0x0020, 0x9171),  // Unassigned Per-Frame Converted Attributes
  ]
  /// Functional groups that a classic object has as sequences as well.
  private static let kept: [DICOMTag] = [.realWorldValueMapping, .radiopharmaceuticalUsage]

  static func slices(of file: DICOMFile) throws(DICOMReadError) -> [ImageSlice] {
    let header = file.header
    let groups = header.items(.perFrameGroups)
    let count = try header.integer(.frameCount) ?? 1
    guard groups.count == count else {
      throw .unusable(
        .perFrameGroups, file: header.file,
        reason: "describes \(groups.count) frames but Number of Frames (0028,0008) is \(count)",
        remedy: "Export the image again.")
    }
    let base = header.entries.filter { ![.sharedGroups, .perFrameGroups].contains($0.tag) }
    let shared = header.items(.sharedGroups).first.map(attributes) ?? []
    let isPET = SOPClass.multiFramePET.contains(header.code(.sopClass) ?? "")
    var slices: [ImageSlice] = []
    for (n, group) in groups.enumerated() {
      var frame = Attributes(base)
      frame.set(shared)
      frame.set(attributes(group))
      frame.nameAsClassic()
      let name = "\(header.file), frame \(n + 1)"
      var flat = DICOMHeader(file: name, entries: frame.entries)
      if isPET {
        frame.set(try EnhancedPETFacts.classicEntries(flat))
        flat = DICOMHeader(file: name, entries: frame.entries)
      }
      slices.append(ImageSlice(file, frame: n, header: flat))
    }
    return slices
  }

  private static func attributes(_ group: DICOMHeader) -> [DICOMHeader.Entry] {
    dissolved.flatMap { group.items($0).first?.entries ?? [] }
      + group.entries.filter { kept.contains($0.tag) }
  }

  /// Attributes of one frame, where the later and more particular replaces the earlier.
  private struct Attributes {
    private var byTag: [DICOMTag: DICOMHeader.Entry] = [:]

    init(_ entries: [DICOMHeader.Entry]) { set(entries) }

    var entries: [DICOMHeader.Entry] { Array(byTag.values) }

    mutating func set(_ entries: [DICOMHeader.Entry]) {
      for entry in entries { byTag[entry.tag] = entry }
    }

    /// Gives what enhanced objects name anew its classic tag.
    mutating func nameAsClassic() {
      if let start = byTag[.frameAcquisitionDateTime], !start.text.isEmpty {
        // The begin of this frame, where the top level has that of the first.
        (byTag[.acquisitionDate], byTag[.acquisitionTime]) = (nil, nil)
        rename(start, .acquisitionDateTime)
      }
      if let duration = byTag[.frameAcquisitionDuration] { rename(duration, .frameDuration) }
      if let type = byTag[.frameType] { rename(type, .imageType) }
    }

    private mutating func rename(_ entry: DICOMHeader.Entry, _ tag: DICOMTag) {
      byTag[tag] = .init(tag: tag, text: entry.text, items: [])
    }
  }
}
