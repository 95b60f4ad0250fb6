/// Connected regions of a byte mask, as far as outlining a body needs them.
public enum BodyRegions {
  /// The largest region of set voxels that touch by their faces; empty for an empty mask.
  /// Of two equally large ones the first in memory order is taken.
  public static func largest(_ mask: [UInt8], size: SIMD3<Int>) -> [UInt8] {
    precondition(mask.count == size.x * size.y * size.z, "mask does not fill the grid")
    var runs = Runs(mask, size: size)
    runs.join()
    return runs.largestRegion(voxelCount: mask.count)
  }

  /// Sets every clear voxel that cannot be reached from the rim of its slice (axis k).
  public static func slicesFilled(_ mask: [UInt8], size: SIMD3<Int>) -> [UInt8] {
    precondition(mask.count == size.x * size.y * size.z, "mask does not fill the grid")
    let perSlice = size.x * size.y
    let slabs = Slabs.map(of: size.z) { slices in
      slices.flatMap { k in
        filled(Array(mask[(k * perSlice)..<((k + 1) * perSlice)]), width: size.x, height: size.y)
      }
    }
    return slabs.flatMap { $0 }
  }

  /// Flood from the rim; what stays dry is inside.
  private static func filled(_ slice: [UInt8], width: Int, height: Int) -> [UInt8] {
    var dry = [UInt8](repeating: 1, count: slice.count)
    var stack: [Int] = []
    func wet(_ n: Int) {
      if dry[n] == 1 && slice[n] == 0 {
        dry[n] = 0
        stack.append(n)
      }
    }
    for i in 0..<width {
      wet(i)
      wet(i + width * (height - 1))
    }
    for j in 0..<height {
      wet(j * width)
      wet(j * width + width - 1)
    }
    while let n = stack.popLast() {
      let (i, j) = (n % width, n / width)
      if i > 0 { wet(n - 1) }
      if i + 1 < width { wet(n + 1) }
      if j > 0 { wet(n - width) }
      if j + 1 < height { wet(n + width) }
    }
    return dry
  }
}

/// Runs of set voxels along i, joined into regions by union-find.
private struct Runs {
  private var start: [Int] = []
  private var end: [Int] = []
  private var parent: [Int] = []
  /// First run of each row, and one past the last run at the end.
  private var rowStarts: [Int] = []
  private let size: SIMD3<Int>

  init(_ mask: [UInt8], size: SIMD3<Int>) {
    self.size = size
    for row in 0..<(size.y * size.z) {
      rowStarts.append(start.count)
      var i = row * size.x
      let rowEnd = i + size.x
      while i < rowEnd {
        guard mask[i] != 0 else {
          i += 1
          continue
        }
        let first = i
        while i < rowEnd && mask[i] != 0 { i += 1 }
        start.append(first)
        end.append(i)
        parent.append(parent.count)
      }
    }
    rowStarts.append(start.count)
  }

  mutating func join() {
    for row in 0..<(size.y * size.z) {
      if row % size.y > 0 { join(row, row - 1) }
      if row >= size.y { join(row, row - size.y) }
    }
  }

  /// Joins the runs of two neighbouring rows that overlap along i.
  private mutating func join(_ row: Int, _ other: Int) {
    var (a, b) = (rowStarts[row], rowStarts[other])
    let shift = (row - other) * size.x
    while a < rowStarts[row + 1] && b < rowStarts[other + 1] {
      if start[a] < end[b] + shift && start[b] + shift < end[a] { unite(a, b) }
      if end[a] < end[b] + shift { a += 1 } else { b += 1 }
    }
  }

  private mutating func root(_ run: Int) -> Int {
    var n = run
    while parent[n] != n {
      parent[n] = parent[parent[n]]
      n = parent[n]
    }
    return n
  }

  private mutating func unite(_ a: Int, _ b: Int) {
    let (ra, rb) = (root(a), root(b))
    if ra != rb { parent[max(ra, rb)] = min(ra, rb) }
  }

  mutating func largestRegion(voxelCount: Int) -> [UInt8] {
    var counts = [Int](repeating: 0, count: start.count)
    for run in start.indices { counts[root(run)] += end[run] - start[run] }
    var result = [UInt8](repeating: 0, count: voxelCount)
    guard let best = counts.indices.max(by: { counts[$0] < counts[$1] }) else { return result }
    for run in start.indices where root(run) == best {
      for n in start[run]..<end[run] { result[n] = 1 }
    }
    return result
  }
}
