import Foundation
import Quantities

extension PETHeader {
  /// Gathers the facts of one series of single-slice images. Every slice is read; what should be
  /// the same in all and is not becomes a ``Contradiction``.
  ///
  /// - Parameter headers: One header per slice in the order of the volume's slices.
  public init(_ headers: [DICOMHeader]) throws(DICOMReadError) {
    guard let first = headers.first else { throw .nothingFound(file: "", what: "PET images") }
    self = try Self.shared(of: first)
    for header in headers.dropFirst() {
      contradictions += clashes(with: try Self.shared(of: header))
    }
    // One mention of each attribute is enough.
    var seen: Set<DICOMTag> = []
    contradictions.removeAll { !seen.insert($0.tag).inserted }
    for header in headers { slices.append(try Slice(header)) }
  }

  /// What one header says that is true of the whole series.
  private static func shared(of header: DICOMHeader) throws(DICOMReadError) -> PETHeader {
    var facts = PETHeader(file: header.file)
    facts.units = header.code(.units)
    facts.suvType = header.code(.suvType)
    facts.decayCorrection = header.code(.decayCorrection)
    facts.correctedImage = header.texts(.correctedImage)
    facts.imageType = header.texts(.imageType)
    facts.seriesType = header.code(.seriesType)
    facts.manufacturer = header.text(.manufacturer)
    facts.model = header.text(.modelName)
    facts.software = header.text(.softwareVersions)
    facts.reconstruction = header.text(CatalogueTag.reconstructionMethod)
    facts.series = header.seriesStart
    facts.readPrivateTimes(header)
    facts.philipsSUVFactor = try header.philipsNumber(.philipsSUVFactor)
    facts.philipsActivityFactor = try header.philipsNumber(.philipsActivityFactor)
    facts.declaredSliceCount = try header.integer(.sliceCount)
    facts.readTimezone(header)
    try facts.readPatient(header)
    try facts.readInjection(header)
    return facts
  }

  private mutating func readPrivateTimes(_ header: DICOMHeader) {
    let ge = header.privateInstant(
      .gePostInjectionScanDateTime, owner: "GEMS_PETD_01", orElse: Self.isGE(manufacturer))
    let siemens = header.privateInstant(
      .siemensDecayCorrection, owner: "SIEMENS MED PT", orElse: Self.isSiemens(manufacturer))
    (scanStartAfterInjection, siemensDecayCorrection) = (ge?.instant, siemens?.instant)
    if ge?.isOwned == false || siemens?.isOwned == false {
      remarks.append(
        "a private reference time has lost its private creator; it was taken for the one of the "
          + "scanner's manufacturer (0008,0070)")
    }
  }

  private mutating func readTimezone(_ header: DICOMHeader) {
    timezoneOffset = header.timezoneOffset
    if timezoneOffset == nil, header.text(.timezoneOffset) != nil {
      remarks.append(
        "Timezone Offset From UTC (0008,0201) is not written as +hhmm; it was not used")
    }
  }

  private mutating func readPatient(_ header: DICOMHeader) throws(DICOMReadError) {
    weight = try header.number(.patientWeight)
    height = try header.number(.patientSize)
    let term = header.code(.patientSex)
    sex = term.flatMap(Sex.init(rawValue:))
    if sex == nil, term != nil { unreadable.insert(.patientSex) }
  }

  private mutating func readInjection(_ header: DICOMHeader) throws(DICOMReadError) {
    let items = header.items(.radiopharmaceuticalInformation)
    injectionCount = items.count
    let item = items.first ?? header
    /// Some exports put the attributes at the top level, where users add them by hand.
    func holder(_ tag: DICOMTag) -> DICOMHeader { item.text(tag) == nil ? header : item }
    readInjectionTimes(
      dateTime: holder(.injectionDateTime).code(.injectionDateTime),
      time: holder(.injectionTime).code(.injectionTime))
    dose = try holder(.injectedDose).number(.injectedDose)
    halfLife = try holder(.halfLife).number(.halfLife)
    radiopharmaceutical = item.text(.radiopharmaceutical)
    radionuclide = item.items(.radionuclideCode).first?.text(.codeMeaning)
    let isOutside = [
      DICOMTag.injectionDateTime, .injectionTime, .injectedDose, .halfLife,
    ].contains { item.text($0) == nil && header.text($0) != nil }
    if isOutside {
      remarks.append(
        "facts of the injection lie outside Radiopharmaceutical Information Sequence (0054,0016)")
    }
    if injectionOffset != nil, timezoneOffset == nil {
      remarks.append(
        "Radiopharmaceutical Start DateTime (0018,1078) states its offset from UTC and the series "
          + "does not (0008,0201); it was read as the scanner's clock")
    }
  }

