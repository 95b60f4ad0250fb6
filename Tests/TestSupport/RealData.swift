import Foundation

/// Real scans that some tests check against. They are not part of the project: the folder is
/// `../shared` beside the checkout, or where `THERATRACK_SHARED` points, and tests that need it
/// are skipped, saying so, where it is absent.
public enum RealData {
  /// The shared folder, or `nil` when this machine has none.
  public static let shared: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path =
      ProcessInfo.processInfo.environment["THERATRACK_SHARED"]
      ?? root.appending(path: "../shared").standardizedFileURL.path
    return FileManager.default.fileExists(atPath: path) ? URL(filePath: path) : nil
  }()

  /// Real scans and reference objects, or `nil` when this machine has none.
  /// `THERATRACK_REALDATA` overrides `realdata` of the shared folder.
  public static let scans: URL? = {
    if let path = ProcessInfo.processInfo.environment["THERATRACK_REALDATA"] {
      return FileManager.default.fileExists(atPath: path) ? URL(filePath: path) : nil
    }
    guard let folder = shared?.appending(path: "realdata"),
      FileManager.default.fileExists(atPath: folder.path)
    else { return nil }
    return folder
  }()

  public static let absent: String =
    "real scans are absent; put them at ../shared/realdata or set THERATRACK_REALDATA"
}
