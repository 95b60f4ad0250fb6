import Foundation

/// One slice of an image series: a whole classic file, or one frame of a multi-frame file.
struct ImageSlice: Sendable {
  let file: DICOMFile
  /// The frame in the file, from 0.
  let frame: Int
  /// What a classic single-slice object of this slice would say. For a frame of an enhanced image
  /// it is made from the functional groups, so that one set of rules serves both.
  let header: DICOMHeader
  let isFrame: Bool

  init(_ file: DICOMFile) {
    self.file = file
    frame = 0
    header = file.header
    isFrame = false
  }

  init(_ file: DICOMFile, frame: Int, header: DICOMHeader) {
    self.file = file
    self.frame = frame
    self.header = header
    isFrame = true
  }

  /// All slices of the files, in the order of their paths whatever the order of the files.
  static func all(of files: [DICOMFile]) throws(DICOMReadError) -> [ImageSlice] {
    var slices: [ImageSlice] = []
    for file in files.sorted(by: { $0.url.path < $1.url.path }) {
      if SOPClass.isMultiFrame(file.header.code(.sopClass)) {
        slices += try EnhancedFrames.slices(of: file)
      } else {
        slices.append(ImageSlice(file))
      }
    }
    return slices
  }
}

extension SampleReader {
  /// The rescaled samples of slices that may come from several files.
  ///
  /// - Throws: ``DICOMReadError/mixed(_:file:other:)`` when they are stored in different ways.
  static func read(
    _ slices: [ImageSlice], rescale: (DICOMHeader) throws(DICOMReadError) -> Rescale
  ) throws(DICOMReadError) -> [Float] {
    guard let first = slices.first else { return [] }
    let layout = try PixelLayout(first.file)
    var checked: Set<URL> = [first.file.url]
    var sources: [Source] = []
    for slice in slices {
      if checked.insert(slice.file.url).inserted {
        let other = try PixelLayout(slice.file)
        // The parts of a concatenation need not have as many frames each.
        guard other.stored == layout.stored, other.rows == layout.rows,
          other.columns == layout.columns
        else {
          throw .mixed(.bitsAllocated, file: first.header.file, other: slice.header.file)
        }
      }
      sources.append(
        .init(file: slice.file, frame: slice.frame, rescale: try rescale(slice.header)))
    }
    return try read(sources, layout: layout)
  }
}
