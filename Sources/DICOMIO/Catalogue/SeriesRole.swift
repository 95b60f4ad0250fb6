extension SeriesCatalogue.Role {
  /// What one object of a series is good for.
  init(_ header: DICOMHeader) {
    let type = header.texts(.imageType).map { $0.uppercased() }
    switch header.code(.sopClass) {
    case SOPClass.ct: self = Self.ct(header, type)
    case SOPClass.pet: self = Self.pet(header, type)
    case let sop? where SOPClass.multiFrameCT.contains(sop): self = Self.ct(header, type)
    case let sop? where SOPClass.multiFramePET.contains(sop): self = Self.pet(header, type)
    case SOPClass.nuclearMedicine:
      let isTomographic = type.contains("RECON TOMO") || type.contains("RECON GATED TOMO")
      self = isTomographic ? .spect : .planarNuclearMedicine
    case SOPClass.structureSet: self = .structureSet
    case SOPClass.segmentation: self = .segmentation
    case SOPClass.dose: self = .dose
    case SOPClass.spatialRegistration, SOPClass.deformableRegistration:
      self = .registration
    case let sop?
    where sop.hasPrefix(SOPClass.screenCapture)
      && (sop.dropFirst(SOPClass.screenCapture.count).first.map { $0 == "." } ?? true):
      self = .screenCapture
    default: self = .other
    }
  }

  private static func ct(_ header: DICOMHeader, _ type: [String]) -> Self {
    if type.contains("LOCALIZER") { return .localiser }
    if isPicture(header, type) { return .screenCapture }
    return isProjection(type) ? .projection : .ct
  }

  private static func pet(_ header: DICOMHeader, _ type: [String]) -> Self {
    if isPicture(header, type) { return .screenCapture }
    if isProjection(type) { return .projection }
    let corrected = header.texts(.correctedImage)
    let isNamedUncorrected = SeriesCatalogue.Traits.words(header).contains("NAC")
    if corrected.isEmpty ? isNamedUncorrected : !corrected.contains("ATTN") {
      return .petWithoutAttenuationCorrection
    }
    return type.first == "DERIVED" || type.dropFirst().first == "SECONDARY" ? .derivedPET : .pet
  }

  /// Dose pages and screens are also stored as CT or PET, in colour or with a type of their own.
  private static func isPicture(_ header: DICOMHeader, _ type: [String]) -> Bool {
    header.code(.samplesPerPixel) == "3"
      || !type.filter { ["SCREEN SAVE", "DOSE_INFO", "DOSE INFO", "PROTOCOL"].contains($0) }.isEmpty
  }

  /// Defined and vendors' terms of Image Type value 3 and later (PS3.3 C.8.2.1.1.1, C.8.9.4).
  private static func isProjection(_ type: [String]) -> Bool {
    let terms: Set = [
      "MIP", "MINIP", "PROJECTION IMAGE", "MAX_IP", "MIN_IP", "VOLUME_RENDER", "VRT", "SSD",
    ]
    return type.dropFirst(2).contains { terms.contains($0) }
  }

  var hasUptake: Bool {
    switch self {
    case .pet, .petWithoutAttenuationCorrection, .derivedPET, .dynamicPET, .gatedPET, .spect: true
    default: false
    }
  }

  /// Whether slices of single files are to make one stack.
  var isStack: Bool {
    switch self {
    case .ct, .pet, .petWithoutAttenuationCorrection, .derivedPET: true
    default: false
    }
  }
}

extension SeriesCatalogue.Role {
  /// A PET of several time frames or gates, told by the files of the whole series: one place is
  /// there more than once, at different times.
  func refined(by files: [FoundFile]) -> Self {
    guard self == .pet || self == .derivedPET else { return self }
    let type = files[0].header.code(.seriesType)?.uppercased()
    if type == "GATED" { return .gatedPET }
    let places = Dictionary(grouping: files) { $0.header.text(.position) ?? "" }
    let repeats = places.values.filter { $0.count > 1 }
    let atOtherTimes = repeats.contains { files in
      Set(
        files.map {
          ($0.header.text(.frameReferenceTime) ?? "") + " "
            + ($0.header.text(.acquisitionTime) ?? "")
        }
      ).count > 1
    }
    return !repeats.isEmpty && (type == "DYNAMIC" || atOtherTimes) ? .dynamicPET : self
  }
}

extension SeriesCatalogue.Traits {
  init(_ header: DICOMHeader, role: SeriesCatalogue.Role) {
    let type = header.texts(.imageType).dropFirst(2).map { $0.uppercased() }
    let kernelName = header.code(CatalogueTag.kernel)
    kernel =
      role == .ct
      ? kernelName.flatMap { ReconstructionKernel($0, manufacturer: header.text(.manufacturer)) }
        ?? header.text(.seriesDescription).flatMap(ReconstructionKernel.described)
      : nil
    hasContrastAgent = role == .ct && header.text(CatalogueTag.contrastAgent) != nil
    isReformat = type.contains("MPR") || type.contains("REFORMATTED")
    let method = [header.code(CatalogueTag.reconstructionMethod), kernelName].compactMap { $0 }
    reconstruction = role.hasUptake && !method.isEmpty ? method.joined(separator: ", ") : nil
    words = Self.words(header)
  }

  /// Words of Series Description that say how a series was made. Its free text is not kept: people
  /// write names into it.
  static func words(_ header: DICOMHeader) -> [String] {
    let known: Set = ["AC", "NAC", "EARL", "EARL1", "EARL2", "TOF", "PSF", "MIP", "WB", "GATED"]
    let text = header.text(.seriesDescription)?.uppercased() ?? ""
    let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let isUncorrected = text.contains("UNCORRECTED") || text.contains("NON AC")
    return Set(words).union(isUncorrected ? ["NAC"] : []).intersection(known).sorted()
  }
}
