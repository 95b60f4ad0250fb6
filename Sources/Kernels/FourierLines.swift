import Foundation

/// The discrete Fourier transform of eight complex sequences side by side.
///
/// Stockham's self-sorting form (Swarztrauber 1984, doi 10.1016/S0167-8191(84)90413-7) in steps of 4,
/// 2, 3 and 5. Each element of a sequence is one lane of a vector, so a step needs no shuffling.
@safe struct FourierLines {
  typealias Lanes = SIMD8<Float>
  static let lanes = 8

  let length: Int
  private let steps: [Step]
  /// cos and −sin of the turns of all steps, one after another.
  private let turns: [SIMD2<Float>]

  private struct Step {
    let radix: Int
    /// Length that is left after this step.
    let groups: Int
    let stride: Int
    let firstTurn: Int
  }

  /// - Parameter length: A product of 2, 3 and 5; see ``goodLength(_:)``.
  init(length: Int) {
    self.length = length
    var (left, stride) = (length, 1)
    var steps: [Step] = []
    var turns: [SIMD2<Float>] = []
    while left > 1 {
      let radix = [4, 2, 3, 5].first { left % $0 == 0 } ?? left
      precondition(radix <= 5, "the length must be a product of 2, 3 and 5")
      let groups = left / radix
      steps.append(Step(radix: radix, groups: groups, stride: stride, firstTurn: turns.count))
      for group in 0..<groups {
        for n in 1..<radix {
          let angle = 2 * Double.pi * Double(group * n) / Double(left)
          turns.append([Float(cos(angle)), Float(-sin(angle))])
        }
      }
      (left, stride) = (groups, stride * radix)
    }
    (self.steps, self.turns) = (steps, turns)
  }

  /// The next length that factors into 2, 3 and 5.
  static func goodLength(_ wanted: Int) -> Int {
    var n = max(wanted, 1)
    while true {
      var rest = n
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      if rest == 1 { return n }
      n += 1
    }
  }

  /// Eight complex sequences: real and imaginary parts apart, each element one vector.
  @safe struct Field {
    let real: UnsafeMutablePointer<Lanes>
    let imaginary: UnsafeMutablePointer<Lanes>

    init(length: Int) {
      unsafe real = .allocate(capacity: length)
      unsafe imaginary = .allocate(capacity: length)
      unsafe real.initialize(repeating: .zero, count: length)
      unsafe imaginary.initialize(repeating: .zero, count: length)
    }

    private init(swapping other: Field) {
      unsafe real = other.imaginary
      unsafe imaginary = other.real
    }

    /// With real and imaginary parts exchanged: its forward transform is the inverse one.
    var swapped: Field { Field(swapping: self) }

    func free() {
      unsafe real.deallocate()
      unsafe imaginary.deallocate()
    }

    @inline(__always)
    subscript(n: Int) -> (real: Lanes, imaginary: Lanes) {
      get { unsafe (real[n], imaginary[n]) }
      nonmutating set {
        unsafe real[n] = newValue.real
        unsafe imaginary[n] = newValue.imaginary
      }
    }

    func clear(_ range: Range<Int>) {
      for n in range { self[n] = (.zero, .zero) }
    }
  }

  /// Transforms `field`, using `scratch`; returns the one of the two that holds the result.
  func forward(_ field: Field, scratch: Field) -> Field {
    var (from, to) = (field, scratch)
    unsafe turns.withUnsafeBufferPointer { turns in
      for step in steps {
        guard let turn = unsafe turns.baseAddress.map({ unsafe $0 + step.firstTurn }) else { break }
        switch step.radix {
        case 4: unsafe Self.four(step, turn, from, to)
        case 2: unsafe Self.two(step, turn, from, to)
        case 3: unsafe Self.three(step, turn, from, to)
        default: unsafe Self.five(step, turn, from, to)
        }
        (from, to) = (to, from)
      }
    }
    return from
  }

  /// The inverse without its factor 1/length.
  func inverse(_ field: Field, scratch: Field) -> Field {
    forward(field.swapped, scratch: scratch.swapped).swapped
  }

  private typealias Pair = (real: Lanes, imaginary: Lanes)

  @inline(__always)
  private static func turned(_ a: Pair, _ w: SIMD2<Float>) -> Pair {
    (a.real * w.x - a.imaginary * w.y, a.real * w.y + a.imaginary * w.x)
  }

  @inline(__always)
  private static func add(_ a: Pair, _ b: Pair) -> Pair {
    (a.real + b.real, a.imaginary + b.imaginary)
  }

  @inline(__always)
  private static func subtract(_ a: Pair, _ b: Pair) -> Pair {
    (a.real - b.real, a.imaginary - b.imaginary)
  }

  /// a − i b and a + i b.
  @inline(__always)
  private static func aside(_ a: Pair, _ b: Pair) -> (Pair, Pair) {
    (
      (a.real + b.imaginary, a.imaginary - b.real), (a.real - b.imaginary, a.imaginary + b.real)
    )
  }

