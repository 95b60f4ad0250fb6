import Foundation
import Pipeline
import Testing

@Suite struct SealedTextTests {
  /// What is counted are the lines a and c.
  private let sealed = """
    a
    # made: 2026-01-31T10:00:00Z
    # sha256:2f6b6d3a7c1d0a0e
    c
    """

  @Test func aTextWithoutASealIsNotSealed() {
    #expect(SealedText.verify(Data("a,b\r\n1,2\r\n".utf8)) == .notSealed)
    #expect(SealedText.verify(Data(sealed.utf8)) == .notSealed)
    #expect(SealedText.verify(Data()) == .notSealed)
  }

  @Test func theDigestIsOfAllOtherLines() {
    let digest = "1a0932ab2ad1e5e59d3b55cb6d02e2a8fbc8ba3bba8f9b0ec45db8ef0eb0ccb7"
    let text = sealed.replacing("2f6b6d3a7c1d0a0e", with: digest)
    guard case .changed(let stated, let found) = SealedText.verify(Data(text.utf8)) else {
      Issue.record("a wrong digest must show")
      return
    }
    #expect(stated == digest)
    #expect(found == Self.known)
    let right = sealed.replacing("2f6b6d3a7c1d0a0e", with: Self.known)
    #expect(SealedText.verify(Data(right.utf8)) == .unchanged(digest: Self.known))
    let later = right.replacing("2026-01-31", with: "2027-01-31")
    #expect(SealedText.verify(Data(later.utf8)) == .unchanged(digest: Self.known))
    let smuggled = right.replacing("10:00:00Z", with: "10:00:00Z, and more")
    #expect(SealedText.verify(Data(smuggled.utf8)) == .notSealed)
  }

  /// `printf 'a\nc' | sha256sum`
  private static let known = "9e58d7137c654f526a7a7c9cbab79c2e859b4dfbb579d1d6dd3aa4113a8a909b"
}
