import Foundation
import Testing

@testable import Kernels

@Suite struct FourierLinesTests {
  /// Lengths of all radices, alone and together, against the sum that defines the transform; every
  /// lane has its own sequence.
  @Test(arguments: [1, 2, 3, 4, 5, 8, 9, 12, 30, 60, 75, 128])
  func transformIsItsDefinition(length: Int) {
    let lines = FourierLines(length: length)
    let (a, b) = (FourierLines.Field(length: length), FourierLines.Field(length: length))
    defer {
      a.free()
      b.free()
    }
    func value(_ n: Int, _ lane: Int) -> (Double, Double) {
      (sin(Double(7 * n + lane)), cos(Double(3 * n * n + 2 * lane)))
    }
    for n in 0..<length {
      var (re, im) = (FourierLines.Lanes.zero, FourierLines.Lanes.zero)
      for lane in 0..<FourierLines.lanes {
        re[lane] = Float(value(n, lane).0)
        im[lane] = Float(value(n, lane).1)
      }
      a[n] = (re, im)
    }
    let there = lines.forward(a, scratch: b)
    for k in 0..<length {
      for lane in [0, 3, 7] {
        var (re, im) = (0.0, 0.0)
        for n in 0..<length {
          let angle = -2 * Double.pi * Double(k * n % length) / Double(length)
          let (x, y) = value(n, lane)
          re += x * cos(angle) - y * sin(angle)
          im += x * sin(angle) + y * cos(angle)
        }
        let allowed = 3e-6 * Double(length)
        #expect(abs(Double(there[k].real[lane]) - re) < allowed)
        #expect(abs(Double(there[k].imaginary[lane]) - im) < allowed)
      }
    }
  }

  @Test(arguments: [(1, 1), (7, 8), (11, 12), (251, 256), (257, 270), (289, 300)])
  func goodLengthsAreProductsOfTwoThreeAndFive(wanted: Int, found: Int) {
    #expect(FourierLines.goodLength(wanted) == found)
  }

  /// A centre of 2 and neighbours of 1 along x, on a row of three ones, in one slice.
  @Test func aStencilStaysInsideTheGrid() {
    let sums = SymmetricStencil.run(
      [1, 1, 1, 0, 0, 0], size: [3, 2, 1], kernelSize: [2, 2, 1], kernel: [2, 1, 0.5, 0])
    #expect(sums == [3, 4, 3, 0.5, 0.5, 0.5])
  }
}
