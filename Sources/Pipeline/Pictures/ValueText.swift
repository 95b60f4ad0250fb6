import Foundation
import Quantities
import Reporting

/// Windows and values as people type them: `0..10`, `-160..240 HU`, `10,20,30 Gy`.
enum ValueText {
  static func window<Value: PicturedQuantity>(
    _ text: String, colours: ColourMap, of _: Value.Type
  ) throws -> DisplayWindow<Value> {
    let (numbers, hasUnit) = try split(text, of: Value.self)
    let ends = numbers.components(separatedBy: "..").map { Double($0.trimmed) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low.isFinite, high.isFinite,
      hasUnit || !Value.needsUnit
    else { throw error(text, "a window", "0..10", of: Value.self) }
    guard low < high else { throw PictureError.emptyWindow(text: text) }
    return DisplayWindow(
      from: value(low), to: value(high), colourMap: colours)
  }

  static func list<Value: PicturedQuantity>(
    _ text: String, of _: Value.Type
  ) throws -> [Value] {
    let (numbers, hasUnit) = try split(text, of: Value.self)
    let values = numbers.components(separatedBy: ",").map { Double($0.trimmed) }
    guard values.allSatisfy({ $0?.isFinite ?? false }), hasUnit || !Value.needsUnit else {
      throw error(text, "values", "10,20,30", of: Value.self)
    }
    return values.compactMap { $0 }.sorted().map { value($0) }
  }

  private static func value<Value: DisplayQuantity>(_ displayed: Double) -> Value {
    Value(inBaseUnit: displayed * Value.baseUnitsPerDisplayUnit)
  }

  /// The numbers without their unit.
  private static func split<Value: PicturedQuantity>(
    _ text: String, of _: Value.Type
  ) throws -> (numbers: String, hasUnit: Bool) {
    let trimmed = text.trimmed
    if trimmed.hasSuffix(Value.displayUnit) {
      return (String(trimmed.dropLast(Value.displayUnit.count)).trimmed, true)
    }
    guard trimmed.allSatisfy({ $0.isNumber || "+-., eE".contains($0) }) else {
      throw error(text, "numbers", "0..10", of: Value.self)
    }
    return (trimmed, false)
  }

  private static func error<Value: PicturedQuantity>(
    _ text: String, _ what: String, _ example: String, of _: Value.Type
  ) -> PictureError {
    .notValues(
      text: text, what: what, quantity: Value.displayName,
      example: "\(example) \(Value.displayUnit)")
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

/// Why a picture could not be drawn as asked.
public enum PictureError: Error, Hashable, Sendable {
  case notValues(text: String, what: String, quantity: String, example: String)
  case emptyWindow(text: String)
  case outside(plane: String, range: ClosedRange<Double>)
  case notCT(path: String)
  case relativeDose(path: String)
  case onePlane
  case notAScan
  case size(what: String, from: String, to: String)
}

extension PictureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notValues(let text, let what, let quantity, let example):
      "'\(text)' is not \(what) of \(quantity); write for example '\(example)'"
    case .emptyWindow(let text):
      "the window '\(text)' is empty; write the lower end first"
    case .outside(let plane, let range):
      "the scan has no \(plane) plane there; its planes lie from "
        + "\(Digits.text(range.lowerBound, 1)) to \(Digits.text(range.upperBound, 1)) mm"
    case .notCT(let path): "'\(path)' is not a CT series; give --ct the CT of the same examination"
    case .relativeDose(let path):
      "the doses of '\(path)' are relative (Dose Units (3004,0002)), so they have no scale in "
        + "gray; export the dose again in gray"
    case .size(let what, let from, let to): "\(what) must be from \(from) to \(to)"
    case .notAScan: "a sheet is made of a folder of pictures, not of a scan"
    case .onePlane: "slices are written along one axis: give axial, coronal or sagittal"
    }
  }
}