  /// A date and time with no minutes lends its date to the time beside it, and is no time itself.
  private mutating func readInjectionTimes(dateTime: String?, time: String?) {
    injectionClock = time.flatMap(DICOMClock.secondsOfDay)
    if time != nil, injectionClock == nil { unreadable.insert(.injectionTime) }
    guard let dateTime else { return }
    injectionOffset = DICOMClock.offset(ofDateTime: dateTime)
    injection = DICOMClock.instant(dateTime: dateTime, offset: timezoneOffset)
    guard injection == nil else { return }
    unreadable.insert(.injectionDateTime)
    injection = time.flatMap {
      DICOMClock.instant(
        date: String(dateTime.prefix(8)), time: $0, offset: timezoneOffset ?? 0)
    }
    remarks.append(
      "Radiopharmaceutical Start DateTime (0018,1078) is no date and time to the minute; "
        + (injection == nil
          ? "it was not used" : "its date was used with Radiopharmaceutical Start Time (0018,1072)")
    )
  }

  /// Attributes in which another slice of the series differs.
  private func clashes(with other: PETHeader) -> [Contradiction] {
    let pairs: [(DICOMTag, Bool)] = [
      (.units, units == other.units), (.suvType, suvType == other.suvType),
      (.decayCorrection, decayCorrection == other.decayCorrection),
      (.correctedImage, correctedImage == other.correctedImage),
      (.patientWeight, weight == other.weight), (.patientSize, height == other.height),
      (
        .patientSex,
        sex == other.sex
          && unreadable.contains(.patientSex)
            == other.unreadable.contains(.patientSex)
      ),
      (.injectedDose, dose == other.dose), (.halfLife, halfLife == other.halfLife),
      (.injectionDateTime, injection == other.injection),
      (.injectionTime, injectionClock == other.injectionClock),
      (.radiopharmaceuticalInformation, injectionCount == other.injectionCount),
      (.philipsSUVFactor, philipsSUVFactor == other.philipsSUVFactor),
      (.philipsActivityFactor, philipsActivityFactor == other.philipsActivityFactor),
      (.timezoneOffset, timezoneOffset == other.timezoneOffset),
      (.seriesTime, series == other.series),
      (.gePostInjectionScanDateTime, scanStartAfterInjection == other.scanStartAfterInjection),
      (.siemensDecayCorrection, siemensDecayCorrection == other.siemensDecayCorrection),
    ]
    return pairs.filter { !$0.1 }.map {
      Contradiction(tag: $0.0, file: other.file, other: file)
    }
  }
}

extension PETHeader.Slice {
  init(_ header: DICOMHeader) throws(DICOMReadError) {
    self.init(
      acquisition: header.acquisitionStart,
      frameReferenceTime: try header.number(.frameReferenceTime).map { $0 / 1000 },
      frameDuration: try header.number(.frameDuration).map { $0 / 1000 },
      frameReference: header.instant(dateTime: .frameReferenceDateTime))
  }
}

extension DICOMHeader {
  /// A private DT element of a vendor; see ``place(of:owner:orElse:)``.
  fileprivate func privateInstant(
    _ tag: DICOMTag, owner: String, orElse isVendor: Bool
  ) -> (instant: Date, isOwned: Bool)? {
    guard let place = place(of: tag, owner: owner, orElse: isVendor) else { return nil }
    return instant(dateTime: place.tag).map { ($0, place.isOwned) }
  }

  /// Philips' factors. Exports often drop their creator, and no other vendor has this group.
  fileprivate func philipsNumber(_ tag: DICOMTag) throws(DICOMReadError) -> Double? {
    let place = place(of: tag, owner: "Philips PET Private Group", orElse: true)
    return try place.flatMap { place throws(DICOMReadError) in try number(place.tag) }
  }

  /// Where a private element stands under the name of its owner.
  ///
  /// Private elements mean something only in the block their owner reserved (PS3.5 7.8.1): the
  /// creator at (gggg,00bb) owns (gggg,bb00) to (gggg,bbFF). Exports that drop the creator leave
  /// an orphan, which is read when `isVendor` says whose it must be.
  ///
  /// - Parameter tag: As in block 10.
  private func place(
    of tag: DICOMTag, owner: String, orElse isVendor: Bool
  ) -> (tag: DICOMTag, isOwned: Bool)? {
    for block in UInt16(0x10)...0xFF where code(DICOMTag(tag.group, block)) == owner {
      return (DICOMTag(tag.group, block << 8 | tag.element & 0xFF), true)
    }
    guard isVendor, text(DICOMTag(tag.group, 0x10)) == nil else { return nil }
    return (tag, false)
  }
}
