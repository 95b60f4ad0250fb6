import Kernels
import Testing

@Suite struct ConnectedComponentsTests {
  /// Seeded, so that a failure can be repeated.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  /// Flood fill from every voxel in order: slow, but nothing to get wrong.
  static func byFloodFill(_ inside: [UInt8], size: SIMD3<Int>) -> [[Int]] {
    var left = inside
    var components: [[Int]] = []
    for start in inside.indices where left[start] != 0 {
      var stack = [start]
      left[start] = 0
      var voxels: [Int] = []
      while let n = stack.popLast() {
        voxels.append(n)
        let q = SIMD3(n % size.x, n / size.x % size.y, n / (size.x * size.y))
        for k in max(q.z - 1, 0)...min(q.z + 1, size.z - 1) {
          for j in max(q.y - 1, 0)...min(q.y + 1, size.y - 1) {
            for i in max(q.x - 1, 0)...min(q.x + 1, size.x - 1) {
              let m = i + size.x * (j + size.y * k)
              if left[m] != 0 {
                left[m] = 0
                stack.append(m)
              }
            }
          }
        }
      }
      components.append(voxels.sorted())
    }
    return components
  }

  /// Sparse masks make many components, dense ones a few tangled ones; 20 % is near the point
  /// where 26-connected components begin to join up.
  @Test(arguments: [0.02, 0.1, 0.2, 0.5, 0.95], [1, 2, 3])
  func labellingAgreesWithFloodFill(density: Double, seed: Int) {
    var generator = Generator(state: UInt64(seed))
    let size = SIMD3(23, 11, 9)
    let inside = (0..<(size.x * size.y * size.z)).map { _ in
      Double.random(in: 0..<1, using: &generator) < density ? UInt8(1) : 0
    }
    let components = ConnectedComponents.run(inside, size: size)
    #expect(components.map { Array($0.joined()) } == Self.byFloodFill(inside, size: size))
  }

  @Test func voxelsThatTouchByACornerAreOneComponent() {
    var inside = [UInt8](repeating: 0, count: 27)
    inside[0] = 1  // (0, 0, 0)
    inside[13] = 1  // (1, 1, 1)
    inside[26] = 1  // (2, 2, 2)
    #expect(ConnectedComponents.run(inside, size: [3, 3, 3]).count == 1)
  }

  @Test func theEndOfARowDoesNotTouchTheStartOfTheNextButOne() {
    // (3, 0, 0) and (0, 1, 0) follow each other in memory.
    let inside: [UInt8] = [0, 0, 0, 1, 1, 0, 0, 0]
    #expect(ConnectedComponents.run(inside, size: [4, 2, 1]) == [[3..<4], [4..<5]])
  }
}
