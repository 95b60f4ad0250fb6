import Phantoms

/// The small course without noise and blur, and its follow-up, made once for all tests.
enum CleanCourse {
  static let course: VirtualCourse = {
    var options = VirtualCourseOptions()
    options.noise = false
    options.resolution = false
    return VirtualCourse(options)
  }()

  static let baseline = Result { try course.timePoint(course.visits[0]) }
  static let firstSPECT = Result { try course.timePoint(course.visits[1]) }
  static let followUp = Result { try course.timePoint(course.visits[4]) }
  static let truth = Result { try course.truth() }
}
