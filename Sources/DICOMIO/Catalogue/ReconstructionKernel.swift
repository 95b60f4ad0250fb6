/// What the Convolution Kernel (0018,1210) of a CT is meant for.
///
/// Sharp kernels raise noise and overshoot at edges, so HU of soft tissue and skeleton are not
/// those of the attenuation; images are registered and densities read from a soft one.
public enum ReconstructionKernel: String, Sendable, Hashable, Codable {
  case soft = "soft-tissue kernel"
  /// For bone, lung or inner ear.
  case sharp = "bone or lung kernel"

  /// `nil` for a name that is not known.
  ///
  /// - Parameter name: The first value of the attribute.
  public init?(_ name: String, manufacturer: String?) {
    let name = name.uppercased()
    let maker = (manufacturer ?? "").uppercased()
    if maker.contains("GE") && !maker.contains("SIEMENS"), let kernel = Self.ge[name] {
      self = kernel
    } else if maker.contains("SIEMENS"), let kernel = Self.siemens(name) {
      self = kernel
    } else if maker.contains("PHILIPS") || maker.contains("PICKER"), let kernel = Self.philips(name)
    {
      self = kernel
    } else if maker.contains("TOSHIBA") || maker.contains("CANON"), let kernel = Self.canon(name) {
      self = kernel
    } else if let kernel = Self.byWord(name) ?? Self.siemens(name) {
      // Nobody else names kernels as Siemens does, so a removed or odd manufacturer does not matter.
      self = kernel
    } else {
      return nil
    }
  }

  /// What a description of a series says of its kernel, for kernels that are not known.
  static func described(_ text: String) -> Self? { byWord(text.uppercased()) }

  /// Words that mean the same from every maker.
  private static func byWord(_ text: String) -> Self? {
    let words = Set(text.split { !$0.isLetter }.map(String.init))
    if !words.isDisjoint(with: ["BONE", "BONES", "LUNG", "LUNGS"]) { return .sharp }
    return words.isDisjoint(with: ["SOFT", "STANDARD", "STND"]) ? nil : .soft
  }

  /// GE LightSpeed and Discovery: Soft, Standard and Detail against Lung, Bone, Bone Plus and Edge
  /// (their point spreads are compared in a study of CT image quality by T. Matsumoto and others,
  /// SPIE Medical Imaging, 15 March 2007).
  private static let ge: [String: Self] = [
    "SOFT": .soft, "STANDARD": .soft, "STND": .soft, "DETAIL": .soft, "CHEST": .soft,
    "LUNG": .sharp, "BONE": .sharp, "BONEPLUS": .sharp, "BONE PLUS": .sharp, "EDGE": .sharp,
    "ULTRA": .sharp, "HD BONE": .sharp, "HD LUNG": .sharp,
  ]

  /// Siemens: letters for the region or method (B body, H head, I and J iterative, D dual energy,
  /// Q quantitative, then Br, Hr, Bl, Bv …), two digits that rise with sharpness, and a letter for
  /// the rotation. Standard for body are 30 and 40, 10 and 20 are softer; 50 to 80 are for higher
  /// sharpness (SOMATOM Sensation operating instructions, "Body kernels"). S80 and S90 are for
  /// physical measurements.
  private static func siemens(_ name: String) -> Self? {
    let letters = name.prefix { $0.isLetter }
    let digits = name.dropFirst(letters.count).prefix { $0.isNumber }
    guard let first = letters.first, letters.count <= 2, "BHIJDQSUT".contains(first),
      digits.count == 2, let sharpness = Int(digits)
    else { return nil }
    return sharpness >= 50 ? .sharp : .soft
  }

  /// Philips: A smooth, B standard, C and F between; D, E and L are sharp (B, C, D, E and L are in
  /// the same study), as are the Y filters (YA to YE), which clinics use for lung and bone.
  private static func philips(_ name: String) -> Self? {
    switch name {
    case "A", "B", "C", "UA", "UB", "UC", "F": .soft
    case "D", "E", "L", "YA", "YB", "YC", "YD", "YE": .sharp
    default: nil
    }
  }

  /// Toshiba and Canon: FC01 to FC29 for body and head soft tissue, from FC30 for bone and lung
  /// (FC13 is the soft-tissue and FC55 the lung kernel in synapse.koreamed.org/articles/1099806).
  private static func canon(_ name: String) -> Self? {
    guard name.hasPrefix("FC"), let number = Int(name.dropFirst(2).prefix { $0.isNumber }) else {
      return nil
    }
    return number >= 30 ? .sharp : .soft
  }
}
