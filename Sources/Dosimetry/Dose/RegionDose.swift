import Foundation
public import Quantities
public import Radiobiology
import Transport
import Volumes

/// The dose of one region in one cycle.
public struct RegionDose: Sendable, Hashable, Codable {
  public let region: String
  public let kind: RegionKind
  public let fit: TimeActivityFit
  public let volume: TissueVolume
  /// In g/mL, with its source.
  public let density: Density
  public let mass: Mass
  /// Self-dose S value in Gy/(Bq·s).
  public let grayPerBecquerelSecond: Double
  /// Share of the dose that comes from photons emitted in the region itself.
  public let photonFraction: Double
  /// Share of the dose that comes from alphas and recoils.
  public let highLETFraction: Double
  /// What other regions give, from a user's table; empty without one.
  public let crossDose: [CrossDose]
  /// Self-dose and cross-dose together.
  public let dose: Estimate<AbsorbedDose>
  public let dosePerActivity: Estimate<DosePerActivity>
  /// `nil` when no radiobiological parameters were given for the region.
  public let effect: Effect?
  /// `nil` when the fit gives no uncertainty.
  public let uncertainty: DoseUncertainty?
  /// The same by simulated measurements: where it differs, the linear budget is strained.
  public let simulatedUncertainty: SimulatedUncertainty?
  public let warnings: [String]

  private enum CodingKeys: String, CodingKey {
    case region, kind, fit
    case volume = "volume_mL"
    case density
    case mass = "mass_g"
    case grayPerBecquerelSecond = "s_value_Gy_per_Bq_s"
    case photonFraction = "photon_fraction"
    case highLETFraction = "high_let_fraction"
    case crossDose = "cross_dose"
    case dose = "dose_Gy"
    case dosePerActivity = "dose_per_activity_Gy_per_GBq"
    case effect, uncertainty, warnings
    case simulatedUncertainty = "uncertainty_simulated"
  }

  /// What the dose does, by the linear-quadratic model.
  public struct Effect: Sendable, Hashable, Codable {
    public let tissue: TissueRadiobiology
    /// The Lea–Catcheside factor G of this cycle.
    public let protraction: Double
    public let biologicallyEffectiveDose: Estimate<BiologicallyEffectiveDose>
    public let equivalentDose: EquivalentDose
    /// The part of BED from alphas and recoils, RBE times their dose; zero without them.
    public let highLETPart: BiologicallyEffectiveDose
    /// `nil` without high-LET dose.
    public let relativeBiologicalEffectiveness: Double?

    private enum CodingKeys: String, CodingKey {
      case tissue
      case protraction = "lea_catcheside_factor"
      case biologicallyEffectiveDose = "bed_Gy"
      case equivalentDose = "eqd2_Gy"
      case highLETPart = "bed_high_let_Gy"
      case relativeBiologicalEffectiveness = "rbe"
    }
  }
}

extension RegionDose {
  /// The part from alphas and recoils: of the self-dose, since they do not leave the region.
  public var highLETDose: AbsorbedDose {
    let own = crossDose.reduce(dose.value) { $0 - $1.dose }
    return own * highLETFraction
  }

  public var lowLETDose: AbsorbedDose { dose.value - highLETDose }
}

extension RegionDose {
  /// What one region brings to its dose besides the time-activity fit.
  public struct Input: Sendable {
    public var region: String
    public var kind: RegionKind
    public var kernels: DecayKernels
    public var administered: Activity
    public var volume: TissueVolume
    public var density: Density
    /// `nil` when the activities are not corrected for partial volume.
    public var recoveryCoefficient: Double?
    /// ∂ln R/∂ln v of a recovery curve; `nil` where the resolution says it.
    public var recoverySlope: Double?
    public var tissue: TissueRadiobiology?
    public var uncertainty: DoseUncertainty.Inputs
    public var crossDose: [CrossDose] = []
    /// RBE of alphas and recoils; without it an alpha emitter has no BED.
    public var rbe: Double?

    public init(
      region: String, kind: RegionKind, kernels: DecayKernels, administered: Activity,
      volume: TissueVolume, density: Density, recoveryCoefficient: Double?,
      tissue: TissueRadiobiology?, uncertainty: DoseUncertainty.Inputs
    ) {
      self.region = region
      self.kind = kind
      self.kernels = kernels
      self.administered = administered
      self.volume = volume
      self.density = density
      self.recoveryCoefficient = recoveryCoefficient
      self.tissue = tissue
      self.uncertainty = uncertainty
    }
  }

