import Kernels

/// Writes slices on all cores; every outcome is kept, so that no failure is lost.
enum ParallelSlices {
  static func map(
    of count: Int, _ body: (Int) throws(DICOMWriteError) -> Void
  ) -> [Result<Void, DICOMWriteError>] {
    Slabs.map(of: count) { slab in
      slab.map { k in
        do throws(DICOMWriteError) {
          try body(k)
          return .success(())
        } catch {
          return .failure(error)
        }
      }
    }.flatMap { $0 }
  }
}
