import Geometry

/// What to do when slices are missing inside a stack.
public enum SliceGaps: String, Sendable, Hashable, Codable {
  /// The series is refused, with the place of the gap.
  case refuse
  /// Slices between the neighbours of the gap stand in, and are recorded.
  case interpolate
}

/// A slice that is not in the files: the line between its two neighbours.
public struct InterpolatedSlice: Sendable, Hashable, Codable {
  /// The slice of the volume's grid.
  public let slice: Int
  public let position: SlicePosition

  /// The slice of the files below it, and how far it lies towards the next one, 0 to 1.
  let below: Int
  let fraction: Double
  /// Along the normal, in millimetres from the frame's origin.
  let offset: Double
}

/// The distances between the slices of a stack.
struct GapSurvey {
  /// Two slices closer than this in millimetres are the same slice.
  static let duplicateTolerance = 0.01
  /// A gap of this many usual gaps or more means that a slice is missing; bed joins change a gap
  /// by a few per cent only.
  static let missingGapRatio = 1.5
  /// Gaps within this fraction of the usual one need no mention.
  static let unremarkableDeviation = 0.1

  private let placed: [PlacedSlice]
  private let gaps: [Double]
  /// The lower median: with every third slice missing it still is the true distance.
  private let usual: Double

  /// `nil` for a single slice.
  init?(_ placed: [PlacedSlice]) {
    guard placed.count > 1 else { return nil }
    self.placed = placed
    gaps = zip(placed, placed.dropFirst()).map { $1.offset - $0.offset }
    usual = gaps.sorted()[(gaps.count - 1) / 2]
  }

  func requireNoDuplicates() throws(DICOMReadError) {
    for (n, gap) in gaps.enumerated() where gap < Self.duplicateTolerance {
      throw .duplicateSlice(
        file: placed[n].header.file, other: placed[n + 1].header.file, at: placed[n].position)
    }
  }

  /// The indices of the slices that a gap follows.
  private var holes: [Int] { gaps.indices.filter { gaps[$0] > Self.missingGapRatio * usual } }

  private func missingCount(after n: Int) -> Int {
    let steps = min((gaps[n] / usual).rounded(), Self.largestCount)
    return max(1, Int(steps) - 1)
  }

  /// A position that is wrong by kilometres must not make a number that no integer holds.
  private static let largestCount = 1e6

  func requireNoHoles() throws(DICOMReadError) {
    guard let n = holes.first else { return }
    throw .missingSlices(
      count: missingCount(after: n), file: placed[n].header.file, from: placed[n].position,
      to: placed[n + 1].position)
  }

  /// Slices at the usual distance in every hole, in the order of the grid.
  ///
  /// - Throws: ``DICOMReadError/missingSlices(count:file:from:to:)`` when more slices are missing
  ///   than are there: the two ends are then hardly one scan.
  func standIns(normal: SIMD3<Double>) throws(DICOMReadError) -> [InterpolatedSlice] {
    let missing = holes.map(missingCount).reduce(0, +)
    if missing > placed.count { try requireNoHoles() }
    var found: [InterpolatedSlice] = []
    for n in holes {
      let count = missingCount(after: n)
      for step in 1...count {
        let fraction = Double(step) / Double(count + 1)
        let (a, b) = (placed[n], placed[n + 1])
        found.append(
          InterpolatedSlice(
            slice: n + 1 + found.count,
            position: SlicePosition(
              corner: a.corner + (b.corner - a.corner) * fraction, normal: normal),
            below: n, fraction: fraction, offset: a.offset + gaps[n] * fraction))
      }
    }
    return found
  }

  /// - Parameter thickness: Slice Thickness (0018,0050), where the header has it.
  func warnings(thickness: Double?) -> [String] {
    var warnings: [String] = []
    let odd = gaps.indices.count {
      !holes.contains($0) && abs(gaps[$0] / usual - 1) > Self.unremarkableDeviation
    }
    if odd > 0 {
      warnings.append(
        "\(odd) slice gaps differ from the usual one by more than 10 %; true positions are used")
    }
    if let thickness, thickness > 0, usual > Self.missingGapRatio * thickness {
      let text = { (mm: Double) in String((mm * 100).rounded() / 100) }
      warnings.append(
        "slices lie \(text(usual)) mm apart but are \(text(thickness)) mm thick (Slice Thickness "
          + "(0018,0050)): either the scan left gaps, or slices between them are missing")
    }
    return warnings
  }
}

extension [InterpolatedSlice] {
  /// For people: what was put in, and where.
  var warnings: [String] {
    guard !isEmpty else { return [] }
    let places = map(\.position.description).joined(separator: ", ")
    return [
      "\(count) missing slice\(count == 1 ? " was" : "s were") interpolated between the "
        + "neighbours, as gaps were allowed: at \(places)"
    ]
  }

  /// One value per slice of the grid from one per slice of the files: a slice that stands in has
  /// that of the slice below it.
  func spread<Value>(_ values: [Value]) -> [Value] {
    var result = values
    for standIn in self where standIn.below < values.count {
      result.insert(values[standIn.below], at: standIn.slice)
    }
    return result
  }

  /// Samples of the whole grid from those of the slices in the files.
  func spread(_ samples: [Float], perSlice: Int) -> [Float] {
    guard !isEmpty else { return samples }
    var result: [Float] = []
    result.reserveCapacity(samples.count + count * perSlice)
    var next = 0
    func append(through slice: Int) {
      result += samples[(next * perSlice)..<((slice + 1) * perSlice)]
      next = slice + 1
    }
    for standIn in self {
      if next <= standIn.below { append(through: standIn.below) }
      let (a, b) = (standIn.below * perSlice, (standIn.below + 1) * perSlice)
      let f = Float(standIn.fraction)
      for n in 0..<perSlice {
        result.append(samples[a + n] + f * (samples[b + n] - samples[a + n]))
      }
    }
    if next * perSlice < samples.count { append(through: samples.count / perSlice - 1) }
    return result
  }
}
