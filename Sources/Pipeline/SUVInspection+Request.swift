import DICOMIO
import Foundation
import Quantities

/// A wish for SUV that cannot be understood.
public struct SUVRequestError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

extension SUVInspection.Request {
  /// Reads what a person writes; quantities carry their unit.
  ///
  /// - Parameters:
  ///   - types: Names of ``SUVType``, comma-separated.
  ///   - injectionTime: `2025-01-31T10:00:00`, with an offset from UTC behind it if needed.
  public init(
    types: String, frame: Int? = nil, weight: String? = nil, height: String? = nil,
    sex: String? = nil, dose: String? = nil, injectionTime: String? = nil
  ) throws(SUVRequestError) {
    self.init()
    self.types = try Self.types(types)
    self.frame = frame
    overrides = SUVOverrides(
      weight: try Self.quantity(weight), height: try Self.quantity(height), sex: try Self.sex(sex),
      dose: try Self.quantity(dose), injection: try Self.time(injectionTime))
  }

  private static func types(_ text: String) throws(SUVRequestError) -> [SUVType] {
    var types: [SUVType] = []
    for name in text.split(separator: ",") {
      guard let type = SUVType(rawValue: String(name)) else {
        let known = SUVType.allCases.map(\.rawValue).joined(separator: ", ")
        throw SUVRequestError(
          description: "'\(name)' is no normalisation; write one of \(known)")
      }
      types.append(type)
    }
    guard !types.isEmpty else { throw SUVRequestError(description: "no normalisation is named") }
    return types
  }

  private static func quantity<Value: TextQuantity>(
    _ text: String?
  ) throws(SUVRequestError) -> Value? {
    guard let text else { return nil }
    do {
      let value = try Value(text: text)
      guard value > .zero else {
        throw SUVRequestError(description: "'\(text)' is not above zero")
      }
      return value
    } catch let error as SUVRequestError {
      throw error
    } catch {
      throw SUVRequestError(description: "\(error)")
    }
  }

  private static func sex(_ text: String?) throws(SUVRequestError) -> Sex? {
    guard let text else { return nil }
    guard let sex = Sex(rawValue: text.uppercased()) else {
      throw SUVRequestError(description: "'\(text)' is none of F, M and O")
    }
    return sex
  }

  private static func time(_ text: String?) throws(SUVRequestError) -> StatedTime? {
    guard let text else { return nil }
    guard let time = StatedTime(iso8601: text) else {
      throw SUVRequestError(
        description: "'\(text)' is no time; write 2025-01-31T10:00:00, with +01:00 behind it if "
          + "it is not the scanner's clock")
    }
    return time
  }
}
