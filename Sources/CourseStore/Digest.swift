import DigestShim
public import Foundation

/// A SHA-256 digest, in lower-case hexadecimal.
public struct Digest: Sendable, Hashable, Codable, CustomStringConvertible {
  public let hexadecimal: String

  public init(of data: Data) {
    var bytes = [UInt8](repeating: 0, count: 32)
    let done = unsafe data.withUnsafeBytes { source in
      unsafe digestshim_sha256(source.baseAddress, source.count, &bytes)
    }
    precondition(done == 1, "libcrypto has no SHA-256")
    hexadecimal = bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  /// The digest of a list of texts; where one ends and the next begins counts.
  public init(of parts: [String]) {
    self.init(of: Data(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
  }

  public init(hexadecimal: String) { self.hexadecimal = hexadecimal }

  public var description: String { hexadecimal }
}
