import DICOMIO
import Foundation

/// A failure as users meet it: what happened, in which file and tag, and what to do.
public struct FailureReport: Sendable, Hashable, Encodable {
  public let error: Details

  public struct Details: Sendable, Hashable, Encodable {
    public let message: String
    public let file: String?
    /// `(gggg,eeee)` of the attribute at fault.
    public let tag: String?
    public let remedy: String?

    /// One text for a terminal.
    public var text: String {
      [message, remedy].compactMap { $0 }.joined(separator: " ")
    }
  }

  public init(_ failure: any Error) {
    if let read = failure as? DICOMReadError {
      error = Details(
        message: read.message, file: read.file.isEmpty ? nil : read.file,
        tag: read.tag?.code, remedy: read.remedy)
    } else if let table = failure as? TableError {
      error = Details(
        message: "\(table).", file: table.path, tag: nil, remedy: table.remedy)
    } else if let pack = failure as? PackError {
      error = Details(message: pack.description, file: pack.file, tag: nil, remedy: nil)
    } else {
      error = Details(message: String(describing: failure), file: nil, tag: nil, remedy: nil)
    }
  }

  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(self)) ?? Data()
    return String(bytes: data, encoding: .utf8) ?? "{}"
  }
}