  @inline(__always)
  private static func two(
    _ step: Step, _ turns: UnsafePointer<SIMD2<Float>>, _ x: Field, _ y: Field
  ) {
    let (m, s) = (step.groups, step.stride)
    for p in 0..<m {
      let w = unsafe turns[p]
      for q in 0..<s {
        let (a, b) = (x[q + s * p], x[q + s * (p + m)])
        y[q + s * 2 * p] = add(a, b)
        y[q + s * (2 * p + 1)] = turned(subtract(a, b), w)
      }
    }
  }

  @inline(__always)
  private static func three(
    _ step: Step, _ turns: UnsafePointer<SIMD2<Float>>, _ x: Field, _ y: Field
  ) {
    let (m, s) = (step.groups, step.stride)
    let sine: Float = 0.8660254037844386
    for p in 0..<m {
      let (w1, w2) = unsafe (turns[2 * p], turns[2 * p + 1])
      for q in 0..<s {
        let (a, b, c) = (x[q + s * p], x[q + s * (p + m)], x[q + s * (p + 2 * m)])
        let sum = add(b, c)
        let difference = subtract(b, c)
        let middle: Pair = (a.real - 0.5 * sum.real, a.imaginary - 0.5 * sum.imaginary)
        let side: Pair = (difference.real * sine, difference.imaginary * sine)
        let (first, second) = aside(middle, side)
        y[q + s * 3 * p] = add(a, sum)
        y[q + s * (3 * p + 1)] = turned(first, w1)
        y[q + s * (3 * p + 2)] = turned(second, w2)
      }
    }
  }

  @inline(__always)
  private static func four(
    _ step: Step, _ turns: UnsafePointer<SIMD2<Float>>, _ x: Field, _ y: Field
  ) {
    let (m, s) = (step.groups, step.stride)
    for p in 0..<m {
      let (w1, w2, w3) = unsafe (turns[3 * p], turns[3 * p + 1], turns[3 * p + 2])
      for q in 0..<s {
        let (a, b) = (x[q + s * p], x[q + s * (p + m)])
        let (c, d) = (x[q + s * (p + 2 * m)], x[q + s * (p + 3 * m)])
        let (even, odd) = (add(a, c), add(b, d))
        let (first, third) = aside(subtract(a, c), subtract(b, d))
        y[q + s * 4 * p] = add(even, odd)
        y[q + s * (4 * p + 1)] = turned(first, w1)
        y[q + s * (4 * p + 2)] = turned(subtract(even, odd), w2)
        y[q + s * (4 * p + 3)] = turned(third, w3)
      }
    }
  }

  @inline(__always)
  private static func five(
    _ step: Step, _ turns: UnsafePointer<SIMD2<Float>>, _ x: Field, _ y: Field
  ) {
    let (m, s) = (step.groups, step.stride)
    // cos and sin of 2π/5 and 4π/5.
    let (c1, c2): (Float, Float) = (0.30901699437494745, -0.8090169943749475)
    let (s1, s2): (Float, Float) = (0.9510565162951535, 0.5877852522924731)
    for p in 0..<m {
      let (w1, w2) = unsafe (turns[4 * p], turns[4 * p + 1])
      let (w3, w4) = unsafe (turns[4 * p + 2], turns[4 * p + 3])
      for q in 0..<s {
        let a = x[q + s * p]
        let (b, c) = (x[q + s * (p + m)], x[q + s * (p + 2 * m)])
        let (d, e) = (x[q + s * (p + 3 * m)], x[q + s * (p + 4 * m)])
        let (outer, inner) = (add(b, e), add(c, d))
        let (outerSide, innerSide) = (subtract(b, e), subtract(c, d))
        let one: Pair = (
          a.real + outer.real * c1 + inner.real * c2,
          a.imaginary + outer.imaginary * c1 + inner.imaginary * c2
        )
        let two: Pair = (
          a.real + outer.real * c2 + inner.real * c1,
          a.imaginary + outer.imaginary * c2 + inner.imaginary * c1
        )
        let oneSide: Pair = (
          outerSide.real * s1 + innerSide.real * s2,
          outerSide.imaginary * s1 + innerSide.imaginary * s2
        )
        let twoSide: Pair = (
          outerSide.real * s2 - innerSide.real * s1,
          outerSide.imaginary * s2 - innerSide.imaginary * s1
        )
        let (first, fourth) = aside(one, oneSide)
        let (second, third) = aside(two, twoSide)
        y[q + s * 5 * p] = add(a, add(outer, inner))
        y[q + s * (5 * p + 1)] = turned(first, w1)
        y[q + s * (5 * p + 2)] = turned(second, w2)
        y[q + s * (5 * p + 3)] = turned(third, w3)
        y[q + s * (5 * p + 4)] = turned(fourth, w4)
      }
    }
  }
}
