import Dosimetry
import Geometry
import Quantities
import Radiobiology
import Volumes

/// Biologically effective dose per voxel: BED = D (1 + G D/(α/β)), with G of the shape over time that
/// the voxel's region has. What alphas leave counts RBE times and without the quadratic term.
struct VoxelEffect {
  /// α/β, and the Lea-Catcheside factor G of the cycle.
  struct Tissue {
    let radiobiology: TissueRadiobiology
    let protraction: Double
    /// The shape over time, delivering 1 Gy.
    let rate: DoseRateCurve
    /// In the limit pack, or generic.
    let isGeneric: Bool

    /// BED that one gray of an earlier cycle and one gray of this one, `gap` hours later, make
    /// together beyond what each makes alone: what is left unrepaired or undecayed between them.
    func effect(after earlier: Tissue, gapHours gap: Double) throws -> Double {
      let both = try DoseRateCourse([
        .init(start: .zero, rate: earlier.rate), .init(start: .hours(gap), rate: rate),
      ])
      let own = rate.leaCatcheside(radiobiology) + earlier.rate.leaCatcheside(radiobiology)
      return (4 * both.leaCatcheside(radiobiology) - own) / radiobiology.alphaBeta.gray
    }
  }

  func tissue(of region: String) -> Tissue {
    regions.first { $0.coverage.name == region }?.tissue ?? rest
  }

  /// RBE of alphas for deterministic effects (MIRD pamphlet 22, Sgouros 2010).
  static let relativeBiologicalEffectiveness = 5.0

  /// RBE of alphas as the course states it; `nil` takes ``relativeBiologicalEffectiveness``.
  let statedRBE: Double?
  let regions: [(coverage: RegionCoverage, tissue: Tissue)]
  let rest: Tissue

  /// Normal tissue and tumour where the limit pack says nothing: α/β 3 and 10 Gy, repair half-times
  /// 2.5 and 1.5 h (the sets of the MIRD calculation package).
  static func generic(_ kind: RegionKind) throws -> TissueRadiobiology {
    kind == .lesion
      ? try TissueRadiobiology(
        alphaBeta: .gray(10), repairHalfTime: .hours(1.5), source: "generic tumour")
      : try TissueRadiobiology(
        alphaBeta: .gray(3), repairHalfTime: .hours(2.5), source: "generic normal tissue")
  }

  static func tissue(
    _ curve: ActivityCurve, _ radiobiology: TissueRadiobiology, isGeneric: Bool
  ) throws -> Tissue {
    let perHour = curve.integral.inBaseUnit / 3600
    let rate = try DoseRateCurve(
      terms: curve.terms.map {
        .init(
          grayPerHour: $0.amplitude.inBaseUnit / perHour, decayPerHour: $0.decayPerHour)
      })
    return Tissue(
      radiobiology: radiobiology, protraction: rate.leaCatcheside(radiobiology), rate: rate,
      isGeneric: isGeneric)
  }

  func volume(
    _ dose: Volume<AbsorbedDose>, highLET: Volume<AbsorbedDose>?
  ) throws -> Volume<BiologicallyEffectiveDose> {
    func slope(_ tissue: Tissue) -> Float {
      Float(tissue.protraction / tissue.radiobiology.alphaBeta.gray)
    }
    var slopes = [Float](repeating: slope(rest), count: dose.samples.count)
    for region in regions.reversed() {
      let own = slope(region.tissue)
      for (voxel, share) in region.coverage.coverage.samples.enumerated() where share > 0 {
        slopes[voxel] += (own - slopes[voxel]) * min(share, 1)
      }
    }
    let weight = Float(statedRBE ?? Self.relativeBiologicalEffectiveness)
    return try Volume(
      grid: dose.grid,
      samples: dose.samples.indices.map { voxel in
        let alpha = highLET?.samples[voxel] ?? 0
        let low = max(dose.samples[voxel] - alpha, 0)
        return low * (1 + slopes[voxel] * low) + weight * alpha
      })
  }
}
