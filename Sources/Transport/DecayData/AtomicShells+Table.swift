// Made by fixtures/radionuclides/make_tables.py; do not edit by hand.

extension AtomicShells {
  /// By atomic number; energies in keV. xraylib 4.0.
  static let byAtomicNumber: [Int: AtomicShells] = [
    5: AtomicShells(
      kEdge: 0.188, lEdge: 0.0047, kYield: 0.001409, lYield: 0, kXRay: 0.1833, lXRay: 0.003995,
      kAlpha: 1),
    6: AtomicShells(
      kEdge: 0.2838, lEdge: 0.0064, kYield: 0.002575, lYield: 0, kXRay: 0.2774, lXRay: 0.00544,
      kAlpha: 1),
    7: AtomicShells(
      kEdge: 0.4016, lEdge: 0.0092, kYield: 0.004349, lYield: 0, kXRay: 0.3924, lXRay: 0.00782,
      kAlpha: 1),
    8: AtomicShells(
      kEdge: 0.532, lEdge: 0.0071, kYield: 0.006909, lYield: 0, kXRay: 0.5249, lXRay: 0.006035,
      kAlpha: 1),
    16: AtomicShells(
      kEdge: 2.472, lEdge: 0.1646, kYield: 0.08038, lYield: 0.00026, kXRay: 2.3165, lXRay: 0.13991,
      kAlpha: 0.94185),
    20: AtomicShells(
      kEdge: 4.0381, lEdge: 0.3476, kYield: 0.1687, lYield: 0.00033, kXRay: 3.7265, lXRay: 0.29546,
      kAlpha: 0.88837),
    22: AtomicShells(
      kEdge: 4.9664, lEdge: 0.4575, kYield: 0.2256, lYield: 0.0013667, kXRay: 4.5575, lXRay: 0.4518,
      kAlpha: 0.88492),
    24: AtomicShells(
      kEdge: 5.9892, lEdge: 0.57757, kYield: 0.2885, lYield: 0.0032333, kXRay: 5.4726,
      lXRay: 0.5722, kAlpha: 0.88601),
    26: AtomicShells(
      kEdge: 7.112, lEdge: 0.71243, kYield: 0.3546, lYield: 0.0054, kXRay: 6.4775, lXRay: 0.7045,
      kAlpha: 0.88156),
    28: AtomicShells(
      kEdge: 8.3328, lEdge: 0.86043, kYield: 0.4212, lYield: 0.0079, kXRay: 7.5669, lXRay: 0.8511,
      kAlpha: 0.88058),
    30: AtomicShells(
      kEdge: 9.6586, lEdge: 1.0274, kYield: 0.4857, lYield: 0.011167, kXRay: 8.7444, lXRay: 1.0116,
      kAlpha: 0.87958),
    34: AtomicShells(
      kEdge: 12.658, lEdge: 1.4493, kYield: 0.6019, lYield: 0.017333, kXRay: 11.385, lXRay: 1.3791,
      kAlpha: 0.86338),
    36: AtomicShells(
      kEdge: 14.326, lEdge: 1.6923, kYield: 0.6517, lYield: 0.021333, kXRay: 12.848, lXRay: 1.581,
      kAlpha: 0.85611),
    38: AtomicShells(
      kEdge: 16.105, lEdge: 1.962, kYield: 0.6956, lYield: 0.025333, kXRay: 14.402, lXRay: 1.8063,
      kAlpha: 0.84854),
    39: AtomicShells(
      kEdge: 17.038, lEdge: 2.1052, kYield: 0.7155, lYield: 0.027333, kXRay: 15.217, lXRay: 1.9224,
      kAlpha: 0.84522),
    40: AtomicShells(
      kEdge: 17.998, lEdge: 2.2504, kYield: 0.734, lYield: 0.03, kXRay: 16.054, lXRay: 2.0421,
      kAlpha: 0.84257),
    43: AtomicShells(
      kEdge: 21.044, lEdge: 2.7157, kYield: 0.7821, lYield: 0.039, kXRay: 18.713, lXRay: 2.4236,
      kAlpha: 0.83489),
    48: AtomicShells(
      kEdge: 26.711, lEdge: 3.6007, kYield: 0.8415, lYield: 0.056, kXRay: 23.643, lXRay: 3.1331,
      kAlpha: 0.82511),
    52: AtomicShells(
      kEdge: 31.814, lEdge: 4.4316, kYield: 0.875, lYield: 0.074, kXRay: 27.988, lXRay: 3.7682,
      kAlpha: 0.81575),
    54: AtomicShells(
      kEdge: 34.564, lEdge: 4.8894, kYield: 0.8883, lYield: 0.084333, kXRay: 30.303, lXRay: 4.1042,
      kAlpha: 0.81181),
    55: AtomicShells(
      kEdge: 35.985, lEdge: 5.1277, kYield: 0.8942, lYield: 0.090667, kXRay: 31.499, lXRay: 4.285,
      kAlpha: 0.80956),
    56: AtomicShells(
      kEdge: 37.441, lEdge: 5.3725, kYield: 0.8997, lYield: 0.096667, kXRay: 32.726, lXRay: 4.4647,
      kAlpha: 0.80764),
    57: AtomicShells(
      kEdge: 38.925, lEdge: 5.6187, kYield: 0.9049, lYield: 0.10367, kXRay: 34, lXRay: 4.6493,
      kAlpha: 0.80637),
    63: AtomicShells(
      kEdge: 48.519, lEdge: 7.1903, kYield: 0.9289, lYield: 0.14767, kXRay: 42.257, lXRay: 5.843,
      kAlpha: 0.80061),
    64: AtomicShells(
      kEdge: 50.239, lEdge: 7.472, kYield: 0.932, lYield: 0.156, kXRay: 43.722, lXRay: 6.0543,
      kAlpha: 0.79931),
    66: AtomicShells(
      kEdge: 53.788, lEdge: 8.0536, kYield: 0.9376, lYield: 0.17533, kXRay: 46.792, lXRay: 6.4914,
      kAlpha: 0.79825),
    68: AtomicShells(
      kEdge: 57.486, lEdge: 8.66, kYield: 0.9425, lYield: 0.19467, kXRay: 49.973, lXRay: 6.9441,
      kAlpha: 0.79685),
    69: AtomicShells(
      kEdge: 59.39, lEdge: 8.971, kYield: 0.9447, lYield: 0.20433, kXRay: 51.612, lXRay: 7.1755,
      kAlpha: 0.79621),
    72: AtomicShells(
      kEdge: 65.351, lEdge: 9.9536, kYield: 0.9505, lYield: 0.236, kXRay: 56.703, lXRay: 7.8934,
      kAlpha: 0.79356),
    74: AtomicShells(
      kEdge: 69.525, lEdge: 10.653, kYield: 0.9538, lYield: 0.26, kXRay: 60.244, lXRay: 8.3912,
      kAlpha: 0.7916),
    76: AtomicShells(
      kEdge: 73.871, lEdge: 11.376, kYield: 0.9567, lYield: 0.28567, kXRay: 63.936, lXRay: 8.9036,
      kAlpha: 0.78971),
    80: AtomicShells(
      kEdge: 83.102, lEdge: 12.925, kYield: 0.9615, lYield: 0.33767, kXRay: 71.755, lXRay: 9.9798,
      kAlpha: 0.78649),
    81: AtomicShells(
      kEdge: 85.53, lEdge: 13.338, kYield: 0.9625, lYield: 0.35133, kXRay: 73.791, lXRay: 10.258,
      kAlpha: 0.78563),
    82: AtomicShells(
      kEdge: 88.004, lEdge: 13.757, kYield: 0.9634, lYield: 0.36433, kXRay: 75.862, lXRay: 10.541,
      kAlpha: 0.78458),
    83: AtomicShells(
      kEdge: 90.526, lEdge: 14.183, kYield: 0.9643, lYield: 0.37767, kXRay: 77.962, lXRay: 10.828,
      kAlpha: 0.78356),
    84: AtomicShells(
      kEdge: 93.1, lEdge: 14.619, kYield: 0.9652, lYield: 0.391, kXRay: 80.107, lXRay: 11.118,
      kAlpha: 0.78263),
    85: AtomicShells(
      kEdge: 95.724, lEdge: 15.063, kYield: 0.9659, lYield: 0.40433, kXRay: 82.295, lXRay: 11.414,
      kAlpha: 0.78179),
    86: AtomicShells(
      kEdge: 98.397, lEdge: 15.516, kYield: 0.9667, lYield: 0.417, kXRay: 84.518, lXRay: 11.713,
      kAlpha: 0.78076),
    87: AtomicShells(
      kEdge: 101.13, lEdge: 15.983, kYield: 0.9674, lYield: 0.43033, kXRay: 86.789, lXRay: 12.017,
      kAlpha: 0.77984),
    88: AtomicShells(
      kEdge: 103.92, lEdge: 16.457, kYield: 0.968, lYield: 0.44333, kXRay: 89.107, lXRay: 12.324,
      kAlpha: 0.77899),
  ]
}
