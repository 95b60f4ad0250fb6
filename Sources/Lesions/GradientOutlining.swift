import Geometry
import Quantities
import Volumes

/// Draws each seed region again along the watershed of the gradient.
struct GradientOutlining {
  let image: Volume<SUVbw>
  private let samples: [Float]
  let rule: GradientEdge
  let organs: OrganSurroundings
  let depth: Double

  init(
    _ image: Volume<SUVbw>, rule: GradientEdge, organs: OrganSurroundings, splitting: Splitting?
  ) {
    self.image = image
    samples = image.samples
    self.rule = rule
    self.organs = organs
    depth = (splitting ?? Splitting()).minimumDepth
  }

  /// The lesions of one seed, by falling maximum.
  func regions(of seed: Outline) -> [Outline] {
    let basins = Watershed.basins(of: seed, in: image, minimumDepth: depth)
    let reachable = seed.dilated(by: rule.reach)
    return flood(basins, within: reachable)
  }

  /// Meyer's flooding: voxels join the neighbour they are reached from, lowest gradient first.
  /// Label 0 is the surroundings; the basins' cores are 1, 2, ….
  private func flood(_ basins: [Outline], within reachable: Outline) -> [Outline] {
    guard let block = LocalBlock(around: reachable) else { return [] }
    let none = Int32(-1)
    var label = [Int32](repeating: none, count: block.count)
    var queue = MinimumQueue<Int>()
    let places = reachable.offsets.map { (offset: $0, place: block.place(of: $0)) }
    var isReachable = [Bool](repeating: false, count: block.count)
    for (_, place) in places { isReachable[place] = true }
    let rim = places.filter { voxel in
      block.neighbours.contains { !isReachable[voxel.place + $0] }
        || !organs.mayGrow(into: voxel.offset, value: Double(samples[voxel.offset]))
    }
    guard !rim.isEmpty else { return basins }
    let surroundings = rim.map { Double(samples[$0.offset]) }.sorted()[rim.count / 2]
    for (_, place) in rim { label[place] = 0 }
    for (n, basin) in basins.enumerated() {
      guard let peak = image.highestVoxel(of: basin) else { continue }
      let level = surroundings + rule.core * (Double(samples[peak]) - surroundings)
      for offset in basin.offsets where Double(samples[offset]) >= level {
        label[block.place(of: offset)] = Int32(n + 1)
      }
    }
    func reach(from place: Int) {
      for step in block.neighbours
      where isReachable[place + step] && label[place + step] == none {
        guard let offset = block.offset(of: place + step) else { continue }
        label[place + step] = label[place]
        queue.insert(place + step, cost: steepness(at: offset))
      }
    }
    for (_, place) in places where label[place] != none { queue.insert(place, cost: 0) }
    while let place = queue.removeFirst() { reach(from: place) }
    return edges(label, places, basins.count, in: block)
  }

  /// The flood ends on a ridge of voxels; the edge runs through their values. Each lesion is what
  /// reaches the mean value of the voxels on both sides of its border.
  private func edges(
    _ label: [Int32], _ places: [(offset: Int, place: Int)], _ count: Int, in block: LocalBlock
  ) -> [Outline] {
    var sums = [(inside: (Double, Double), outside: (Double, Double))](
      repeating: ((0, 0), (0, 0)), count: count)
    var candidates = [[Int]](repeating: [], count: count)
    for (offset, place) in places {
      let value = Double(samples[offset])
      if label[place] > 0 {
        let n = Int(label[place]) - 1
        candidates[n].append(offset)
        if block.neighbours.contains(where: { label[place + $0] == 0 }) {
          sums[n].inside = (sums[n].inside.0 + value, sums[n].inside.1 + 1)
        }
      } else if label[place] == 0, organs.mayGrow(into: offset, value: value) {
        let beside = block.neighbours.lazy.map { label[place + $0] }.first { $0 > 0 }
        guard let beside else { continue }
        let n = Int(beside) - 1
        candidates[n].append(offset)
        sums[n].outside = (sums[n].outside.0 + value, sums[n].outside.1 + 1)
      }
    }
    return (0..<count).compactMap { n in
      let (inside, outside) = sums[n]
      guard !candidates[n].isEmpty else { return nil }
      let level =
        inside.1 > 0 && outside.1 > 0
        ? (inside.0 / inside.1 + outside.0 / outside.1) / 2 : -.infinity
      let kept = candidates[n].filter { Double(samples[$0]) >= level }
      return kept.isEmpty ? nil : Outline(grid: image.grid, offsets: kept)
    }
  }

  /// |∇x|² by central differences, in (g/mL)²/mm².
  private func steepness(at n: Int) -> Double {
    let grid = image.grid
    let q = grid.ijk(at: n)
    let strides = [1, grid.size.x, grid.size.x * grid.size.y]
    return (0..<3).reduce(0.0) { sum, axis in
      let down = q[axis] > 0 ? strides[axis] : 0
      let up = q[axis] < grid.size[axis] - 1 ? strides[axis] : 0
      let steps = (down > 0 ? 1.0 : 0) + (up > 0 ? 1.0 : 0)
      guard steps > 0 else { return sum }
      let slope =
        Double(samples[n + up] - samples[n - down]) / (steps * grid.spacing[axis])
      return sum + slope * slope
    }
  }
}

/// A queue from which the cheapest element leaves first, of equals the one that came first.
struct MinimumQueue<Element> {
  private var heap: [(cost: Double, order: Int, element: Element)] = []
  private var inserted = 0

  mutating func insert(_ element: Element, cost: Double) {
    heap.append((cost, inserted, element))
    inserted += 1
    var n = heap.count - 1
    while n > 0, precedes(n, (n - 1) / 2) {
      heap.swapAt(n, (n - 1) / 2)
      n = (n - 1) / 2
    }
  }

  mutating func removeFirst() -> Element? {
    guard let first = heap.first else { return nil }
    heap[0] = heap[heap.count - 1]
    heap.removeLast()
    var n = 0
    while true {
      var least = n
      for child in [2 * n + 1, 2 * n + 2] where child < heap.count && precedes(child, least) {
        least = child
      }
      if least == n { return first.element }
      heap.swapAt(n, least)
      n = least
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    (heap[a].cost, heap[a].order) < (heap[b].cost, heap[b].order)
  }
}
