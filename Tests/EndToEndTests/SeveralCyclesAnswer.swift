/// The documented part of `results.json` that the tests of several cycles read.
extension SeveralCyclesTests {
  struct Answer: Decodable, Sendable {
    struct Value: Decodable, Sendable {
      let value: Double
      let uncertainty: Uncertainty
      struct Uncertainty: Decodable, Sendable {
        let standard: Standard?
        struct Standard: Decodable, Sendable { let _0: Double }
      }
      var sd: Double? { uncertainty.standard?._0 }
    }
    struct Fit: Decodable, Sendable {
      struct Sample: Decodable, Sendable { let time_h: Double }
      let tia_Bq_s: Value
      let samples: [Sample]
    }
    struct Effect: Decodable, Sendable { let bed_Gy: Value }
    struct Density: Decodable, Sendable {
      let density_g_per_mL: Double
      let density_relative: Double?
      let source: String
    }
    struct Dose: Decodable, Sendable {
      let region, kind: String
      let volume_mL, photon_fraction: Double
      let density: Density
      let fit: Fit
      let dose_Gy: Value
      let effect: Effect?
      let warnings: [String]
    }
    struct Cycle: Decodable, Sendable {
      let cycle: Int
      let start_h: Double
      let doses: [Dose]
      func dose(_ region: String) -> Dose? { doses.first { $0.region == region } }
    }
    struct CourseEffect: Decodable, Sendable {
      let bed_sum_of_cycles_Gy, lea_catcheside_factor: Double
    }
    struct Sum: Decodable, Sendable {
      let region: String
      let cycles, missing_cycles: [Int]
      let dose_Gy: Value
      let bed_Gy: Value?
      let effect: CourseEffect?
    }
    struct Histogram: Decodable, Sendable {
      let step_Gy: Double
      let volume_percent: [Double]
    }
    struct MapRegion: Decodable, Sendable {
      let region, kind: String
      let mean_Gy, bed_mean_Gy: Double
      let dvh: Histogram
    }
    struct Fits: Decodable, Sendable {
      let fitted_share_of_decays: Double
      let fitted_voxels: Int
    }
    struct MapCycle: Decodable, Sendable {
      let cycle: Int
      let voxel_fits: Fits?
      let regions: [MapRegion]
    }
    struct MapSum: Decodable, Sendable { let regions: [MapRegion] }
    struct Maps: Decodable, Sendable {
      let cycles: [MapCycle]
      let cumulative: MapSum?
    }
    let lesions: [Results.Lesion]
    let cycles: [Cycle]
    let cumulative: [Sum]
    let dose_maps: Maps?
    let problems: [Problem]

    struct Problem: Decodable, Sendable { let subject, text: String }

    func cycle(_ number: Int) -> Cycle? { cycles.first { $0.cycle == number } }
  }
}
