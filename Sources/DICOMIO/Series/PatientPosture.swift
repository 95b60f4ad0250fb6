import Geometry

/// Whether Patient Position (0018,5100) and the orientation of axial images fit each other.
///
/// Patient coordinates decide in any case. A console shows axial images either as the scanner sees
/// them or turned to the usual view (patient's left on the right, front on top), so both fit every
/// posture; a third view means that the posture, or the orientation, was entered wrongly, and then
/// left and right may be exchanged.
enum PatientPosture {
  /// Row and column directions of an image seen from the gantry's front for each posture, from the
  /// definitions of PS3.3 C.7.3.1.1.2.
  private static let scannerView: [String: (row: SIMD3<Double>, column: SIMD3<Double>)] = [
    "HFS": ([1, 0, 0], [0, 1, 0]), "HFP": ([-1, 0, 0], [0, -1, 0]),
    "HFDR": ([0, 1, 0], [-1, 0, 0]), "HFDL": ([0, -1, 0], [1, 0, 0]),
    "FFS": ([-1, 0, 0], [0, 1, 0]), "FFP": ([1, 0, 0], [0, -1, 0]),
    "FFDR": ([0, -1, 0], [-1, 0, 0]), "FFDL": ([0, 1, 0], [1, 0, 0]),
  ]
  /// Cosine of the largest angle that still counts as one of these directions, about 30°.
  private static let nearlyAlong = 0.866

  static func warnings(_ headers: [DICOMHeader], axes: VoxelGrid.Axes) -> [String] {
    let stated = Set(headers.compactMap { $0.code(.patientPosition) }).sorted()
    guard stated.count <= 1 else {
      return [
        "Patient Position (0018,5100) changes within the series (\(stated.joined(separator: ", ")))"
          + "; patient coordinates were used as they are"
      ]
    }
    guard let position = stated.first, let view = scannerView[position],
      abs(axes.k.z) > nearlyAlong
    else { return [] }
    func shows(_ row: SIMD3<Double>, _ column: SIMD3<Double>) -> Bool {
      axes.i.dot(row) > nearlyAlong && axes.j.dot(column) > nearlyAlong
    }
    if shows(view.row, view.column) || shows([1, 0, 0], [0, 1, 0]) { return [] }
    return [
      "Patient Position (0018,5100) \(position) does not fit Image Orientation (Patient) "
        + "(0020,0037); patient coordinates were used as they are: check left and right"
    ]
  }
}
