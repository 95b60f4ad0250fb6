// Times outlines, metrics and identity of 60 lesions at 4 time points on a clinical PET grid.
//
//   bench-lesions FOLDER   writes the images and this project's results for the peer, and prints
//                          one JSON object with the seconds of each part (best of three)
import Foundation
import Geometry
import Lesions
import Phantoms
import Quantities
import Response
import Volumes

struct Found: Encodable {
  let lesions: [[Lesion]]
  let tracks: [[Int?]]

  struct Lesion: Encodable {
    let voxels: Int
    let centroid: [Double]
    let max, mean, volume, peak: Double
  }
}

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? ".")
var settings = LesionField.Options(seed: 60)
settings.matrix = 200
let field = LesionField(settings)
let images = try (0..<settings.visits).map { try field.image(at: $0) }
// One fixed level and no organs, so that both sides draw the same voxels.
let options = OutlineOptions(rule: .fixed(.gramsPerMillilitre(4)))

var seconds: [String: Double] = [:]
@MainActor func time<Value>(_ name: String, _ body: () throws -> Value) rethrows -> Value {
  let start = ContinuousClock.now
  let value = try body()
  let elapsed = (ContinuousClock.now - start) / .seconds(1)
  seconds[name] = min(seconds[name] ?? .infinity, elapsed)
  return value
}

var results: [OutliningResult] = []
var metrics: [[UptakeMetrics?]] = []
var tracking: TrackingResult?
for _ in 0..<3 {
  try time("all") {
    results = try time("outlines") { try images.map { try LesionOutliner(options).outline($0) } }
    metrics = time("metrics") {
      zip(images, results).map { UptakeMetrics.measure($1.lesions.map(\.outline), in: $0) }
    }
    tracking = time("identity") {
      LesionTracker().track(
        results.indices.map { n in
          TrackedTimePoint(
            id: "v\(n)", lesions: results[n].lesions, fieldOfView: images[n].grid,
            placement: .linked(
              referenceToHere: field.links[n],
              localError: n == 0 ? .zero : settings.linkError, residualMotion: .zero))
        })
    }
  }
}

for (n, image) in images.enumerated() {
  let data = unsafe image.samples.withUnsafeBytes { unsafe Data($0) }
  try data.write(to: folder.appending(path: "v\(n).f32"))
}
let links = field.links.map { link in
  [
    "rotation": (0..<3).map { row in link.columns.map { $0[row] } },
    "translation": [[link.translation.x, link.translation.y, link.translation.z]],
  ]
}
let grids = images.map { image in
  let o = image.grid.origin.millimetres
  return [
    [image.grid.size.x, image.grid.size.y, image.grid.size.z].map(Double.init), [o.x, o.y, o.z],
  ]
}
let found = Found(
  lesions: zip(results, metrics).map { result, metrics in
    zip(result.lesions, metrics).compactMap { lesion, metrics in
      metrics.map {
        let c = lesion.centroid.millimetres
        return Found.Lesion(
          voxels: $0.voxelCount, centroid: [c.x, c.y, c.z], max: $0.suvMax.inBaseUnit,
          mean: $0.suvMean.inBaseUnit, volume: $0.metabolicVolume.millilitres,
          peak: $0.suvPeak.value?.value.inBaseUnit ?? 0)
      }
    }
  },
  tracks: (tracking?.tracks ?? []).map { track in
    track.states.map { $0.fate == .present || $0.fate == .new ? $0.lesion : nil }
  })
struct Scene: Encodable {
  let found: Found
  let links: [[String: [[Double]]]]
  let grids: [[[Double]]]
  let spacing: Double
}
let scene = Scene(found: found, links: links, grids: grids, spacing: settings.spacing.millimetres)
try JSONEncoder().encode(scene).write(to: folder.appending(path: "scene.json"))
print(String(bytes: try JSONEncoder().encode(seconds), encoding: .utf8) ?? "")
