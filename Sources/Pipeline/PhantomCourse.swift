public import Foundation
import Phantoms
import Reporting

/// A virtual course written to disk: what `theratrack phantom` does.
public struct PhantomCourse: Sendable {
  public enum Size: String, Sendable, CaseIterable {
    case small, clinical
  }

  /// What the therapy is labelled with.
  public enum Nuclide: String, Sendable, CaseIterable {
    case lutetium177 = "Lu-177"
    case actinium225 = "Ac-225"
  }

  private let options: VirtualCourseOptions

  public init(
    size: Size, seed: UInt64, cycles: Int, nuclide: Nuclide, noise: Bool, resolution: Bool
  ) {
    var options = VirtualCourseOptions()
    options.size = size == .small ? .small : .clinical
    options.seed = seed
    options.cycles = cycles
    options.nuclide = nuclide == .actinium225 ? .actinium225 : .lutetium177
    options.noise = noise
    options.resolution = resolution
    self.options = options
  }

  /// Where the course went.
  public struct Written: Sendable {
    let dicom: URL
    let truth: URL
    let timePoints: [String]

    public var text: String {
      """
      DICOM   \(dicom.path) (\(timePoints.joined(separator: ", ")))
      Truth   \(truth.path)
      """
    }

    public var json: String {
      let entries = ["dicom": dicom.path, "truth": truth.path]
      let data = try? JSONWriter.data(entries)
      return String(bytes: data?.dropLast() ?? Data(), encoding: .utf8) ?? "{}"
    }
  }

  public func write(into folder: URL, progress: (String, Double) -> Void) throws -> Written {
    let course = VirtualCourse(options)
    let written = try VirtualCourseWriter(course, into: folder).write { step in
      progress("scanning \(step.timePoint)", Double(step.index) / Double(step.count))
    }
    progress("done", 1)
    return Written(
      dicom: written.dicom, truth: written.truth, timePoints: course.visits.map(\.id))
  }
}
