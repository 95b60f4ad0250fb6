import CourseStore
public import DICOMIO
public import Foundation
import Volumes

/// The SUV of every PET series below a folder, by the rules of this version: a table a site can
/// file, with what was expected beside what came out.
///
/// Holds no identity: series are numbered, and told apart by the SHA-256 of their files.
public struct SUVConformance: Sendable, Hashable {
  /// One series, or one time frame of a dynamic series.
  public struct Row: Sendable, Hashable {
    /// `3`, or `3.2` for the second time frame.
    public let number: String
    public let scanner: Scanner
    public let files: Int
    /// SHA-256 over the sorted SHA-256 of the files, whatever their names.
    public let digest: String
    public let units, suvType, decayCorrection: String?
    public let correctedImage: [String]
    public let outcome: Outcome
    public var checks: [Check] = []
  }

  public struct Scanner: Sendable, Hashable {
    public let manufacturer, model, software: String?
  }

  public enum Outcome: Sendable, Hashable {
    case computed(Computed)
    case refused(Refusal)
  }

  public struct Computed: Sendable, Hashable {
    public let conversion: SUVConversion
    /// Of SUVbw in the voxels above zero.
    public let min, median, mean, max: Double
    public let warnings: [String]
  }

  public struct Refusal: Sendable, Hashable {
    /// `(gggg,eeee)` of the attribute at fault.
    public let tag: String?
    public let text: String
  }

  /// An expectation and whether it was met.
  public struct Check: Sendable, Hashable {
    public let expectation: Expectation
    public let found: String
    public let isMet: Bool
  }

  public let rows: [Row]
  /// Expectations that name no series of the folder.
  public let unused: [Expectation]
  /// SHA-256 over the digests of the series, in the order of the rows.
  public let digest: String

  /// Whether every expectation was met, and every refusal was expected.
  public var isMet: Bool {
    unused.isEmpty
      && rows.allSatisfy { row in
        guard row.checks.isEmpty else { return row.checks.allSatisfy(\.isMet) }
        if case .refused = row.outcome { return false }
        return true
      }
  }
}

extension SUVConformance {
  /// Reads every PET series below `folder`, one after the other.
  ///
  /// - Throws: ``DICOMReadError`` when the folder holds no PET series.
  public init(
    folder: URL, expectations: [Expectation] = [],
    progress: @Sendable (String, Double) -> Void = { _, _ in }
  ) throws {
    let all = try SeriesCatalogue.scan(folder: folder).series.filter { $0.modality == "PT" }
    guard !all.isEmpty else {
      throw DICOMReadError.nothingFound(file: folder.lastPathComponent, what: "PET series")
    }
    let root = folder.resolvingSymlinksInPath()
    var rows: [Row] = []
    for (n, series) in all.enumerated() {
      progress("series \(n + 1) of \(all.count)", Double(n) / Double(all.count))
      let wanted = expectations.filter { $0.concerns(series) }
      rows += try Self.rows(series, number: n + 1, root: root).map { row in
        var row = row
        row.checks = wanted.map { $0.check(row.outcome) }
        return row
      }
    }
    progress("done", 1)
    self.rows = rows
    unused = expectations.filter { expectation in !all.contains { expectation.concerns($0) } }
    digest = Digest(of: rows.map(\.digest)).hexadecimal
  }

  private static func rows(
    _ series: SeriesCatalogue.Series, number: Int, root: URL
  ) throws -> [Row] {
    let files = series.files.map { root.appending(path: $0) }
    let digest = try Digest(
      of: files.map { try Digest(of: Data(contentsOf: $0, options: .mappedIfSafe)).hexadecimal }
        .sorted()
    ).hexadecimal
    func row(_ number: String, _ header: PETHeader?, _ outcome: Outcome, files: Int) -> Row {
      Row(
        number: number,
        scanner: Scanner(
          manufacturer: header?.manufacturer, model: header?.model, software: header?.software),
        files: files, digest: digest, units: header?.units ?? series.uptake?.units,
        suvType: header?.suvType,
        decayCorrection: header?.decayCorrection ?? series.uptake?.decayCorrection,
        correctedImage: header?.correctedImage ?? series.uptake?.correctedImage ?? [],
        outcome: outcome)
    }
    do throws(DICOMReadError) {
      let frames = try PETTimeFrames(files: files)
      return frames.frames.map { frame in
        let name = frames.frames.count > 1 ? "\(number).\(frame.number)" : "\(number)"
        let (header, outcome) = Self.outcome(frames, frame)
        return row(name, header, outcome, files: frame.files.count)
      }
    } catch {
      return [row("\(number)", nil, .refused(Refusal(error)), files: files.count)]
    }
  }

  private static func outcome(
    _ frames: PETTimeFrames, _ frame: PETTimeFrames.Frame
  ) -> (PETHeader?, Outcome) {
    var header: PETHeader?
    do throws(DICOMReadError) {
      let series = try frames.load(frame.number)
      header = series.header
      let conversion = try series.suvConversion()
      let samples = try series.uptake(conversion).samples.filter { $0 > 0 }
      guard let found = SUVInspection.Statistics(samples) else {
        throw .nothingFound(file: series.header.file, what: "voxel above zero")
      }
      return (
        header,
        .computed(
          Computed(
            conversion: conversion, min: found.min, median: found.median, mean: found.mean,
            max: found.max,
            warnings: (series.facts.warnings + conversion.warnings).map(withoutFileNames)))
      )
    } catch {
      return (header, .refused(Refusal(error)))
    }
  }
}

extension SUVConformance.Refusal {
  init(_ error: DICOMReadError) {
    tag = error.tag?.code
    text = withoutFileNames(error.message)
  }
}

/// Sites name files after patients, so a table that is filed names none.
private func withoutFileNames(_ text: String) -> String {
  text.replacing(#/'[^']*'/#, with: "a file")
}
