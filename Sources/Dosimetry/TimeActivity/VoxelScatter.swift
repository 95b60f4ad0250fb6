import Foundation
import Kernels

/// How well the curve of each voxel is known, and whether it is one curve at all, from the scatter
/// of the scans about the curves.
///
/// Three or four scans leave one or two degrees of freedom per voxel, too few to tell a voxel's own
/// noise by. The voxels of a region tell it together: a variance in proportion to the activity, its
/// scale the median of their misfits over the median of chi-square, so that edges which move between
/// the scans do not count for the rest (robust scale: Hampel 1974, J Am Stat Assoc 69:383). It is
/// carried through each voxel's least-squares fit. A voxel whose own misfit is far beyond what
/// the scale allows is judged by itself: a small one of scans without noise harms nothing.
struct VoxelScatter {
  /// 0 for what lies in no region.
  private var groups: [UInt16]
  private var uptakes: [Float?] = [nil]
  private var shared: Set<UInt16> = []

  /// Below this share of a voxel's largest activity its variance does not fall further:
  /// reconstruction noise does not vanish with the activity.
  private static let leastVariance: Float = 0.05
  /// One voxel of pure noise in a thousand is taken for a misfit.
  private static let noiseBelowLimit = 0.999

  init(voxelCount: Int) { groups = [UInt16](repeating: 0, count: voxelCount) }

  mutating func group(_ voxels: [Int], uptakePerHour: Float?) {
    uptakes.append(uptakePerHour)
    let id = UInt16(uptakes.count - 1)
    for voxel in voxels { groups[voxel] = id }
  }

  /// The voxels of the last group have no curve of their own.
  mutating func shareLast() { shared.insert(UInt16(uptakes.count - 1)) }

  /// - Parameters:
  ///   - integral: In the samples' unit times hours.
  ///   - rate: In 1/h; 0 where the integral is 0.
  ///   - rates: Bounds of the rate.
  func trust(
    _ samples: [[Float]], hours: [Float], integral: [Float], rate: [Float],
    within rates: ClosedRange<Float>, largestVariation: Float
  ) -> [VoxelTimeActivity.Trust] {
    var trust = groups.indices.map { voxel -> VoxelTimeActivity.Trust in
      if shared.contains(groups[voxel]) { return .shared }
      if integral[voxel] <= 0 { return .empty }
      return rate[voxel] <= rates.lowerBound || rate[voxel] >= rates.upperBound ? .held : .fitted
    }
    func curve(_ voxel: Int) -> Curve {
      Curve(integral[voxel], rate[voxel], uptakes[Int(groups[voxel])], hours)
    }
    for voxel in trust.indices
    where trust[voxel] == .fitted && !(curve(voxel).shareBefore(hours[0]) <= 0.5) {
      trust[voxel] = .uncertain
    }
    let freedom = hours.count - 2
    guard freedom > 0 else { return trust }
    let fitted = trust.indices.filter { trust[$0] == .fitted }
    let misfits = fitted.map { curve($0).misfit(of: $0, in: samples) }
    let scales = scales(zip(fitted, misfits), degreesOfFreedom: freedom)
    let limit = Float(ChiSquare.quantile(Self.noiseBelowLimit, degreesOfFreedom: freedom))
    for (voxel, misfit) in zip(fitted, misfits) {
      let curve = curve(voxel)
      func isUncertain(_ scale: Float) -> Bool {
        !(curve.relativeVariance * scale <= largestVariation * largestVariation)
      }
      let scale = scales[Int(groups[voxel])]
      if isUncertain(scale) {
        trust[voxel] = .uncertain
      } else if misfit > limit * scale, isUncertain(misfit / Float(freedom)) {
        trust[voxel] = .misfit
      }
    }
    return trust
  }

  /// Variance over activity, by group.
  private func scales(
    _ misfits: Zip2Sequence<[Int], [Float]>, degreesOfFreedom freedom: Int
  ) -> [Float] {
    var byGroup = [[Float]](repeating: [], count: uptakes.count)
    for (voxel, misfit) in misfits { byGroup[Int(groups[voxel])].append(misfit) }
    let median = ChiSquare.quantile(0.5, degreesOfFreedom: freedom)
    return byGroup.map { $0.isEmpty ? 0 : Float(OrderStatistic.median($0) / median) }
  }

