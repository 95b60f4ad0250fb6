import Foundation

/// How well the curve of each voxel is known, from the scatter of the scans about the curves.
///
/// Three or four scans leave one or two degrees of freedom per voxel, too few to tell a voxel's own
/// noise by. The scatter of all voxels of a region is pooled, with a variance in proportion to the
/// activity, and carried through each voxel's least-squares fit.
struct VoxelScatter {
  /// 0 for what lies in no region.
  private var groups: [UInt16]
  private var uptakes: [Float?] = [nil]
  private var shared: Set<UInt16> = []

  /// Below this share of a voxel's largest activity its variance does not fall further:
  /// reconstruction noise does not vanish with the activity.
  private static let leastVariance: Float = 0.05

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
    var trust = [VoxelTimeActivity.Trust](repeating: .fitted, count: groups.count)
    var sums = [(square: Double, count: Int)](repeating: (0, 0), count: uptakes.count)
    for voxel in groups.indices {
      let group = Int(groups[voxel])
      if shared.contains(groups[voxel]) {
        trust[voxel] = .shared
      } else if integral[voxel] <= 0 {
        trust[voxel] = .empty
      } else if rate[voxel] <= rates.lowerBound || rate[voxel] >= rates.upperBound {
        trust[voxel] = .held
      } else {
        let curve = Curve(integral[voxel], rate[voxel], uptakes[group], hours)
        sums[group].square += Double(curve.scatter(of: voxel, in: samples))
        sums[group].count += 1
      }
    }
    let freedom = hours.count - 2
    guard freedom > 0 else { return trust }
    let variances = sums.map { $0.count > 0 ? Float($0.square / Double($0.count * freedom)) : 0 }
    for voxel in groups.indices where trust[voxel] == .fitted {
      let group = Int(groups[voxel])
      let curve = Curve(integral[voxel], rate[voxel], uptakes[group], hours)
      let variance = curve.relativeVariance(variances[group])
      if !(variance <= largestVariation * largestVariation) { trust[voxel] = .uncertain }
    }
    return trust
  }

  /// A (e^(−kt) − e^(−bt)) of one voxel.
  private struct Curve {
    let amplitude, rate, uptake, inverseUptake, leastShape: Float
    let hours: [Float]

    /// - Parameter uptake: `nil` for none: as if it were over before the first scan.
    init(_ integral: Float, _ rate: Float, _ uptake: Float?, _ hours: [Float]) {
      self.rate = rate
      self.hours = hours
      let fastest = uptake ?? .infinity
      self.uptake = fastest
      inverseUptake = 1 / fastest
      amplitude = integral / (1 / rate - 1 / fastest)
      let largest = hours.reduce(Float(0)) { max($0, exp(-rate * $1) - exp(-fastest * $1)) }
      leastShape = VoxelScatter.leastVariance * largest
    }

    func shape(_ time: Float) -> Float { exp(-rate * time) - exp(-uptake * time) }

    func variance(_ shape: Float) -> Float { amplitude * max(shape, leastShape) }

    /// Σ (y − f)² / v, with the variance v in proportion to the activity.
    func scatter(of voxel: Int, in samples: [[Float]]) -> Float {
      hours.indices.reduce(0) { sum, n in
        let shape = shape(hours[n])
        let residual = samples[n][voxel] - amplitude * shape
        return sum + residual * residual / variance(shape)
      }
    }

    /// u²(∫A dt)/(∫A dt)² of unweighted least squares whose samples have the variance
    /// `scale · v`: (JᵀJ)⁻¹ Jᵀ V J (JᵀJ)⁻¹.
    func relativeVariance(_ scale: Float) -> Float {
      var (aa, ak, kk) = (Float(0), Float(0), Float(0))
      var (vaa, vak, vkk) = (Float(0), Float(0), Float(0))
      for time in hours {
        let a = shape(time)
        let k = -amplitude * time * exp(-rate * time)
        let v = scale * variance(a)
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
