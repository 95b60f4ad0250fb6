import Foundation

/// The reference time that Frame Reference Time (0054,1300) implies.
enum FrameReference {
  /// What all slices agree on within the tolerance of one clock, else `nil`.
  ///
  /// DICOM counts Frame Reference Time from the reference of the series to the moment when the
  /// count rate has its mean over the frame (PS3.3 C.8.9.4.1.5); GE counts it to the begin of the
  /// frame, so that it is zero in the first bed.
  static func candidate(_ header: PETHeader) -> ReferenceTimes.Candidate? {
    let toBegin = countsToFrameBegin(header)
    var instants: [Date] = []
    for slice in header.slices {
      guard
        let instant = toBegin
          ? begin(slice) : averageCountRate(slice, halfLife: header.halfLife)
      else { return nil }
      instants.append(instant)
    }
    guard let first = instants.min(), let last = instants.max(),
      last.timeIntervalSince(first) <= ReferenceTimes.clockTolerance
    else { return nil }
    return .init(rule: toBegin ? .frameBegin : .backComputed, instant: first)
  }

  /// GE does; and so does any scanner that writes zero in one bed and more in another, since the
  /// mean count rate of a frame is never at its begin.
  static func countsToFrameBegin(_ header: PETHeader) -> Bool {
    if PETHeader.isGE(header.manufacturer) { return true }
    let times = header.slices.compactMap(\.frameReferenceTime)
    return times.contains(0) && times.contains { $0 > 0 }
  }

  private static func begin(_ slice: PETHeader.Slice) -> Date? {
    guard let start = slice.acquisition, let reference = slice.frameReferenceTime, reference >= 0
    else { return nil }
    return start.addingTimeInterval(-reference)
  }

  private static func averageCountRate(_ slice: PETHeader.Slice, halfLife: Double?) -> Date? {
    guard let halfLife, halfLife > 0, let start = slice.acquisition,
      let reference = slice.frameReferenceTime, let duration = slice.frameDuration,
      reference > 0, duration > 0
    else { return nil }
    let average = averageCountRateTime(duration: duration, halfLife: halfLife)
    return start.addingTimeInterval(average - reference)
  }

  /// When, after the start of a frame, the decaying count rate equals its mean over the frame:
  /// (1/λ) ln(λT / (1 − e^(−λT))), PS3.3 C.8.9.4.1.5 (Frame Reference Time).
  static func averageCountRateTime(duration: Double, halfLife: Double) -> Double {
    let lambda = 0.693_147_180_559_945_3 / halfLife
    let x = lambda * duration
    // Below this the formula loses all digits, and the middle of the frame is exact enough.
    guard x > 1e-6 else { return duration / 2 }
    return log(x / -expm1(-x)) / lambda
  }
}

extension PETHeader {
  /// Whether Manufacturer (0008,0070) is General Electric.
  static func isGE(_ manufacturer: String?) -> Bool {
    guard let name = manufacturer?.uppercased() else { return false }
    return name == "GE" || name.hasPrefix("GE ") || name.hasPrefix("GEMS")
  }

  /// Whether it is Siemens, or CTI or CPS, whose scanners Siemens sold.
  static func isSiemens(_ manufacturer: String?) -> Bool {
    guard let name = manufacturer?.uppercased() else { return false }
    return ["SIEMENS", "CTI", "CPS"].contains { name.hasPrefix($0) }
  }
}
