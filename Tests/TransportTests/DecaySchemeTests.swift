import Transport
import Testing

@Suite struct DecaySchemeTests {
  @Test func x() throws {
    for s in DecayScheme.knownSymbols {
      let d = try DecayScheme(symbol: s); let e = d.energies
      print(s, e.alphaMeV, e.recoilMeV, e.betaMinusMeV, e.positronMeV, e.conversionMeV, e.augerMeV, "E", e.electronMeV, "P", e.photonMeV)
    }
    for s in ["Y-90","Lu-177","I-131","Sr-89","P-32","F-18","Ga-68","C-11","Zr-89","Cu-64","Tb-161","Re-188","Ho-166","Bi-213","Tl-208","I-124"] {
      for b in try DecayScheme(symbol: s).betas where b.perDecay > 0.05 {
        print(s, b.isPositron, b.spectrum.endpointMeV, b.perDecay, b.meanMeV, "scale-1 %", (b.energyScale-1)*100)
      }
    }
  }
}
