/// Trilinear sampling of one voxel buffer on another grid, through a displacement spline.
///
/// Along a row of voxels that runs along the lattice, each coordinate is one cubic polynomial per
/// cell of nodes: it is worked out once per cell and evaluated at each voxel.
public enum SplineWarp {
  /// Where the target's voxels lie: slice by slice in the source, and between the nodes.
  public struct Target: Sendable {
    let size: SIMD3<Int>
    let sliceStarts: [SIMD3<Double>]
    let stepI: SIMD3<Double>
    let stepJ: SIMD3<Double>
    let perMillimetre: DeformableIntensityFit.Columns
    /// For i, j and k: where each voxel lies, in node distances from node 0.
    let between: [[Double]]

    /// - Parameters:
    ///   - sliceStarts: Source voxel of the target voxel (0, 0) of each slice, undisplaced.
    ///   - stepI: Source voxels per target column.
    ///   - stepJ: Source voxels per target row.
    ///   - perMillimetre: Source voxels per millimetre of displacement along x, y, z.
    ///   - between: For i, j and k, where the target's voxels lie along the lattice's axis of the
    ///     same name, in node distances from node 0; evenly spaced along i.
    public init(
      sliceStarts: [SIMD3<Double>], stepI: SIMD3<Double>, stepJ: SIMD3<Double>,
      perMillimetre: [SIMD3<Double>], between: [[Double]]
    ) {
      precondition(between.count == 3, "a target has three axes")
      precondition(sliceStarts.count == between[2].count, "one start per target slice")
      size = SIMD3(between[0].count, between[1].count, between[2].count)
      self.sliceStarts = sliceStarts
      (self.stepI, self.stepJ) = (stepI, stepJ)
      self.perMillimetre = .init(perMillimetre)
      self.between = between
    }
  }

  /// - Parameter outside: Value for points beyond the source's outer voxel faces. Within half a
  ///   voxel of the edge the edge value is held.
  public static func run(
    _ source: TrilinearResample.Source, onto target: Target, through lattice: CubicBSpline.Lattice,
    outside: Float
  ) -> [Float] {
    RowSampling.run(
      source, onto: target.size, rows: SplineRows(target, lattice), outside: outside)
  }
}

private struct SplineRows: TargetRows {
  let target: SplineWarp.Target
  let lattice: CubicBSpline.Lattice
  let j, k: CubicBSpline.Axis
  let cells: [Cell]

  init(_ target: SplineWarp.Target, _ lattice: CubicBSpline.Lattice) {
    (self.target, self.lattice) = (target, lattice)
    j = CubicBSpline.Axis(positions: target.between[1], nodes: lattice.size.y)
    k = CubicBSpline.Axis(positions: target.between[2], nodes: lattice.size.z)
    cells = Cell.cells(of: target.between[0], nodes: lattice.size.x)
  }

  /// Neighbouring voxels of a row that the same four nodes move.
  struct Cell {
    var voxels: Range<Int>
    /// First of the four nodes.
    let first: Int
    /// Where the first voxel lies behind the second node, and the step per voxel: 0 beyond the
    /// lattice, where its edge is held.
    let start: Float
    let step: Float

    static func cells(of positions: [Double], nodes: Int) -> [Cell] {
      let step = positions.count > 1 ? positions[1] - positions[0] : 0
      let inner = 1...Double(nodes - 2)
      var cells: [Cell] = []
      for (n, position) in positions.enumerated() {
        let held = min(max(position, inner.lowerBound), inner.upperBound)
        let node = min(Int(held), nodes - 3)
        let cell = Cell(
          voxels: n..<(n + 1), first: node - 1, start: Float(held - Double(node)),
          step: inner.contains(position) ? Float(step) : 0)
        if let last = cells.last, last.first == cell.first, last.step == cell.step {
          cells[cells.count - 1].voxels = last.voxels.lowerBound..<(n + 1)
        } else {
          cells.append(cell)
        }
      }
      return cells
    }
  }

  struct Scratch {
    /// The slice whose nodes `layer` holds, in source voxels of displacement.
    var slice: Int?
    var layer: [SIMD4<Float>]
    var line: [SIMD4<Float>]
  }

  func makeScratch() -> Scratch {
    Scratch(
      layer: [SIMD4<Float>](repeating: .zero, count: lattice.size.x * lattice.size.y),
      line: [SIMD4<Float>](repeating: .zero, count: lattice.size.x))
  }

  func place(j: Int, k: Int, _ scratch: inout Scratch, into row: inout RowPositions) {
    if scratch.slice != k {
      blendLayers(k, into: &scratch.layer)
      scratch.slice = k
    }
    let (first, weights) = (self.j.first[j] * lattice.size.x, self.j.weights[j])
    for n in scratch.line.indices {
      var sum = scratch.layer[first + n] * weights.x
      sum += scratch.layer[first + n + lattice.size.x] * weights.y
      sum += scratch.layer[first + n + 2 * lattice.size.x] * weights.z
      sum += scratch.layer[first + n + 3 * lattice.size.x] * weights.w
      scratch.line[n] = sum
    }
    let start = target.sliceStarts[k] + target.stepJ * Double(j)
    let step = SIMD4(SIMD3<Float>(target.stepI), 0)
    for cell in cells {
      let rigid = start + target.stepI * Double(cell.voxels.lowerBound)
      var stretch = Self.polynomial(scratch.line, cell)
      stretch.start += SIMD4(SIMD3<Float>(rigid), 0)
      stretch.linear += step
      row.add(cell.voxels, stretch)
    }
  }

  /// The four layers of nodes around a slice as one, turned into source voxels.
  private func blendLayers(_ k: Int, into layer: inout [SIMD4<Float>]) {
    let (first, weights) = (self.k.first[k] * layer.count, self.k.weights[k])
    for n in layer.indices {
      var sum = lattice.coefficients[first + n] * weights.x
      sum += lattice.coefficients[first + n + layer.count] * weights.y
      sum += lattice.coefficients[first + n + 2 * layer.count] * weights.z
      sum += lattice.coefficients[first + n + 3 * layer.count] * weights.w
      layer[n] = target.perMillimetre.applied(to: sum)
    }
  }

  /// The cubic B-spline of one cell in powers of the voxels counted from its first one
  /// (Rueckert et al., IEEE Trans Med Imaging 1999;18:712-721, multiplied out).
  @inline(__always)
  private static func polynomial(
    _ line: [SIMD4<Float>], _ cell: Cell
  ) -> RowPositions.Stretch {
    let (a, b) = (line[cell.first], line[cell.first + 1])
    let (c, d) = (line[cell.first + 2], line[cell.first + 3])
    let constant = (a + b * 4 + c) / 6
    let slope = (c - a) / 2
    let curve = (a - b * 2 + c) / 2
    let twist = (d - a + (b - c) * 3) / 6
    let (t, h) = (cell.start, cell.step)
    let inner = twist * t
    return .init(
      start: ((inner + curve) * t + slope) * t + constant,
      linear: ((inner * 3 + curve * 2) * t + slope) * h,
      quadratic: (inner * 3 + curve) * (h * h), cubic: twist * (h * h * h))
  }
}

extension Array where Element == SIMD4<Float> {
  /// The spline whose four nodes start at `first`.
  @inline(__always)
  func combined(at first: Int, _ w: SIMD4<Float>) -> SIMD4<Float> {
    var sum = self[first] * w.x
    sum += self[first + 1] * w.y
    sum += self[first + 2] * w.z
    sum += self[first + 3] * w.w
    return sum
  }
}
