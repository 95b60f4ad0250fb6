public import Foundation

extension SeriesCatalogue {
  /// Tells files of different patients apart without saying who they are: equal numbers mean the
  /// same patient. The rules are those of a scanned folder.
  ///
  /// - Throws: ``DICOMReadError`` when a file cannot be read.
  public static func patientGroups(of files: [URL]) throws(DICOMReadError) -> [Int] {
    let headers = try DICOMFile.readAll(files).map(\.header)
    let sorting = PatientSorting(
      headers.map(PatientIdentity.init), studies: headers.map { $0.code(.studyUID) ?? "" })
    var groups = [Int](repeating: 0, count: files.count)
    for (g, group) in sorting.groups.enumerated() { for n in group.files { groups[n] = g } }
    return groups
  }
}
