import Foundation
public import Quantities

/// What part of a lesion's contrast its measured mean shows, by volume, as a site measured it on
/// spheres.
public enum RecoveryCurve: Sendable, Hashable, Codable {
  /// RC(v) = 1 − 1 / (1 + (v / b₁)^b₂), with b₁ in mL.
  case fitted(b1: Double, b2: Double)
  /// Points by rising volume; between them straight in the logarithm of the volume.
  case table([Point])

  public struct Point: Sendable, Hashable, Codable {
    public let millilitres: Double
    public let recovery: Double

    public init(millilitres: Double, recovery: Double) {
      (self.millilitres, self.recovery) = (millilitres, recovery)
    }
  }

  /// Why a curve could not be used.
  public enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
    case notPositive, notRising, fewPoints

    public var description: String {
      switch self {
      case .notPositive: "b1, b2, volumes and recoveries must be positive, recoveries at most 1.5"
      case .notRising: "the volumes of a recovery table must rise from row to row"
      case .fewPoints: "a recovery table needs two rows or more"
      }
    }
  }

  public func checked() throws(Problem) -> RecoveryCurve {
    switch self {
    case .fitted(let b1, let b2):
      guard b1 > 0, b2 > 0, b1.isFinite, b2.isFinite else { throw .notPositive }
    case .table(let points):
      guard points.count > 1 else { throw .fewPoints }
      guard points.allSatisfy({ $0.millilitres > 0 && $0.recovery > 0 && $0.recovery <= 1.5 })
      else { throw .notPositive }
      guard zip(points, points.dropFirst()).allSatisfy({ $0.millilitres < $1.millilitres })
      else { throw .notRising }
    }
    return self
  }

  /// - Returns: `nil` below the smallest sphere of a table: there it says nothing. Above the
  ///   largest the last value holds.
  public func recovery(of volume: TissueVolume) -> Double? {
    let v = volume.millilitres
    guard v > 0 else { return nil }
    switch self {
    case .fitted(let b1, let b2): return 1 - 1 / (1 + pow(v / b1, b2))
    case .table(let points):
      guard let first = points.first, let last = points.last, v >= first.millilitres else {
        return nil
      }
      guard let n = points.firstIndex(where: { $0.millilitres > v }) else { return last.recovery }
      let (a, b) = (points[n - 1], points[n])
      let t = log(v / a.millilitres) / log(b.millilitres / a.millilitres)
      return a.recovery + t * (b.recovery - a.recovery)
    }
  }
}
