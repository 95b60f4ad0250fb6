import VectorShim

/// Transforms sequences that are symmetric about their first term, given by their first half.
struct EvenTransform {
  let length: Int
  let terms: Int
  private let lines: FourierLines

  init(length: Int, terms: Int) {
    self.length = length
    self.terms = terms
    lines = FourierLines(length: length)
  }

  /// Transforms each run of `terms` samples, and puts its frequencies 0…length/2 on the slowest
  /// axis. The transforms are real, so sixteen runs go at once, eight of them as imaginary parts.
  func appliedToFastest(_ samples: [Float]) -> [Float] {
    let lanes = FourierLines.lanes
    let runs = samples.count / terms
    let frequencies = length / 2 + 1
    let batches = (runs + 2 * lanes - 1) / (2 * lanes)
    return unsafe [Float].fresh(count: frequencies * runs) { result in
      unsafe samples.withUnsafeBufferPointer { samples in
        guard let start = samples.baseAddress else { return }
        let result = unsafe result
        Slabs.forEach(of: batches) { range in
          let (a, b) = (FourierLines.Field(length: length), FourierLines.Field(length: length))
          for batch in range {
            let first = 2 * lanes * batch
            unsafe spread(start, from: first, of: runs, over: a)
            let there = lines.forward(a, scratch: b)
            for (first, part) in [(first, there), (first + lanes, there.swapped)] {
              let count = min(max(runs - first, 0), lanes)
              for f in 0..<frequencies {
                let from = unsafe part.realScalars + lanes * f
                unsafe (result + f * runs + first).update(from: from, count: count)
              }
            }
          }
          a.free()
          b.free()
        }
      }
    }
  }

  /// Sixteen runs and their mirror images.
  private func spread(
    _ samples: UnsafePointer<Float>, from first: Int, of runs: Int, over field: FourierLines.Field
  ) {
    let lanes = FourierLines.lanes
    for (first, part) in [(first, field), (first + lanes, field.swapped)] {
      let count = min(max(runs - first, 0), lanes)
      unsafe fourier_rows_to_lanes(
        samples + terms * first, terms, count, terms, part.realScalars)
    }
    if length > 2 * terms - 1 { field.clear(terms..<(length - terms + 1)) }
    for n in stride(from: 1, to: terms, by: 1) { field[length - n] = field[n] }
  }
}
