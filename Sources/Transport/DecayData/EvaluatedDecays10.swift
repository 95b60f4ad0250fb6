// Made by fixtures/radionuclides/make_tables.py; do not edit by hand.

extension EvaluatedDecay {
  /// ENSDF, September 2023 (NNDC, Brookhaven), through paceENSDF 0.6.3.
  static let text10 = """
    N Ag-111 643680 864
    T Cd-111 beta- 1
    B Cd-111 0.92 1.035 0.3604 A
    B Cd-111 0.01 0.79138 0.2789 U
    B Cd-111 0.071 0.69467 0.2235 A
    B Cd-111 0.00022 0.4166 0.1402 U
    B Cd-111 4e-05 0.2821 0.0777 A
    B Cd-111 9e-05 0.172 0.0442 A
    B Cd-111 0.00013 0.1701 0.0436 A
    G Cd-111 0.012358 0.2454 0.064 0.0535 0.00834
    G Cd-111 0.00115564 0.09675 0.531 0.453 0.0585
    G Cd-111 0.0668 0.34213 0.0186 0.01604 0.00207
    G Cd-111 0.000109552 0.6203 0.0037 0.00317 0.0004
    N Tc-99m 21625.92 3.24
    T Tc-99 IT 0.999963
    G Tc-99 7.076e-11 0.0021726 1.4e+10 0 0
    G Tc-99 0.89 0.140511 0.113 0.0988 0.012
    G Tc-99 0.000228 0.142675 40.2 29.1 9.06
    """
}
