import Transport

/// Point kernels that several tests look at; each is simulated once.
enum SimulatedKernels {
  static let lutetium = kernel("Lu-177", 30_000, .water)
  static let yttrium = kernel("Y-90", 40_000, .water)
  static let iodine = kernel("I-131", 15_000, .water)
  static let actinium = Result {
    try PointKernel(DecayChain(parent: "Ac-225"), histories: 5_000)
  }
  static let lutetiumInSoftTissue = kernel("Lu-177", 30_000, .softTissue)
  static let yttriumInSoftTissue = kernel("Y-90", 60_000, .softTissue)
  static let iodineInSoftTissue = kernel("I-131", 15_000, .softTissue)

  private static func kernel(
    _ symbol: String, _ histories: Int, _ material: Material
  ) -> Result<PointKernel, any Error> {
    Result { try PointKernel(DecayScheme(symbol: symbol), in: material, histories: histories) }
  }
}
