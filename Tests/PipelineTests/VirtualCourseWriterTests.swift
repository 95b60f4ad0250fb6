import Foundation
import Phantoms
import Pipeline
import TestSupport
import Testing

@Suite struct VirtualCourseWriterTests {
  @Test func theSmallCourseIsWholeValidAndUnderFortyMegabytes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "course-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    var seen: [String] = []
    let course = VirtualCourse()
    let written = try VirtualCourseWriter(course, into: folder).write { seen.append($0.timePoint) }
    #expect(seen == course.visits.map(\.id))

    let files = try files(under: folder)
    #expect(files.reduce(0) { $0 + $1.bytes } < 40_000_000)
    #expect(!files.contains { $0.url.lastPathComponent.hasSuffix(".part") })

    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let truth = try decoder.decode(CourseTruth.self, from: Data(contentsOf: written.truth))
    #expect(truth.timePoints.map(\.id) == seen)

    for (id, place) in written.timePoints {
      let emission = id.hasPrefix("c") ? "spect" : "pet"
      for kind in ["ct", emission, "rtstruct"] {
        let one = place.appending(path: "\(kind)/0001.dcm")
        #expect(FileManager.default.fileExists(atPath: one.path), "\(id) \(kind)")
        guard let checker = ExternalTool.dciodvfy else { continue }
        let report = try checker.output([one.path])
        #expect(!report.contains("Error"), "\(id) \(kind): \(report)")
      }
    }
  }

  private func files(under folder: URL) throws -> [(url: URL, bytes: Int)] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).map { path in
      let url = folder.appending(path: path)
      let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
      let isFile = attributes[.type] as? FileAttributeType == .typeRegular
      return (url, isFile ? attributes[.size] as? Int ?? 0 : 0)
    }
  }
}
