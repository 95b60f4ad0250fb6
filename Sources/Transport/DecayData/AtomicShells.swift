/// Binding energies, fluorescence yields and mean X-ray energies of one element, in keV.
struct AtomicShells: Sendable {
  let kEdge: Double
  /// Mean of the L2 and L3 edges, weighted by their electrons.
  let lEdge: Double
  let kYield: Double
  let lYield: Double
  /// Mean energy of the K X-rays, and of the L X-rays.
  let kXRay: Double
  let lXRay: Double
  /// Share of the K X-rays that leave the hole in the L shell.
  let kAlpha: Double

  /// L vacancies that the filling of one K vacancy leaves: one after a K-alpha X-ray; after an
  /// Auger electron 2, 1 or 0 (KLL, KLX, KXY), on average about 1.6 in heavy atoms.
  var lVacanciesPerK: Double { kYield * kAlpha + (1 - kYield) * Self.lVacanciesPerAuger }

  /// From the usual KLL : KLX : KXY shares of about 0.65 : 0.30 : 0.05.
  static let lVacanciesPerAuger = 1.6

  static func of(_ symbol: String) -> AtomicShells? {
    ChemicalElement.atomicNumber(of: symbol).flatMap { byAtomicNumber[$0] }
  }
}

/// Symbols of the chemical elements.
enum ChemicalElement {
  private static let symbols = """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se \
    Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy \
    Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th
    """.split(separator: " ").map(String.init)

  /// Atomic number of `Lu-177`: 71.
  static func atomicNumber(of nuclide: String) -> Int? {
    guard let element = nuclide.split(separator: "-").first else { return nil }
    return symbols.firstIndex(of: String(element)).map { $0 + 1 }
  }

  /// Mass number of `Lu-177`: 177.
  static func massNumber(of nuclide: String) -> Int? {
    nuclide.split(separator: "-").last.flatMap { Int($0) }
  }
}
