import Foundation
import VectorShim

/// The discrete Fourier transform of eight complex sequences side by side.
///
/// Stockham's self-sorting form (Swarztrauber 1984, doi 10.1016/S0167-8191(84)90413-7) in steps of 4,
/// 2, 3 and 5. Each element of a sequence is one lane of a vector, so a step needs no shuffling.
@safe struct FourierLines {
  typealias Lanes = SIMD8<Float>
  static let lanes = Int(FOURIER_LANES)

  let length: Int
  private let steps: [fourier_step]
  /// cos and −sin of the turns of all steps, one after another.
  private let turns: [SIMD2<Float>]

  /// - Parameter length: A product of 2, 3 and 5; see ``goodLength(_:)``.
  init(length: Int) {
    self.length = length
    var (left, stride) = (length, 1)
    var steps: [fourier_step] = []
    var turns: [SIMD2<Float>] = []
    while left > 1 {
      let radix = [4, 2, 3, 5].first { left % $0 == 0 } ?? left
      precondition(radix <= 5, "the length must be a product of 2, 3 and 5")
      let groups = left / radix
      steps.append(
        fourier_step(radix: radix, groups: groups, stride: stride, first_turn: turns.count))
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
      unsafe real = Self.vectors(length)
      unsafe imaginary = Self.vectors(length)
    }

    /// Swift itself aligns its vectors to 16 bytes only.
    private static func vectors(_ count: Int) -> UnsafeMutablePointer<Lanes> {
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(count, 1) * MemoryLayout<Lanes>.stride, alignment: 64)
      return unsafe memory.initializeMemory(as: Lanes.self, repeating: .zero, count: count)
    }

    fileprivate init(_ field: fourier_field) {
      unsafe real = UnsafeMutableRawPointer(field.real).assumingMemoryBound(to: Lanes.self)
      unsafe imaginary =
        UnsafeMutableRawPointer(field.imaginary).assumingMemoryBound(to: Lanes.self)
    }

    private init(swapping other: Field) {
      unsafe real = other.imaginary
      unsafe imaginary = other.real
    }

    /// With real and imaginary parts exchanged: its forward transform is the inverse one.
    var swapped: Field { Field(swapping: self) }

    fileprivate var scalars: fourier_field {
      unsafe fourier_field(real: realScalars, imaginary: imaginaryScalars)
    }

    var realScalars: UnsafeMutablePointer<Float> {
      unsafe UnsafeMutableRawPointer(real).assumingMemoryBound(to: Float.self)
    }

    var imaginaryScalars: UnsafeMutablePointer<Float> {
      unsafe UnsafeMutableRawPointer(imaginary).assumingMemoryBound(to: Float.self)
    }

    func free() {
      unsafe real.deallocate()
      unsafe imaginary.deallocate()
    }

    func isSame(as other: Field) -> Bool { unsafe real == other.real }

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
    unsafe turns.withUnsafeBufferPointer { turns in
      guard let first = turns.baseAddress else { return field }
      let scalars = unsafe UnsafeRawPointer(first).assumingMemoryBound(to: Float.self)
      return unsafe Field(
        fourier_transform(steps, steps.count, scalars, field.scalars, scratch.scalars))
    }
  }

  /// The inverse without its factor 1/length.
  func inverse(_ field: Field, scratch: Field) -> Field {
    forward(field.swapped, scratch: scratch.swapped).swapped
  }

  /// The transforms of sixteen real sequences, from those of eight complex ones whose real and
  /// imaginary parts they are: frequencies 0…length/2.
  func part(_ both: Field, into first: Field, _ second: Field) {
    unsafe fourier_part(both.scalars, length, first.scalars, second.scalars)
  }

  /// The reverse of ``part(_:into:_:)``, with all frequencies.
  func join(_ first: Field, _ second: Field, into both: Field) {
    unsafe fourier_join(first.scalars, second.scalars, length, both.scalars)
  }
}
