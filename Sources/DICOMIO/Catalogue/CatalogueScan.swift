public import Foundation
import Kernels

extension SeriesCatalogue {
  /// The folder that a path stands for: itself, or the folder of the DICOMDIR that it names.
  public static func root(of path: URL) -> URL {
    let isDirectoryFile = path.lastPathComponent.uppercased() == "DICOMDIR"
    let isFolder = (try? path.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    return isDirectoryFile && !isFolder ? path.deletingLastPathComponent() : path
  }

  /// Lists what a folder holds. Reads headers only, in parallel; any file name will do.
  ///
  /// - Parameter folder: A folder, or the DICOMDIR in it.
  /// - Throws: ``DICOMReadError/nothingFound(file:what:)`` when there is no folder, or no DICOM
  ///   file in it.
  public static func scan(folder: URL) throws(DICOMReadError) -> SeriesCatalogue {
    let root = root(of: folder).resolvingSymlinksInPath()
    let listing = FolderListing(root)
    var skipped = listing.skipped
    var found: [FoundFile] = []
    for (path, result) in zip(listing.paths, read(listing.paths, in: root)) {
      switch result {
      case .success(let file): found.append(file)
      case .failure(let why): skipped.append(SkippedFile(path: path, reason: why.reason))
      }
    }
    guard !found.isEmpty else {
      let why = skipped.first { $0.path == listing.paths.first }?.reason ?? ""
      throw .nothingFound(
        file: folder.lastPathComponent,
        what: listing.paths.isEmpty
          ? "files"
          : "DICOM files among its \(listing.paths.count) (the first: \(why))")
    }
    let repeats = RepeatedInstances(found, root: root)
    let remarks = mediaRemarks(skipped, listing.paths, root: root)
    let sorting = CatalogueSorting(repeats)
    skipped = (skipped + repeats.skipped + sorting.skipped).sorted { $0.path < $1.path }
    return SeriesCatalogue(
      patients: sorting.patients, skipped: skipped, remarks: remarks + sorting.remarks)
  }

  private static func read(
    _ paths: [String], in root: URL
  ) -> [Result<FoundFile, FoundFile.Skipped>] {
    Slabs.map(of: paths.count) { range in range.map { FoundFile.read(paths[$0], in: root) } }
      .flatMap { $0 }
  }

  /// Each DICOMDIR of the folder against the files that are there.
  private static func mediaRemarks(
    _ skipped: [SkippedFile], _ paths: [String], root: URL
  ) -> [String] {
    let directories = skipped.filter { $0.reason == MediaDirectory.reasonToSkip }
    guard !directories.isEmpty else { return [] }
    let known = Set(paths.map(MediaDirectory.folded))
    return directories.map(\.path).sorted().flatMap { path -> [String] in
      guard let file = try? DICOMFile(contentsOf: root.appending(path: path)) else { return [] }
      return MediaDirectory(file.header, path: path, known: known).remarks
    }
  }
}

extension SeriesCatalogue {
  /// Whether a file is one of the single-slice images that make a CT or PET series, rather than a
  /// whole object.
  ///
  /// - Throws: ``DICOMReadError`` when it cannot be read.
  public static func isSliceOfSeries(_ file: URL) throws(DICOMReadError) -> Bool {
    let header = try DICOMFile(contentsOf: file).header
    return [SOPClass.ct, SOPClass.pet].contains(header.code(.sopClass))
  }
}
