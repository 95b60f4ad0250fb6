import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Reporting

@Suite struct GeometryOfPicturesTests {
  /// The same 200 mm cube of space stored in different voxel orders, all right-handed.
  static let storedAs: [VoxelGrid.Axes] = [
    .identity, .init(i: [-1, 0, 0], j: [0, -1, 0], k: [0, 0, 1]),
    .init(i: [1, 0, 0], j: [0, 0, -1], k: [0, 1, 0]),
    .init(i: [0, 1, 0], j: [0, 0, -1], k: [-1, 0, 0]),
    .init(i: [0, 1, 0], j: [1, 0, 0], k: [0, 0, -1]),
  ]

  /// A blob to the left, back and head of the centre.
  static let blob = PatientPoint(x: 40, y: 30, z: 60)

  private func volume(_ axes: VoxelGrid.Axes) throws -> Volume<SUVbw> {
    let half = (axes.i + axes.j + axes.k) * 98
    let grid = try VoxelGrid(
      size: [50, 50, 50], spacing: [4, 4, 4], axes: axes, origin: PatientPoint(millimetres: -half))
    var samples: [Float] = []
    for k in 0..<50 {
      for j in 0..<50 {
        for i in 0..<50 {
          let d = grid.patientPoint(i: i, j: j, k: k).distance(to: Self.blob)
          samples.append(Float(10 * exp(-d * d / 200)))
        }
      }
    }
    return try Volume(grid: grid, samples: samples)
  }

  /// Where a picture is darkest in inverse grey, in pixels.
  private func darkest(_ canvas: Canvas) -> SIMD2<Int> {
    var best = SIMD2(0, 0)
    for y in 0..<canvas.height {
      for x in 0..<canvas.width where canvas[x, y].green < canvas[best.x, best.y].green {
        best = [x, y]
      }
    }
    return best
  }

  /// Radiological convention: the patient's left is on the right of the picture, the back below
  /// in axial pictures, the head on top of the others, however the voxels are stored.
  @Test(arguments: storedAs)
  func theHotSpotIsWhereTheLettersSay(axes: VoxelGrid.Axes) throws {
    let layer = Layer(try volume(axes))
    for plane in PatientPlane.allCases {
      let grid = try PictureGrid.covering(
        layer.volume.grid, plane: plane, through: Self.blob, millimetresPerPixel: 2)
      #expect((grid.width, grid.height) == (100, 100))
      let canvas = Colouring.image(
        layer.samples(on: grid, outside: .zero), width: 100, height: 100,
        window: .suv(to: 10))
      let found = darkest(canvas)
      let expected: SIMD2<Int> =
        switch plane {
        case .axial: [70, 65]
        case .coronal: [70, 20]
        case .sagittal: [65, 20]
        }
      #expect(abs(found.x - expected.x) <= 1 && abs(found.y - expected.y) <= 1, "\(plane)")
    }
  }

  @Test func lettersFollowDICOM() {
    let axial = OrientationLetters(.axial)
    #expect((axial.left, axial.right, axial.top, axial.bottom) == ("R", "L", "A", "P"))
    let coronal = OrientationLetters(.coronal)
    #expect((coronal.left, coronal.right, coronal.top, coronal.bottom) == ("R", "L", "H", "F"))
    let sagittal = OrientationLetters(.sagittal)
    #expect((sagittal.left, sagittal.right, sagittal.top, sagittal.bottom) == ("A", "P", "H", "F"))
    // 30° off the patient's left towards the back: both letters, the main one first.
    #expect(OrientationLetters.letters(of: [cos(.pi / 6), sin(.pi / 6), 0]) == "LP")
    // 10° off: the main one only.
    #expect(OrientationLetters.letters(of: [cos(.pi / 18), sin(.pi / 18), 0]) == "L")
    #expect(OrientationLetters.letters(of: [0, -0.1, -1]) == "F")
  }

  @Test(arguments: [(512, 0.9765625), (400, 1.0), (367, 0.3), (64, 4.07), (40, 0.25)])
  func theScaleBarIsAsLongAsItSays(width: Int, mm: Double) {
    let bar = ScaleBar(imageWidth: width, millimetresPerPixel: mm)
    #expect(abs(Double(bar.pixels) - bar.millimetres / mm) <= 0.5)
    #expect(Double(bar.pixels) <= Double(width) / 3 + 0.5)
    #expect([1, 2, 5, 10, 20, 50, 100, 200].contains(bar.millimetres))
  }

