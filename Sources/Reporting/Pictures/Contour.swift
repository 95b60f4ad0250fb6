import Geometry
import Volumes

/// The outline of a mask where a picture cuts it.
struct Contour {
  /// Straight pieces in pixel positions.
  let segments: [(SIMD2<Double>, SIMD2<Double>)]

  /// Marching squares at half coverage between pixel centres (Lorensen and Cline's method in
  /// two dimensions); saddle cells are joined through the mean of their corners.
  init(of mask: Mask, on grid: PictureGrid, through pictureToMask: RigidTransform? = nil) {
    let (width, height) = (grid.width, grid.height)
    var coverage = [Double](repeating: 0, count: width * height)
    for j in 0..<height {
      for i in 0..<width {
        let p = grid.voxelGrid.patientPoint(i: i, j: j, k: 0)
        coverage[j * width + i] = mask.coverage(at: pictureToMask?(p) ?? p)
      }
    }
    var segments: [(SIMD2<Double>, SIMD2<Double>)] = []
    for j in 0..<(height - 1) {
      for i in 0..<(width - 1) {
        let n = j * width + i
        let corners = [
          coverage[n], coverage[n + 1], coverage[n + width + 1], coverage[n + width],
        ]
        let origin = SIMD2(Double(i) + 0.5, Double(j) + 0.5)
        segments += Self.pieces(of: corners).map { (origin + $0.0, origin + $0.1) }
      }
    }
    self.segments = segments
  }

  /// Pieces within one cell; corners clockwise from the upper left.
  private static func pieces(of v: [Double]) -> [(SIMD2<Double>, SIMD2<Double>)] {
    let inside = v.map { $0 >= 0.5 }
    guard inside.contains(true), inside.contains(false) else { return [] }
    let corners: [SIMD2<Double>] = [[0, 0], [1, 0], [1, 1], [0, 1]]
    var crossings: [SIMD2<Double>] = []
    for a in 0..<4 {
      let b = (a + 1) % 4
      guard inside[a] != inside[b] else { continue }
      let t = (0.5 - v[a]) / (v[b] - v[a])
      crossings.append(corners[a] + (corners[b] - corners[a]) * t)
    }
    guard crossings.count == 4 else { return [(crossings[0], crossings[1])] }
    // Crossings are in edge order; the mean tells whether the inside corners touch.
    let joined = (v.reduce(0, +) / 4 >= 0.5) == inside[0]
    return joined
      ? [(crossings[0], crossings[1]), (crossings[2], crossings[3])]
      : [(crossings[3], crossings[0]), (crossings[1], crossings[2])]
  }

  /// Draws the outline with a dark rim, so that it shows on any ground.
  func draw(
    on canvas: inout Canvas, atX x: Int, y: Int, width: Double, colour: RGB, rim: RGB?
  ) {
    let offset = SIMD2(Double(x), Double(y))
    if let rim { canvas.fill(path(width: width + 2, offset: offset), with: rim, opacity: 0.55) }
    canvas.fill(path(width: width, offset: offset), with: colour)
  }

  private func path(width: Double, offset: SIMD2<Double>) -> Path {
    var path = Path()
    for (a, b) in segments {
      for piece in Path(stroking: [a + offset, b + offset], width: width).contours {
        path.add(piece)
      }
    }
    return path
  }
}

extension Mask {
  /// Trilinear share of inside at a patient point; 0 beyond the grid.
  func coverage(at point: PatientPoint) -> Double {
    let p = grid.gridPoint(at: point).ijk
    let low = p.rounded(.down)
    let f = p - low
    var sum = 0.0
    for corner in 0..<8 {
      let step = SIMD3(Double(corner & 1), Double(corner >> 1 & 1), Double(corner >> 2 & 1))
      let q = low + step
      guard q.min() >= 0, q.x < Double(grid.size.x), q.y < Double(grid.size.y),
        q.z < Double(grid.size.z), self[Int(q.x), Int(q.y), Int(q.z)]
      else { continue }
      let w = step * f + (SIMD3(repeating: 1) - step) * (SIMD3(repeating: 1) - f)
      sum += w.x * w.y * w.z
    }
    return sum
  }
}
