import Geometry
import Kernels
public import Quantities
public import Volumes

/// Cuts a region along the valleys between its maxima.
public enum Watershed {
  /// The basins of a region: voxels are taken from the highest down and joined to a neighbour
  /// already taken; two basins that meet become one unless the meeting voxel lies below both
  /// peaks by at least `minimumDepth` of the lower peak.
  ///
  /// - Returns: Basins by falling peak; together they are the region.
  public static func basins(
    of region: Outline, in image: Volume<SUVbw>, minimumDepth: Double
  ) -> [Outline] {
    guard let block = LocalBlock(around: region) else { return [] }
    let samples = image.samples
    let falling = region.offsets.sorted {
      (samples[$0], -$0) > (samples[$1], -$1)
    }
    var label = [Int32](repeating: -1, count: block.count)
    var height = [Float](repeating: 0, count: block.count)
    var peaks: [Double] = []
    // Basins are numbered by falling peak, so a joined set is named by its highest one.
    var sets = DisjointSets(count: falling.count)
    for offset in falling {
      let value = Double(samples[offset])
      let place = block.place(of: offset)
      let labelled = block.neighbours.filter { label[place + $0] >= 0 }
      // The steepest way up decides; of equals the first.
      guard let uphill = labelled.max(by: { height[place + $0] < height[place + $1] }) else {
        label[place] = Int32(peaks.count)
        height[place] = samples[offset]
        peaks.append(value)
        continue
      }
      let meeting = Set(labelled.map { sets.root(of: Int(label[place + $0])) })
      let highest = meeting.min() ?? 0
      for basin in meeting where peaks[basin] - value < minimumDepth * peaks[basin] {
        sets.join(basin, highest)
      }
      label[place] = label[place + uphill]
      height[place] = samples[offset]
    }
    var offsets = [Int: [Int]]()
    for offset in falling {
      offsets[sets.root(of: Int(label[block.place(of: offset)])), default: []].append(offset)
    }
    return offsets.keys.sorted().map { Outline(grid: region.grid, offsets: offsets[$0] ?? []) }
  }
}
