import DICOMIO
import Foundation
import TestSupport
import Testing

/// Images whose slices are frames of one file are placed like others in the list.
@Suite struct FrameLayoutTests {
  private func series(_ file: TinyDICOM) throws -> SeriesCatalogue.Series {
    try withTemporaryFolder { folder in
      try file.write(to: folder.appending(path: "a"))
      return try #require(SeriesCatalogue.scan(folder: folder).series.first)
    }
  }

  private func item(_ tag: UInt32, _ text: String) -> TinyDICOM {
    var item = TinyDICOM()
    item.set(tag, "DS", text)
    return item
  }

  /// An Enhanced CT of frames at the given heights, in that order.
  private func enhanced(at heights: [Double]) -> TinyDICOM {
    var d = TinyDICOM.ct(z: 0)
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2.1")
    for tag: UInt32 in [0x0020_0032, 0x0020_0037, 0x0028_0030] { d.remove(tag) }
    d.set(0x0028_0008, "IS", "\(heights.count)")
    var shared = TinyDICOM()
    shared.set(0x0020_9116, items: [item(0x0020_0037, "1\\0\\0\\0\\1\\0")])
    shared.set(0x0028_9110, items: [item(0x0028_0030, "4\\5")])
    d.set(0x5200_9229, items: [shared])
    d.set(
      0x5200_9230,
      items: heights.map { z in
        var frame = TinyDICOM()
        frame.set(0x0020_9113, items: [item(0x0020_0032, "-10\\-20\\\(z)")])
        return frame
      })
    return d
  }

  @Test func framesOfAnEnhancedImageMakeOneStack() throws {
    let series = try series(enhanced(at: [6, 0, 3]))
    let grid = try #require(series.grid)
    #expect(series.role == .ct && series.problems.isEmpty)
    #expect((grid.columns, grid.rows, grid.slices) == (3, 2, 3))
    #expect(grid.spacing == [5, 4, 3])
    // Half a voxel beyond the outermost centres.
    #expect(grid.extent?.lowest == [-12.5, -22, -1.5])
    #expect(grid.extent?.highest == [2.5, -14, 7.5])
  }

  @Test func framesWithoutAPlaceAreAProblem() throws {
    var file = enhanced(at: [0, 3])
    file.remove(0x5200_9230)
    let series = try series(file)
    #expect(series.grid == nil)
    #expect(series.problems.contains { $0.contains("(5200,9230)") })
  }

  /// Spacing Between Slices is negative where frames go down from the first.
  @Test func aSPECTReachesFromItsFirstFrameAgainstTheNormal() throws {
    var d = TinyDICOM.slice(sopClass: "1.2.840.10008.5.1.4.1.1.20", modality: "NM", z: 0)
    d.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION")
    d.set(0x0028_0008, "IS", "4")
    d.set(0x0018_0088, "DS", "-3")
    let series = try series(d)
    #expect(series.role == .spect)
    #expect(series.grid?.slices == 4)
    #expect(series.grid?.extent?.lowest[2] == -10.5)
    #expect(series.grid?.extent?.highest[2] == 1.5)
  }
}
