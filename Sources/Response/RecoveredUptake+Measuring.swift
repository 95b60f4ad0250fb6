import Geometry
public import Quantities
public import Volumes

extension RecoveredUptake {
  /// The mean uptake of a lesion freed of blurring and spill-in.
  ///
  /// - Parameters:
  ///   - others: Outlines of other uptake (lesions, organs, excluded candidates) that the fit
  ///     must not take for background.
  public static func measure(
    _ lesion: Outline, in image: Volume<SUVbw>, others: [Outline], options: Options
  ) -> Assessment<RecoveredUptake> {
    if let curve = options.curve { return by(curve, lesion, in: image, others: others) }
    let width = options.resolution.millimetres
    let region = fitRegion(
      of: lesion, others: others, reach: .millimetres(width * options.surroundings),
      spill: .millimetres(width))
    guard
      let fit = SphereFit(of: region, around: lesion, in: image, resolution: options.resolution)
    else {
      return core(of: lesion, in: image, options, else: "the sphere fit did not settle")
    }
    if let reason = objection(to: fit, options) {
      return core(of: lesion, in: image, options, else: reason)
    }
    return .value(RecoveredUptake(fit))
  }

  /// (mean − background) / RC + background.
  private static func by(
    _ curve: RecoveryCurve, _ lesion: Outline, in image: Volume<SUVbw>, others: [Outline]
  ) -> Assessment<RecoveredUptake> {
    guard let recovery = curve.recovery(of: lesion.volume) else {
      return .notAssessable(reason: "smaller than the smallest sphere of the recovery table")
    }
    guard let background = LocalBackground.mean(around: lesion, in: image, others: others) else {
      return .notAssessable(reason: "no background could be measured around the lesion")
    }
    let samples = image.samples
    let sum = lesion.offsets.reduce(0.0) { $0 + Double(samples[$1]) }
    let mean = sum / Double(lesion.voxelCount)
    return .value(
      RecoveredUptake(
        mean: Estimate(
          .gramsPerMillilitre(background + (mean - background) / recovery),
          noUncertaintyBecause: "the recovery curve came without one"),
        method: .curve, radius: nil, volume: nil, background: .gramsPerMillilitre(background),
        misfit: nil))
  }

  /// The lesion and its surroundings, without other uptake and what spills over from it.
  static func fitRegion(
    of lesion: Outline, others: [Outline], reach: Length, spill: Length
  ) -> Outline {
    let around = lesion.dilated(by: reach)
    let foreign = others.filter { $0.grid == lesion.grid && $0 != lesion && near(around, $0) }
      .map { $0.dilated(by: spill) }
    return around.filter { n in
      lesion.contains(offset: n) || !foreign.contains { $0.contains(offset: n) }
    }
  }

  private init(_ fit: SphereFit) {
    mean = Estimate(
      .gramsPerMillilitre(fit.contrast + fit.background),
      standardUncertainty: .gramsPerMillilitre(fit.uptakeUncertainty))
    method = .sphere
    radius = Estimate(
      .millimetres(fit.radius), standardUncertainty: .millimetres(fit.radiusUncertainty))
    volume = .millilitres(4 / 3 * Double.pi * fit.radius * fit.radius * fit.radius / 1000)
    background = .gramsPerMillilitre(fit.background)
    misfit = fit.residual / fit.contrast
  }

  static func near(_ a: Outline, _ b: Outline) -> Bool {
    guard let p = a.bounds, let q = b.bounds else { return false }
    let gap = SIMD3(3, 3, 3)
    return (p.last &+ gap &- q.first).min() >= 0 && (q.last &+ gap &- p.first).min() >= 0
  }

  private static func objection(to fit: SphereFit, _ options: Options) -> String? {
    if fit.radius < options.leastRadius * options.resolution.millimetres {
      return "too small for the image's resolution: size and uptake cannot be told apart"
    }
    if fit.residual > options.largestMisfit * fit.contrast {
      return "not a uniform compact lesion: a blurred sphere misses it by "
        + "\(Int((100 * fit.residual / fit.contrast).rounded())) % of its contrast"
    }
    if fit.uptakeUncertainty > options.largestUncertainty * (fit.contrast + fit.background) {
      return "too noisy: the fitted uptake is uncertain by more than "
        + "\(Int(100 * options.largestUncertainty)) %"
    }
    return nil
  }

  /// The mean deep inside, for lesions large enough to have an inside.
  private static func core(
    of lesion: Outline, in image: Volume<SUVbw>, _ options: Options, else reason: String
  ) -> Assessment<RecoveredUptake> {
    // The outline ends about half a voxel before the first voxel centre outside.
    let depth =
      options.coreDepth * options.resolution.millimetres + lesion.grid.spacing.max() / 2
    let deep = zip(lesion.offsets, lesion.depths).filter { $0.1 >= depth }
    guard deep.count >= options.leastCoreVoxels else { return .notAssessable(reason: reason) }
    let samples = image.samples
    let values = deep.map { Double(samples[$0.0]) }
    let mean = values.reduce(0, +) / Double(values.count)
    return .value(
      RecoveredUptake(
        mean: Estimate(
          .gramsPerMillilitre(mean),
          noUncertaintyBecause: "mean of the core, taken since: \(reason)"),
        method: .core, radius: nil, volume: nil, background: nil, misfit: nil))
  }
}
