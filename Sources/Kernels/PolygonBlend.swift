/// A planar region half-way, or any fraction of the way, between two drawn ones.
public enum PolygonBlend {
  /// Coverage of each pixel by the region whose signed distance to its border is the weighted
  /// mean of those of two regions: shape-based interpolation (Raya and Udupa, IEEE Trans Med
  /// Imaging 1990;9:32).
  ///
  /// - Parameters:
  ///   - fraction: 0 gives `a`, 1 gives `b`.
  ///   - pixel: Millimetres per column and row; shapes are in pixel units.
  public static func coverage(
    from a: [PolygonCoverage.Shape], to b: [PolygonCoverage.Shape], fraction: Double,
    columns: Int, rows: Int, pixel: SIMD2<Double>
  ) -> [Float] {
    let near = signedDistance(a, columns: columns, rows: rows, pixel: pixel)
    let far = signedDistance(b, columns: columns, rows: rows, pixel: pixel)
    let width = Float((pixel.x * pixel.y).squareRoot())
    let t = Float(fraction)
    return zip(near, far).map { near, far in
      // A straight border through a pixel at this distance from its centre covers this much.
      min(max(0.5 - (near * (1 - t) + far * t) / width, 0), 1)
    }
  }

  /// Millimetres from each pixel centre to the border, negative inside.
  static func signedDistance(
    _ shapes: [PolygonCoverage.Shape], columns: Int, rows: Int, pixel: SIMD2<Double>
  ) -> [Float] {
    let inside = PolygonCoverage.run(shapes, columns: columns, rows: rows)
    let edges = shapes.flatMap { $0.outlines + $0.holes }.flatMap { polygon in
      polygon.indices.map { n in
        (polygon[n] * pixel, polygon[(n + 1) % polygon.count] * pixel)
      }
    }
    return (0..<(columns * rows)).map { n in
      let p = SIMD2(Double(n % columns), Double(n / columns)) * pixel
      var nearest = Double.infinity
      for (a, b) in edges { nearest = min(nearest, squaredDistance(p, a, b)) }
      let distance = Float(nearest.squareRoot())
      return inside[n] >= 0.5 ? -distance : distance
    }
  }

  private static func squaredDistance(
    _ p: SIMD2<Double>, _ a: SIMD2<Double>, _ b: SIMD2<Double>
  ) -> Double {
    let (along, offset) = (b - a, p - a)
    let length = (along * along).sum()
    let t = length > 0 ? min(max((offset * along).sum() / length, 0), 1) : 0
    let gap = offset - along * t
    return (gap * gap).sum()
  }
}
