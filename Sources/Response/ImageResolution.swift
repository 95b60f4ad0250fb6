import Foundation
import Geometry
public import Quantities
public import Volumes

/// The effective resolution of an emission image, measured on its own compact lesions.
///
/// No DICOM attribute holds the resolution of a reconstructed image, and it includes the
/// reconstruction's filter and the voxels. Here blurred spheres of one common resolution are
/// fitted to several lesions, and the width that fits them best is taken. Lesions whose own edge
/// is soft make it wider: it is an upper limit of the scanner's.
public struct ImageResolution: Sendable, Hashable, Codable {
  /// Full width at half maximum, voxel averaging included.
  public let fullWidthHalfMaximum: Length
  /// How many lesions were fitted.
  public let lesionCount: Int
  /// Root mean square misfit over contrast at the best width.
  public let misfit: Double

  public struct Options: Sendable, Hashable, Codable {
    /// Widths that are looked at, in millimetres.
    public var range: ClosedRange<Double> = 3...20
    /// Only lesions of at least this volume show an edge that size cannot mimic.
    public var leastVolume = TissueVolume.millilitres(4)
    /// The largest lesions, at most this many.
    public var mostLesions = 6

    public init() {}
  }

  /// - Parameters:
  ///   - others: Other uptake that is not to be taken for background.
  /// - Returns: Not assessable without a lesion that is large and compact enough.
  public static func measure(
    on lesions: [Outline], in image: Volume<SUVbw>, others: [Outline] = [],
    options: Options = Options()
  ) -> Assessment<ImageResolution> {
    let chosen = lesions.filter { $0.volume >= options.leastVolume }
      .enumerated().sorted { ($0.element.volume, -$0.offset) > ($1.element.volume, -$1.offset) }
      .prefix(options.mostLesions).map(\.element)
    let scene = Scene(chosen: chosen, image: image, all: lesions + others)
    // Lesions that no sphere fits at a middling width would only blur the answer. Their contrast
    // there is the unit of misfit: the contrast of too wide a fit grows without end.
    let middle = Length.millimetres((options.range.lowerBound + options.range.upperBound) / 3)
    let compact = chosen.indices.compactMap { n -> (lesion: Int, contrast: Double)? in
      guard let fit = scene.fit(n, at: middle), fit.residual < Self.compactMisfit * fit.contrast
      else { return nil }
      return (n, fit.contrast)
    }
    guard !compact.isEmpty else {
      return .notAssessable(
        reason: "no compact lesion of \(options.leastVolume.millilitres) mL or more to measure "
          + "the image's resolution on")
    }
    func total(_ width: Double) -> Double {
      let squares = compact.map { n, contrast -> Double in
        let misfit = scene.fit(n, at: .millimetres(width)).map { $0.residual / contrast } ?? 1
        return misfit * misfit
      }
      return squares.reduce(0, +) / Double(compact.count)
    }
    let best = GoldenSection.minimum(of: total, in: options.range, tolerance: 0.05)
    let margin = 0.1
    guard best > options.range.lowerBound + margin, best < options.range.upperBound - margin else {
      return .notAssessable(reason: "the lesions' edges do not tell the image's resolution")
    }
    return .value(
      ImageResolution(
        fullWidthHalfMaximum: .millimetres(best), lesionCount: compact.count,
        misfit: total(best).squareRoot()))
  }

  /// Above this share of the contrast a lesion is not compact at any width.
  private static let compactMisfit = 0.15

  /// The lesions with the voxels each is fitted to.
  private struct Scene {
    let lesions: [Outline]
    let regions: [Outline]
    let image: Volume<SUVbw>

    init(chosen: [Outline], image: Volume<SUVbw>, all: [Outline]) {
      lesions = chosen
      self.image = image
      regions = chosen.map { lesion in
        RecoveredUptake.fitRegion(
          of: lesion, others: all, reach: .millimetres(8), spill: .millimetres(6))
      }
    }

    /// `nil` when no sphere could be fitted.
    func fit(_ n: Int, at width: Length) -> SphereFit? {
      SphereFit(of: regions[n], around: lesions[n], in: image, resolution: width)
    }
  }
}

/// Finds the minimum of a function with one valley.
enum GoldenSection {
  static func minimum(
    of function: (Double) -> Double, in range: ClosedRange<Double>, tolerance: Double
  ) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (a, b) = (range.lowerBound, range.upperBound)
    var (c, d) = (b - ratio * (b - a), a + ratio * (b - a))
    var (fc, fd) = (function(c), function(d))
    while b - a > tolerance {
      if fc < fd {
        (b, d, fd) = (d, c, fc)
        c = b - ratio * (b - a)
        fc = function(c)
      } else {
        (a, c, fc) = (c, d, fd)
        d = a + ratio * (b - a)
        fd = function(d)
      }
    }
    return (a + b) / 2
  }
}
