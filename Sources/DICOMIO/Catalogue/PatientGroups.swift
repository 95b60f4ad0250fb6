public import Foundation

extension SeriesCatalogue {
  /// Tells files of different patients apart without saying who they are: equal numbers mean the
  /// same patient. Patient ID decides; where it is empty, name and birth date do.
  ///
  /// - Throws: ``DICOMReadError`` when a file cannot be read.
  public static func patientGroups(of files: [URL]) throws(DICOMReadError) -> [Int] {
    var keys: [String] = []
    var groups: [Int] = []
    for file in files {
      let key = try DICOMFile(contentsOf: file).header.patientKey
      if let known = keys.firstIndex(of: key) {
        groups.append(known)
      } else {
        groups.append(keys.count)
        keys.append(key)
      }
    }
    return groups
  }
}
