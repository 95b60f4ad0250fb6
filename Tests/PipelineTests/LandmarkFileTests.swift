import Foundation
import Geometry
import Testing

@testable import Pipeline

@Suite struct LandmarkFileTests {
  private static let wanted = [
    PatientPoint(x: 1.5, y: -2, z: 3e2), PatientPoint(x: -4, y: 5, z: 6.25),
  ]

  private func read(_ text: String) throws -> [PatientPoint] {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try LandmarkFile.read(file)
  }

  @Test(arguments: [
    "x_mm,y_mm,z_mm\n1.5,-2,3e2\n-4,5,6.25\n",
    "1.5, -2, 300\n-4,5,6.25",
    "\u{FEFF}x_mm,y_mm,z_mm\r\n1.5,-2,300\r\n\r\n-4,5,6.25\r\n",
    "x_mm;y_mm;z_mm\n1.5;-2;300\n-4;5;6.25\n",
    "name,z_mm,y_mm,x_mm\ncarina,300,-2,1.5\n\"T12\",6.25,5,-4\n",
  ])
  func rowsAreReadInOrder(_ text: String) throws {
    #expect(try read(text) == Self.wanted)
  }

  /// Another unit is not guessed away, and a row that is no point stops everything: the answer
  /// has one object per row, so a row left out would shift all that follow.
  @Test(arguments: [
    "x_cm,y_cm,z_cm\n1,2,3", "x_mm,y_mm,z_mm\n1,2", "x_mm,y_mm,z_mm\n1,2,nan", "1,2,3\n1,a,3",
    "label,1,2,3",
  ])
  func whatIsNoPointIsRefusedByItsLine(_ text: String) {
    #expect(throws: PipelineError.self) { try read(text) }
  }
}
