/// The materials that a CT's densities are sorted into.
enum TissueClass {
  /// Shares of cortical bone, by mass, of the bone classes.
  private static let boneShares = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]

  /// Every material, in the order of ``index(density:)``.
  static let materials: [Material] =
    [.air, .lung, .adipose] + [.softTissue] + boneShares.dropFirst().map(Material.bone)

  /// Air below 0.05 g/mL, lung to 0.6, adipose tissue 0.9 to 0.98, bone above 1.1 with a share of
  /// cortical bone that rises to 1 at 1.92 g/mL; soft tissue otherwise, and between lung and fat.
  static func index(density: Double) -> Int {
    if density < 0.05 { return 0 }
    if density < 0.6 { return 1 }
    if density >= 0.9 && density < 0.98 { return 2 }
    if density < 1.1 { return 3 }
    // By mass: 1/ρ = (1 − s)/ρ_soft + s/ρ_cortical.
    let soft = 1 / Material.softTissue.nominalDensity
    let share = (soft - 1 / density) / (soft - 1 / Material.corticalBone.nominalDensity)
    return 3 + Int((min(max(share, 0), 1) * 5).rounded())
  }
}
