public import Foundation
public import Geometry

/// A Spatial Registration object: matrices from other frames into one (PS3.3 C.20.2).
public struct SpatialRegistration: Sendable, Hashable, Codable {
  /// Name of the file without its folder.
  public let file: String
  /// The registered frame: all matrices lead into it.
  public let frameOfReference: FrameOfReference
  public let matrices: [RegistrationMatrix]
  /// For people: what was odd and what was done about it.
  public let warnings: [String]

  /// - Throws: ``DICOMReadError`` when the file is no such object or is damaged.
  public static func load(file url: URL) throws(DICOMReadError) -> SpatialRegistration {
    try SpatialRegistration(DICOMFile(contentsOf: url).header)
  }

  /// The matrix from a frame into the registered one; `nil` when there is none.
  public func matrix(from frame: FrameOfReference) -> RegistrationMatrix? {
    matrices.first { $0.from == frame }
  }

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    try header.require(
      sopClass: SOPClass.spatialRegistration, remedy: "Give a Spatial Registration (REG).")
    file = header.file
    let registered = FrameOfReference(uid: try header.required(.frameOfReference))
    frameOfReference = registered
    var matrices: [RegistrationMatrix] = []
    var warnings: [String] = []
    for (n, item) in header.items(.registrations).enumerated() {
      guard let uid = item.code(.frameOfReference) else {
        warnings.append("registration \(n + 1) names images but no frame; it was left out")
        continue
      }
      let frame = FrameOfReference(uid: uid)
      guard
        let matrix = try Self.product(item, from: frame, to: registered, &warnings)
      else { throw item.missing(.transformationMatrix) }
      matrices.append(matrix)
    }
    self.matrices = matrices
    self.warnings = warnings
  }

  /// The item's matrices multiplied in the order of the file, M1 · M2 · …: "the Item order is
  /// significant and corresponds to matrix multiplication order" (PS3.3 C.20.2), so the last one
  /// acts first. Not all programs do so; where it matters a warning says it.
  private static func product(
    _ item: DICOMHeader, from: FrameOfReference, to: FrameOfReference, _ warnings: inout [String]
  ) throws(DICOMReadError) -> RegistrationMatrix? {
    var factors: [RegistrationMatrix] = []
    for matrix in item.items(.matrixRegistration).flatMap({ $0.items(.matrices) }) {
      factors.append(try RegistrationMatrix(matrix, from: from, to: to))
    }
    guard let first = factors.first else { return nil }
    let product = factors.dropFirst().reduce(first) { $0.multiplied(by: $1) }
    let reversed = factors.dropFirst().reduce(first) { $1.multiplied(by: $0) }
    if !product.isLike(reversed, within: 1e-6) {
      warnings.append(
        "a registration has \(factors.count) matrices whose order matters; they were multiplied "
          + "in the order of the file, so the last one acts first")
    }
    return product
  }
}
