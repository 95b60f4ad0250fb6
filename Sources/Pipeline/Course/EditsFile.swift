import Foundation
import Geometry
import Lesions
import Yams

/// The file of a person's corrections to what was found; see docs/lesions.md.
struct EditsFile: Decodable {
  var theratrackEdits: Int
  /// Author of edits that name none.
  var author: String?
  var edits: [Entry]

  enum CodingKeys: String, CodingKey {
    case theratrackEdits = "theratrack-edits"
    case author, edits
  }

  struct Entry: Decodable {
    var drop: Reference?
    var physiological: Reference?
    var merge: [Reference]?
    var split: Reference?
    /// Points of the parts of a split.
    var at: [[Double]]?
    var rename: Reference?
    var name: String?
    var author: String?
    var date: String?
    var reason: String?
  }

  /// `L3`, or a time point and a point of its frame.
  enum Reference: Decodable {
    case identity(String)
    case place(timePoint: String, point: [Double])

    private enum CodingKeys: String, CodingKey { case timePoint, point }

    init(from decoder: any Decoder) throws {
      if let id = try? decoder.singleValueContainer().decode(String.self) {
        self = .identity(id)
        return
      }
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self = .place(
        timePoint: try container.decode(String.self, forKey: .timePoint),
        point: try container.decode([Double].self, forKey: .point))
    }
  }

  /// The edits of a file, in order.
  ///
  /// - Throws: ``CourseError`` naming the edit and what is wrong with it.
  static func read(_ file: URL) throws(CourseError) -> [LesionEdit] {
    let path = file.path
    let written: EditsFile
    do {
      let text = try String(contentsOf: file, encoding: .utf8)
      written = try YAMLDecoder().decode(EditsFile.self, from: text)
    } catch let error as DecodingError {
      throw .invalid(path: path, entry: "edits file", reason: Course.explain(error))
    } catch let error as YamlError {
      throw .invalid(path: path, entry: "edits file", reason: String(describing: error))
    } catch {
      throw .invalid(
        path: path, entry: "edits file", reason: "the file does not exist or cannot be opened")
    }
    guard written.theratrackEdits == 1 else {
      throw .invalid(
        path: path, entry: "theratrack-edits",
        reason: "format \(written.theratrackEdits) is not known; this program reads format 1")
    }
    var edits: [LesionEdit] = []
    for (n, entry) in written.edits.enumerated() {
      do throws(Course.Problem) {
        edits.append(try entry.edit(number: n + 1, author: written.author))
      } catch {
        throw .invalid(path: path, entry: error.entry, reason: error.reason)
      }
    }
    return edits
  }
}

extension EditsFile.Entry {
  fileprivate func edit(number: Int, author fallback: String?) throws(Course.Problem)
    -> LesionEdit
  {
    let entry = "edit \(number)"
    func need(_ text: String?, _ key: String) throws(Course.Problem) -> String {
      guard let text, !text.isEmpty else {
        throw Course.Problem(entry: entry, reason: "has no \(key)")
      }
      return text
    }
    var actions: [LesionEdit.Action] = []
    if let drop { actions.append(.drop(try drop.checked(entry))) }
    if let physiological { actions.append(.physiological(try physiological.checked(entry))) }
    if let merge {
      guard merge.count > 1 else {
        throw Course.Problem(entry: entry, reason: "merges fewer than two lesions")
      }
      var targets: [LesionReference] = []
      for target in merge { targets.append(try target.checked(entry)) }
      actions.append(.merge(targets))
    }
    if let split {
      var points: [PatientPoint] = []
      for point in at ?? [] { points.append(try EditsFile.point(point, entry)) }
      guard points.count > 1 else {
        throw Course.Problem(
          entry: entry, reason: "a split needs 'at' with two points or more, one per part")
      }
      actions.append(.split(try split.checked(entry), at: points))
    }
    if let rename {
      actions.append(.rename(try rename.checked(entry), name: try need(name, "name")))
    }
    guard actions.count == 1 else {
      throw Course.Problem(
        entry: entry,
        reason: "is not exactly one of drop, physiological, merge, split and rename")
    }
    return LesionEdit(
      action: actions[0], author: try need(author ?? fallback, "author"),
      date: try need(date, "date"), reason: try need(reason, "reason"))
  }
}

extension EditsFile {
  fileprivate static func point(
    _ numbers: [Double], _ entry: String
  ) throws(Course.Problem) -> PatientPoint {
    guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else {
      throw Course.Problem(entry: entry, reason: "a point is three numbers, x, y, z in mm (LPS)")
    }
    return PatientPoint(x: numbers[0], y: numbers[1], z: numbers[2])
  }
}

extension EditsFile.Reference {
  fileprivate func checked(_ entry: String) throws(Course.Problem) -> LesionReference {
    switch self {
    case .identity(let id): .identity(id)
    case .place(let timePoint, let point):
      .place(timePoint: timePoint, try EditsFile.point(point, entry))
    }
  }
}
