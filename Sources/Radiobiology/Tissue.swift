public import Quantities

/// How a tissue answers to protracted irradiation in the linear-quadratic model.
public struct TissueRadiobiology: Sendable, Hashable, Codable {
  /// The ratio α/β.
  public let alphaBeta: AbsorbedDose
  /// Half-time T_rep of sublethal damage repair, in hours; mono-exponential repair.
  public let repairHalfTimeHours: Double
  /// Where the two numbers come from, for the report.
  public let source: String

  private enum CodingKeys: String, CodingKey {
    case alphaBeta = "alpha_beta_Gy"
    case repairHalfTimeHours = "repair_half_time_h"
    case source
  }

  /// - Throws: ``RadiobiologyError`` unless both numbers are positive and finite.
  public init(
    alphaBeta: AbsorbedDose, repairHalfTime: Duration, source: String
  ) throws(RadiobiologyError) {
    try self.init(alphaBeta, repairHalfTime.inHours, source)
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      try values.decode(AbsorbedDose.self, forKey: .alphaBeta),
      try values.decode(Double.self, forKey: .repairHalfTimeHours),
      try values.decode(String.self, forKey: .source))
  }

  private init(
    _ alphaBeta: AbsorbedDose, _ repairHours: Double, _ source: String
  ) throws(RadiobiologyError) {
    guard alphaBeta.gray > 0, alphaBeta.gray.isFinite else {
      throw .notPositive(quantity: "alpha/beta ratio")
    }
    guard repairHours > 0, repairHours.isFinite else {
      throw .notPositive(quantity: "repair half-time")
    }
    self.alphaBeta = alphaBeta
    self.repairHalfTimeHours = repairHours
    self.source = source
  }

  /// Repair constant μ = ln 2 / T_rep, per hour.
  public var repairPerHour: Double { ln2 / repairHalfTimeHours }
}

/// Why a radiobiological quantity could not be computed.
public enum RadiobiologyError: Error, Hashable, Sendable {
  case notPositive(quantity: String)
  case noDose
  case rbeBelowOne(Double)
}

extension RadiobiologyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPositive(let quantity):
      "the \(quantity) must be a positive number; correct it where the tissue is defined"
    case .noDose:
      "the dose rate integrates to no positive dose, so its biological effect is not defined; "
        + "check the time-activity curve it comes from"
    case .rbeBelowOne(let value):
      "an RBE of \(value) is not one of high-LET radiation; it is at least 1"
    }
  }
}

let ln2 = 0.693_147_180_559_945_3