  /// A (e^(−kt) − e^(−bt)) of one voxel.
  private struct Curve {
    let amplitude, rate, inverseUptake, leastShape: Float
    let uptake: Float?
    let hours: [Float]

    /// - Parameter uptake: `nil` for none: as if it were over before the first scan.
    init(_ integral: Float, _ rate: Float, _ uptake: Float?, _ hours: [Float]) {
      self.rate = rate
      self.uptake = uptake
      self.hours = hours
      inverseUptake = uptake.map { 1 / $0 } ?? 0
      amplitude = integral / (1 / rate - inverseUptake)
      let largest = hours.reduce(Float(0)) { max($0, exp(-rate * $1) - Self.rise(uptake, $1)) }
      leastShape = VoxelScatter.leastVariance * largest
    }

    private static func rise(_ uptake: Float?, _ time: Float) -> Float {
      uptake.map { exp(-$0 * time) } ?? 0
    }

    func shape(_ time: Float) -> Float { exp(-rate * time) - Self.rise(uptake, time) }

    func slope(_ time: Float) -> Float { -amplitude * time * exp(-rate * time) }

    func variance(_ shape: Float) -> Float { amplitude * max(shape, leastShape) }

    /// Share of the integral before a time.
    func shareBefore(_ time: Float) -> Float {
      let whole = 1 / rate - inverseUptake
      return 1 - (exp(-rate * time) / rate - Self.rise(uptake, time) * inverseUptake) / whole
    }

    /// Σ (y − f)² / v about the curve that makes it least, one weighted step from this one, with the
    /// variance v in proportion to the activity. For noise of that variance it is chi-square
    /// distributed, times the scale.
    func misfit(of voxel: Int, in samples: [[Float]]) -> Float {
      var (rr, ar, kr) = (Float(0), Float(0), Float(0))
      var (aa, ak, kk) = (Float(0), Float(0), Float(0))
      for (n, time) in hours.enumerated() {
        let (a, k) = (shape(time), slope(time))
        let weight = 1 / variance(a)
        let residual = samples[n][voxel] - amplitude * a
        (rr, ar, kr) = (
          rr + weight * residual * residual, ar + weight * a * residual, kr + weight * k * residual
        )
        (aa, ak, kk) = (aa + weight * a * a, ak + weight * a * k, kk + weight * k * k)
      }
      let determinant = aa * kk - ak * ak
      guard determinant > 0 else { return rr }
      let explained = (kk * ar * ar - 2 * ak * ar * kr + aa * kr * kr) / determinant
      let misfit = max(rr - explained, 0)
      return misfit.isFinite ? misfit : .infinity
    }

    /// u²(∫A dt)/(∫A dt)² of unweighted least squares whose samples have the variance v:
    /// (JᵀJ)⁻¹ Jᵀ V J (JᵀJ)⁻¹.
    var relativeVariance: Float {
      var (aa, ak, kk) = (Float(0), Float(0), Float(0))
      var (vaa, vak, vkk) = (Float(0), Float(0), Float(0))
      for time in hours {
        let (a, k) = (shape(time), slope(time))
        let v = variance(a)
        (aa, ak, kk) = (aa + a * a, ak + a * k, kk + k * k)
        (vaa, vak, vkk) = (vaa + v * a * a, vak + v * a * k, vkk + v * k * k)
      }
      let determinant = aa * kk - ak * ak
      guard determinant > 0 else { return .infinity }
      // ∂ ln ∫ / ∂A and ∂k, through the inverse of JᵀJ.
      let slopeA = 1 / amplitude
      let slopeK = -1 / (rate * rate) / (1 / rate - inverseUptake)
      let p = (kk * slopeA - ak * slopeK) / determinant
      let q = (aa * slopeK - ak * slopeA) / determinant
      return p * p * vaa + 2 * p * q * vak + q * q * vkk
    }
  }
}