  /// White pixels on black: the drawn bar itself is measured.
  @Test func theDrawnScaleBarHasThatLength() {
    var canvas = Canvas(width: 300, height: 300, filledWith: .black)
    Annotation(style: PictureStyle(), ground: .dark).scaleBar(
      millimetresPerPixel: 0.8, in: PixelBox(x: 0, y: 0, width: 300, height: 300), on: &canvas)
    let longest = (0..<300).map { y in (0..<300).count { canvas[$0, y] == .white } }.max()
    // 300 px × 0.8 mm / 3 = 80 mm: the bar is 50 mm, 62.5 px.
    #expect(longest == 63)
  }

  @Test func aProjectionShowsTheHottestVoxelFromEverySide() throws {
    let volume = try volume(.identity)
    for degrees in [0.0, 90, 180, 30] {
      let view = try ProjectionGrid(
        covering: volume.grid, turnedBy: degrees, millimetresPerPixel: 2, depthStep: 2)
      let samples = try Layer(volume).maximumProjection(on: view)
      #expect(abs((samples.max() ?? 0) - 10) < 0.6, "\(degrees)")
      let place = darkest(
        Colouring.image(
          samples, width: view.width, height: view.height, window: .suv(to: 10)))
      // Across the picture the blob lies where its patient point is seen from that side.
      let angle = degrees * .pi / 180
      let across = 40 * cos(angle) + 30 * sin(angle)
      #expect(abs((Double(place.x) + 0.5 - Double(view.width) / 2) * 2 - across) <= 3, "\(degrees)")
      #expect(abs((Double(view.height) / 2 - Double(place.y) - 0.5) * 2 - 60) <= 3)
    }
    let left = try ProjectionGrid(
      covering: volume.grid, turnedBy: 90, millimetresPerPixel: 2, depthStep: 2)
    #expect((left.letters.left, left.letters.right) == ("A", "P"))
  }

  /// A link that says "the moving frame lies 20 mm further left" moves the picture back by that.
  @Test func layersAreShownThroughTheirLink() throws {
    let moved = RigidTransform(
      from: FrameOfReference(uid: "1"), to: FrameOfReference(uid: "2"), translation: [20, 0, 0])
    let volume = try volume(.identity)
    let grid = try PictureGrid.covering(
      volume.grid, plane: .axial, through: Self.blob, millimetresPerPixel: 2)
    let places = [nil, moved].map {
      darkest(
        Colouring.image(
          Layer(volume, through: $0).samples(on: grid, outside: .zero), width: grid.width,
          height: grid.height, window: .suv(to: 10)))
    }
    #expect(places[0].x - places[1].x == 10)
  }

  /// Length of the outline of a disc of radius 24 mm on 2 mm voxels: 2 π r within 3 %, and all
  /// of it on the edge.
  @Test func anOutlineFollowsTheEdgeOfItsMask() throws {
    let grid = try VoxelGrid(
      size: [60, 60, 3], spacing: [2, 2, 2], origin: PatientPoint(x: -59, y: -59, z: -2))
    var mask = Mask(grid: grid)
    for j in 0..<60 {
      for i in 0..<60 where SIMD2(Double(i) * 2 - 59, Double(j) * 2 - 59).isWithin(24) {
        for k in 0..<3 { mask[i, j, k] = true }
      }
    }
    let view = try PictureGrid.square(
      plane: .axial, about: PatientPoint(x: 0, y: 0, z: 0), side: 100, millimetresPerPixel: 0.5)
    let contour = Contour(of: Region(mask), on: view)
    let middle = SIMD2(100.0, 100)
    for (a, _) in contour.segments {
      let r = ((a - middle) * (a - middle)).sum().squareRoot() * 0.5
      #expect(abs(r - 24) < 2)
    }
    let length = contour.segments.reduce(0) { sum, piece in
      let d = piece.1 - piece.0
      return sum + (d * d).sum().squareRoot() * 0.5
    }
    // A staircase of voxels is longer than the circle, by at most 4 / π.
    #expect(length > 2 * .pi * 24 * 0.97 && length < 8 * 24)
  }
}

extension SIMD2<Double> {
  fileprivate func isWithin(_ radius: Double) -> Bool {
    (self * self).sum() < radius * radius
  }
}