  /// Mean dose D = TIA · S(m): all electrons and the region's own photons, in a sphere of the
  /// region's mass and density.
  ///
  /// Photons from elsewhere in the body are in it only as far as ``Input/crossDose`` says: for
  /// Lu-177 organs they are a few per cent. Cross-dose takes the relative uncertainty of the
  /// self-dose.
  ///
  /// - Throws: ``DosimetryError``.
  public init(_ input: Input, fit: TimeActivityFit) throws(DosimetryError) {
    guard input.administered.inBaseUnit > 0 else {
      throw .notPositive(quantity: "administered activity")
    }
    let density = input.density.gramsPerMillilitre
    let mass = Mass.grams(input.volume.millilitres * density)
    let sphere = try SelfDose(input.kernels, mass: mass, density: density)
    let tia = fit.timeIntegratedActivity
    let own = tia.value.inBaseUnit * sphere.grayPerBecquerelSecond
    let gray = own + input.crossDose.reduce(0) { $0 + $1.dose.gray }
    let budget = try Self.budget(input, mass: mass, tia: tia)
    let dose = Self.estimate(AbsorbedDose.gray(gray), tia, budget, 1)
    let gain = DosePerActivity.grayPerGigabecquerel(gray / input.administered.gigabecquerels)
    region = input.region
    kind = input.kind
    self.fit = fit
    volume = input.volume
    self.density = input.density
    self.mass = mass
    grayPerBecquerelSecond = sphere.grayPerBecquerelSecond
    photonFraction = sphere.photonFraction
    highLETFraction = sphere.highLETFraction
    crossDose = input.crossDose
    self.dose = dose
    dosePerActivity = Self.estimate(gain, tia, budget, 1)
    effect = Self.effect(
      input, fit: fit, dose: dose.value, highLET: .gray(own * sphere.highLETFraction), tia, budget)
    uncertainty = budget
    simulatedUncertainty = budget.map {
      SimulatedUncertainty(
        $0, volume: input.volume, resolution: input.uncertainty.activityResolution,
        isCorrected: input.recoveryCoefficient != nil)
    }
    warnings = fit.warnings + Self.warnings(input)
  }

  private static func budget(
    _ input: Input, mass: Mass, tia: Estimate<TimeIntegratedActivity>
  ) throws(DosimetryError) -> DoseUncertainty? {
    guard let relative = tia.relativeUncertainty else { return nil }
    var inputs = input.uncertainty
    inputs.density = input.density.relativeUncertainty ?? inputs.density
    let isCorrected = input.recoveryCoefficient != nil
    let slope =
      isCorrected
      ? input.recoverySlope ?? recoverySlope(input.volume, input.uncertainty.activityResolution) : 0
    return DoseUncertainty(
      inputs, volume: input.volume, timeIntegratedActivity: relative,
      recoveryCoefficient: input.recoveryCoefficient ?? 1, recoverySlope: slope,
      volumeExponent: try SelfDose.volumeExponent(
        input.kernels, mass: mass, density: input.density.gramsPerMillilitre))
  }

  /// ∂ln R/∂ln v of a sphere of this volume.
  private static func recoverySlope(_ volume: TissueVolume, _ resolution: Length) -> Double {
    guard resolution.millimetres > 0 else { return 0 }
    let step = 1.02
    let above = BlurredSphere(volume: volume * step, resolution: resolution)
    let below = BlurredSphere(volume: volume * (1 / step), resolution: resolution)
    return log(above.mean / below.mean) / (2 * log(step))
  }

  private static func estimate<Value: Quantity>(
    _ value: Value, _ tia: Estimate<TimeIntegratedActivity>, _ budget: DoseUncertainty?,
    _ slope: Double
  ) -> Estimate<Value> {
    if let budget {
      return Estimate(value, standardUncertainty: value * (budget.dose * slope))
    }
    if case .notKnown(let reason) = tia.uncertainty {
      return Estimate(value, noUncertaintyBecause: reason)
    }
    return Estimate(value, noUncertaintyBecause: "the time-integrated activity is zero")
  }

  private static func effect(
    _ input: Input, fit: TimeActivityFit, dose: AbsorbedDose, highLET: AbsorbedDose,
    _ tia: Estimate<TimeIntegratedActivity>, _ budget: DoseUncertainty?
  ) -> Effect? {
    let hasHighLET = highLET > .zero
    guard let tissue = input.tissue, let rate = try? fit.doseRate(delivering: dose),
      let field = try? MixedField(
        lowLET: dose - highLET, highLET: highLET, rbe: hasHighLET ? input.rbe ?? 0 : 1)
    else { return nil }
    let protraction = rate.leaCatcheside(tissue)
    let bed = field.biologicallyEffectiveDose(tissue, protraction: protraction)
    let weighted = BiologicallyEffectiveDose.gray(field.weightedGray - field.lowLET.gray)
    // u(BED)/BED = (dBED/dD · D / BED) · u(D)/D, both kinds of dose moving together.
    let low = field.lowLET
    let slope =
      (low.biologicallyEffectiveSlope(tissue, protraction: protraction) * low.gray + weighted.gray)
      / bed.gray
    return Effect(
      tissue: tissue, protraction: protraction,
      biologicallyEffectiveDose: estimate(bed, tia, budget, slope),
      equivalentDose: bed.equivalentDoseIn2GyFractions(tissue), highLETPart: weighted,
      relativeBiologicalEffectiveness: hasHighLET ? input.rbe : nil)
  }

  private static func warnings(_ input: Input) -> [String] {
    let energies = input.kernels.energies
    var warnings: [String] = []
    if energies.alphaMeV > 0, input.rbe == nil, input.tissue != nil {
      warnings.append("no BED for an alpha emitter without its RBE; give rbe in the course file")
    }
    if input.recoveryCoefficient == nil {
      warnings.append(
        "activities are not corrected for partial volume; small regions are underestimated")
    }
    if energies.photonMeV > energies.nonPenetratingMeV, input.crossDose.isEmpty {
      warnings.append(
        "\(input.kernels.parent.symbol) gives more photon than electron energy: photons from the "
          + "rest of the body are not in this dose and may matter")
    }
    return warnings
  }
}
