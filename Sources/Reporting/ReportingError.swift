/// Why a picture, a table or a page could not be made or written.
public enum ReportingError: Error, Hashable, Sendable {
  case cannotEncodePNG(width: Int, height: Int)
  case cannotDecodePNG
  case diskFull(path: String, bytes: Int)
  case cannotRead(path: String, reason: String)
  case noPictures(path: String)
  case cannotWrite(path: String, bytes: Int, reason: String)
  case cannotMakeFolder(path: String, reason: String)
  case notANumber(what: String)
  case rowLength(table: String, row: Int, columns: Int, cells: Int)
  case noNIfTI(reason: String)
}

extension ReportingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotEncodePNG(let width, let height):
      "cannot encode a picture of \(width) × \(height) pixels as PNG; "
        + "choose more millimetres per pixel"
    case .cannotDecodePNG:
      "cannot decode the bytes as PNG; write the picture again"
    case .diskFull(let path, let bytes):
      "no space left for '\(path)' (\(bytes) bytes); the earlier file, if any, is unchanged. "
        + "Free space or choose another output folder, then run again."
    case .cannotWrite(let path, let bytes, let reason):
      "cannot write '\(path)' (\(bytes) bytes): \(reason); the earlier file, if any, is "
        + "unchanged. Check the folder and its permissions."
    case .cannotRead(let path, let reason):
      "cannot read '\(path)': \(reason). Check the path and its permissions."
    case .noPictures(let path):
      "'\(path)' holds no pictures with sidecars; give the pictures folder of 'theratrack run'"
    case .cannotMakeFolder(let path, let reason):
      "cannot make the folder '\(path)': \(reason). Check the path and its permissions."
    case .notANumber(let what):
      "\(what) is not a finite number, which is no result; say 'not assessable' instead"
    case .rowLength(let table, let row, let columns, let cells):
      "table '\(table)', row \(row): \(cells) cells for \(columns) columns"
    case .noNIfTI(let reason):
      "the volume cannot be written as NIfTI: \(reason)"
    }
  }
}
