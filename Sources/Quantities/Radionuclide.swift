/// A radionuclide by its usual symbol, for example `Lu-177`, with its physical half-life.
///
/// Energies per decay are the dosimetry core's business; here is only what every room needs to
/// decay-correct. Half-lives: ENSDF as of September 2023 (NNDC, Brookhaven).
public struct Radionuclide: Sendable, Hashable {
  /// Element and mass number joined by a hyphen: `Ga-68`.
  public let symbol: String
  public let halfLife: Duration

  private init(_ symbol: String, halfLife: Duration) {
    self.symbol = symbol
    self.halfLife = halfLife
  }

  public static let fluorine18 = Radionuclide("F-18", halfLife: .seconds(109.77 * 60))
  public static let gallium68 = Radionuclide("Ga-68", halfLife: .seconds(67.71 * 60))
  public static let copper64 = Radionuclide("Cu-64", halfLife: .hours(12.7006))
  public static let zirconium89 = Radionuclide("Zr-89", halfLife: .hours(78.41))
  public static let iodine124 = Radionuclide("I-124", halfLife: .days(4.1760))
  public static let lutetium177 = Radionuclide("Lu-177", halfLife: .days(6.6443))
  public static let yttrium90 = Radionuclide("Y-90", halfLife: .hours(64.05))
  public static let iodine131 = Radionuclide("I-131", halfLife: .days(8.0252))
  public static let terbium161 = Radionuclide("Tb-161", halfLife: .days(6.89))
  public static let actinium225 = Radionuclide("Ac-225", halfLife: .days(10.0))

  /// Every radionuclide known by name.
  public static let all: [Radionuclide] =
    [
      .fluorine18, .gallium68, .copper64, .zirconium89, .iodine124, .lutetium177, .yttrium90,
      .iodine131, .terbium161, .actinium225,
    ]
    + [
      ("Cu-67", 61.83), ("Re-186", 89.244), ("Re-188", 17.005), ("Sm-153", 46.284),
      ("Ho-166", 26.824), ("Ra-223", 274.4784), ("Th-227", 448.32), ("Pb-212", 10.622),
      ("Ra-224", 87.84), ("At-211", 7.214), ("Bi-213", 45.59 / 60), ("In-111", 67.3128),
    ].map { Radionuclide($0.0, halfLife: .hours($0.1)) }

  /// Finds a nuclide written `Lu-177`, `Lu177`, `lu-177`, `177Lu` or DICOM's `^177^Lutetium`;
  /// `nil` when it is not in the table.
  public init?(symbol text: String) {
    let mass = text.filter(\.isNumber)
    let element = text.filter(\.isLetter).lowercased()
    guard
      let known = Self.all.first(where: {
        let parts = $0.symbol.split(separator: "-")
        guard parts[1] == mass else { return false }
        return parts[0].lowercased() == element || Self.elementNames[String(parts[0])] == element
      })
    else { return nil }
    self = known
  }

  private static let elementNames = [
    "F": "fluorine", "Ga": "gallium", "Cu": "copper", "Zr": "zirconium", "I": "iodine",
    "Lu": "lutetium", "Tb": "terbium", "Y": "yttrium", "Ac": "actinium", "Re": "rhenium",
    "Sm": "samarium", "Ho": "holmium", "Ra": "radium", "Th": "thorium", "Pb": "lead",
    "At": "astatine", "Bi": "bismuth", "In": "indium",
  ]
}
