import Dosimetry
import Foundation
import Planning
import Quantities
import Radiobiology

/// A pack as it is decoded from a file; `limits` are JSON objects.
func pack(
  limits: String = limit(27), cycles: Int = 4, most: Double = 11.1, regions: String = "\"kidneys\"",
  prior: String = #"{"median_Gy_per_GBq": 0.47, "cv": 0.35, "source": "test"}"#
) throws -> LimitPack {
  let json = """
    {"theratrack_limits": 1, "name": "test", "radionuclide": "Lu-177",
     "activity": {"least_GBq": 3.7, "most_GBq": \(most), "label_GBq": 7.4, "source": "test"},
     "course": {"cycles": \(cycles), "interval_weeks": 8, "source": "test"},
     "organs": [{"organ": "kidneys", "regions": [\(regions)],
       "effective_half_life_h": 51.6,
       "tissue": {"alpha_beta_Gy": 2.6, "repair_half_time_h": 2.8, "source": "test"},
       "limits": [\(limits)],
       "gain": {"prior": \(prior), "between_cycles_cv": 0.10, "measurement_cv": 0.13,
                "source": "test"}}],
     "lesions": {"gain": {"between_cycles_cv": 0.2, "measurement_cv": 0.3, "source": "test"}}}
    """
  return try JSONDecoder().decode(LimitPack.self, from: Data(json.utf8))
}

func limit(_ gray: Double, _ quantity: String = "BED", active: Bool = true) -> String {
  """
  {"quantity": "\(quantity)", "value_Gy": \(gray), "applies_to": "everyone",
   "active": \(active), "source": "test"}
  """
}

/// A cycle in which regions were measured, 51.6 h effective.
func cycle(
  _ number: Int, _ gigabecquerels: Double, _ gains: [String: Double],
  kind: RegionKind = .organ
) throws -> GivenCycle {
  let rate = try DoseRateCurve(dose: .gray(1), effectiveHalfLife: .hours(51.6))
  return GivenCycle(
    number: number, administered: .gigabecquerels(gigabecquerels),
    measurements: gains.sorted { $0.key < $1.key }.map {
      GivenCycle.Measurement(
        region: $0.key, kind: kind, gain: .grayPerGigabecquerel($0.value),
        relativeUncertainty: nil, doseRate: rate)
    })
}

func isClose(_ a: Double?, _ b: Double, within tolerance: Double) -> Bool {
  a.map { abs($0 - b) <= tolerance } ?? false
}
