import Geometry
import Kernels
import Quantities

extension ContourStack {
  /// Volume of the prisms; `nil` for a single plane of unknown thickness.
  var volume: TissueVolume? {
    guard !layers.isEmpty else { return nil }
    let areas = planes.map { PolygonCoverage.area($0.shapes) }
    let cubicMillimetres = layers.reduce(0.0) { sum, layer in
      let length = layer.extent.upperBound - layer.extent.lowerBound
      switch layer.content {
      case .drawn(let n): return sum + areas[n] * length
      case .between(let n, let fraction): return sum + blendedArea(n, fraction) * length
      }
    }
    return .millilitres(cubicMillimetres / 1000)
  }

  /// Area of an interpolated plane, on a raster of a two-hundredth of its width.
  private func blendedArea(_ n: Int, _ fraction: Double) -> Double {
    let pair = [planes[n], planes[n + 1]]
    guard let box = PlaneWindow(pair.flatMap(\.shapes)) else { return 0 }
    let extent = box.high - box.low
    let step = max(extent.max() / 200, 1e-3)
    let columns = Int((extent.x / step).rounded(.up)) + 1
    let rows = Int((extent.y / step).rounded(.up)) + 1
    let shapes = pair.map { $0.shapes.map { $0.mapped { ($0 - box.low) / step } } }
    let coverage = PolygonBlend.coverage(
      from: shapes[0], to: shapes[1], fraction: fraction, columns: columns, rows: rows,
      pixel: [step, step])
    return coverage.reduce(0.0) { $0 + Double($1) } * step * step
  }

  /// Corners of the upright box round all prisms, in the planes' own axes.
  var corners: [SIMD3<Double>] {
    guard let box = PlaneWindow(planes.flatMap(\.shapes)), let first = planes.first,
      let last = planes.last
    else { return [] }
    let w = [
      layers.first?.extent.lowerBound ?? first.offset,
      layers.last?.extent.upperBound ?? last.offset,
    ]
    return w.flatMap { w in
      [box.low.y, box.high.y].flatMap { v in
        [box.low.x, box.high.x].map { u in axes.i * u + axes.j * v + axes.k * w }
      }
    }
  }
}

/// The smallest upright rectangle round shapes.
struct PlaneWindow {
  let low: SIMD2<Double>
  let high: SIMD2<Double>

  /// `nil` when there is no corner.
  init?(_ shapes: [PolygonCoverage.Shape]) {
    let corners = shapes.flatMap(\.outlines).joined()
    guard let first = corners.first else { return nil }
    var (low, high) = (first, first)
    for corner in corners {
      low = pointwiseMin(low, corner)
      high = pointwiseMax(high, corner)
    }
    (self.low, self.high) = (low, high)
  }
}
