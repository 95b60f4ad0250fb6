public import Foundation

extension SeriesCatalogue {
  /// Emission images that are views of one moment: reconstructions of one acquisition, extra beds,
  /// a late scan of the same injection, and what was made from them.
  public struct Visit: Sendable, Hashable {
    public internal(set) var images: [Series]

    public var start: Date? { images.compactMap(\.start).min() }
  }
}

extension SeriesCatalogue.Patient {
  private typealias Series = SeriesCatalogue.Series

  /// Injections this close together are one: the clocks of several scanners.
  private static let sameInjection: TimeInterval = 30 * 60

  /// The patient's PET and SPECT by visit, in time. Studies do not matter: one may hold the scans
  /// of several days, and one visit may be sent as two.
  ///
  /// - Parameter window: For an image, how much later than the first one of its visit it may have
  ///   begun.
  public func visits(
    window: (SeriesCatalogue.Series) -> TimeInterval
  ) -> [SeriesCatalogue.Visit] {
    let images = series.filter(\.role.hasUptake)
    // Derived images may carry the date on which they were made, so originals come first.
    let ordered = images.sorted { a, b in
      let (late, early) = (a.role == .derivedPET, b.role == .derivedPET)
      if late != early { return early }
      let (start, other) = (a.start ?? .distantFuture, b.start ?? .distantFuture)
      return start == other ? a.uid < b.uid : start < other
    }
    var visits: [SeriesCatalogue.Visit] = []
    for image in ordered {
      let fitting = visits.indices.filter { Self.belongs(image, to: visits[$0], window: window) }
      let nearest = fitting.min {
        Self.distance(image, visits[$0]) < Self.distance(image, visits[$1])
      }
      if let nearest {
        visits[nearest].images.append(image)
      } else {
        visits.append(.init(images: [image]))
      }
    }
    return visits.sorted {
      ($0.start ?? .distantFuture, $0.images[0].uid) < (
        $1.start ?? .distantFuture, $1.images[0].uid
      )
    }
  }

  private static func distance(_ image: Series, _ visit: SeriesCatalogue.Visit) -> TimeInterval {
    guard let start = image.start, let begin = visit.start else { return .infinity }
    return abs(start.timeIntervalSince(begin))
  }

  private static func belongs(
    _ image: Series, to visit: SeriesCatalogue.Visit, window: (Series) -> TimeInterval
  ) -> Bool {
    guard visit.images.allSatisfy({ $0.modality == image.modality && isSameTracer($0, image) })
    else { return false }
    if image.role == .derivedPET || image.start == nil || visit.start == nil {
      return image.frameOfReference != nil
        && visit.images.contains { $0.frameOfReference == image.frameOfReference }
    }
    return distance(image, visit) <= window(image)
  }

  private static func isSameTracer(_ a: Series, _ b: Series) -> Bool {
    func agree<Value: Equatable>(_ a: Value?, _ b: Value?) -> Bool {
      a == nil || b == nil || a == b
    }
    let injections = [a.uptake?.injection, b.uptake?.injection].compactMap { $0 }
    let isSameInjection =
      injections.count < 2 || abs(injections[0].timeIntervalSince(injections[1])) <= sameInjection
    return isSameInjection && agree(a.uptake?.radionuclide, b.uptake?.radionuclide)
      && agree(a.uptake?.radiopharmaceutical, b.uptake?.radiopharmaceutical)
  }
}
