/// What decides about uptake in an enhanced PET frame, in the attributes of a classic PET slice.
enum EnhancedPETFacts {
  /// - Parameter frame: The frame's header with its functional groups dissolved.
  static func classicEntries(_ frame: DICOMHeader) throws(DICOMReadError) -> [DICOMHeader.Entry] {
    try valueEntries(frame) + correctionEntries(frame) + doseEntries(frame)
  }

  /// Units and rescale from Real World Value Mapping (PS3.3 C.7.6.16.2.11), which maps stored
  /// values. Activity concentration comes first, since dose and weight then check it; a map of SUV
  /// second. A legacy converted image that kept Units (0054,1001) is read as it stands.
  private static func valueEntries(
    _ frame: DICOMHeader
  ) throws(DICOMReadError) -> [DICOMHeader.Entry] {
    let mappings = frame.items(.realWorldValueMapping)
    for known in Unit.all {
      let matching = mappings.filter(known.matches)
      guard let slope = try matching.first?.number(.realWorldSlope), slope > 0 else { continue }
      let intercept = try matching[0].number(.realWorldIntercept) ?? 0
      for other in matching.dropFirst() {
        let line = (try other.number(.realWorldSlope), try other.number(.realWorldIntercept) ?? 0)
        guard line == (slope, intercept) else {
          throw .unsupported(
            .realWorldValueMapping, file: frame.file, what: "a value map in several pieces",
            remedy: "Export the image with one slope for all values of a frame.")
        }
      }
      return [
        text(.units, known.units), text(.suvType, known.suvType ?? ""),
        text(.rescaleSlope, "\(slope * known.scale)"),
        text(.rescaleIntercept, "\(intercept * known.scale)"),
      ]
    }
    guard frame.code(.units) == nil, let type = frame.code(.rescaleType),
      ["BQML", "GML", "CNTS"].contains(type)
    else { return [] }
    return [text(.units, type)]
  }

  /// A unit of PS3.16 CID 84 and 85 (UCUM) and its classic name.
  private struct Unit {
    let ucum: String
    let units: String
    var suvType: String?
    var scale = 1.0

    func matches(_ mapping: DICOMHeader) -> Bool {
      mapping.items(.measurementUnits).first?.code(.codeValue)?.lowercased() == ucum
    }

    static let all: [Unit] = [
      Unit(ucum: "bq/ml", units: "BQML"), Unit(ucum: "kbq/ml", units: "BQML", scale: 1e3),
      Unit(ucum: "mbq/ml", units: "BQML", scale: 1e6),
      Unit(ucum: "g/ml{suvbw}", units: "GML", suvType: "BW"),
      Unit(ucum: "g/ml{suvlbm}", units: "GML", suvType: "LBM"),
      Unit(ucum: "g/ml{suvlbm(james128)}", units: "GML", suvType: "LBMJAMES128"),
      Unit(ucum: "g/ml{suvlbm(janma)}", units: "GML", suvType: "LBMJANMA"),
      Unit(ucum: "g/ml{suvibw}", units: "GML", suvType: "IBW"),
      Unit(ucum: "cm2/ml{suvbsa}", units: "CM2ML", suvType: "BSA"),
      Unit(ucum: "{counts}", units: "CNTS"), Unit(ucum: "{propcounts}", units: "PROPCNTS"),
    ]
  }

  /// Enhanced PET Corrections (PS3.3 C.8.22.5) as Corrected Image (0028,0051) and Decay Correction
  /// (0054,1102).
  private static func correctionEntries(_ frame: DICOMHeader) -> [DICOMHeader.Entry] {
    let flags: [(tag: DICOMTag, name: String)] = [
      (.decayCorrected, "DECY"), (DICOMTag(0x0018, 0x9759), "ATTN"),
      (DICOMTag(0x0018, 0x9760), "SCAT"), (DICOMTag(0x0018, 0x9761), "DTIM"),
      (DICOMTag(0x0018, 0x9765), "RAN"), (DICOMTag(0x0018, 0x9768), "NORM"),
    ]
    var entries: [DICOMHeader.Entry] = []
    if flags.contains(where: { frame.code($0.tag) != nil }) {
      let made = flags.filter { frame.code($0.tag) == "YES" }.map(\.name)
      entries.append(text(.correctedImage, made.isEmpty ? "NONE" : made.joined(separator: "\\")))
    }
    switch frame.code(.decayCorrected) {
    case "YES": entries.append(text(.decayCorrection, "START"))
    case "NO": entries.append(text(.decayCorrection, "NONE"))
    default: break
    }
    return entries
  }

  /// An enhanced image states the dose in MBq (PS3.3 C.8.22.4), a classic one in Bq.
  private static let largestMegabecquerels = 1e5

  /// Radiopharmaceutical Information of the agent that this frame shows, with its dose in Bq.
  ///
  /// Some writers keep Bq: no patient is given 100 GBq for PET, so a larger number is Bq already.
  private static func doseEntries(
    _ frame: DICOMHeader
  ) throws(DICOMReadError) -> [DICOMHeader.Entry] {
    let agents = try agentsInUse(frame)
    guard let agent = agents.first else { return [] }
    guard agents.count == 1 else {
      throw .unsupported(
        .radiopharmaceuticalUsage, file: frame.file, what: "an image of several tracers at once",
        remedy: "Reconstruct one image per tracer; which activity belongs to which is not known.")
    }
    var entries = agent.entries
    if let dose = try agent.number(.injectedDose), dose > 0, dose < largestMegabecquerels,
      frame.code(.sopClass) == SOPClass.enhancedPET
    {
      entries = entries.filter { $0.tag != .injectedDose } + [text(.injectedDose, "\(dose * 1e6)")]
    }
    let item = DICOMHeader(file: frame.file, entries: entries)
    return [.init(tag: .radiopharmaceuticalInformation, text: "", items: [item])]
  }

  private static func agentsInUse(
    _ frame: DICOMHeader
  ) throws(DICOMReadError) -> [DICOMHeader] {
    let agents = frame.items(.radiopharmaceuticalInformation)
    let used = frame.items(.radiopharmaceuticalUsage).compactMap {
      $0.code(.radiopharmaceuticalAgent)
    }
    guard agents.count > 1, !used.isEmpty else { return agents }
    let chosen = agents.filter { used.contains($0.code(.radiopharmaceuticalAgent) ?? "") }
    guard !chosen.isEmpty else {
      throw .unusable(
        .radiopharmaceuticalUsage, file: frame.file,
        reason: "names an agent that Radiopharmaceutical Information (0054,0016) lacks",
        remedy: "Export the image again.")
    }
    return chosen
  }

  private static func text(_ tag: DICOMTag, _ text: String) -> DICOMHeader.Entry {
    .init(tag: tag, text: text, items: [])
  }
}

extension PETHeader {
  /// The facts of slices, whether they are files of their own or frames.
  init(_ slices: [ImageSlice]) throws(DICOMReadError) {
    let headers = slices.map(\.header)
    try self.init(headers)
    decayCorrectionDateTime = headers.first?.instant(dateTime: .decayCorrectionDateTime)
  }
}
