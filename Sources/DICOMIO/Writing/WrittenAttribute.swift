/// A tag as the writers name it, with DICOM's keyword in a comment beside it.
struct WrittenTag: Hashable, Sendable {
  let group: UInt16
  let element: UInt16

  init(_ group: UInt16, _ element: UInt16) {
    self.group = group
    self.element = element
  }
}

/// One attribute of an object to be written. The VR comes from DCMTK's data dictionary.
struct WrittenAttribute: Sendable {
  let tag: WrittenTag
  let value: Value

  indirect enum Value: Sendable {
    case text(String)
    case words([UInt16])
    case doubles([Double])
    case floats([Float])
    case longs([UInt32])
    case tags([WrittenTag])
    case items([[WrittenAttribute]])
  }

  init(_ group: UInt16, _ element: UInt16, _ text: String) {
    self.init(tag: WrittenTag(group, element), value: .text(text))
  }
  init(_ group: UInt16, _ element: UInt16, words: [UInt16]) {
    self.init(tag: WrittenTag(group, element), value: .words(words))
  }
  init(_ group: UInt16, _ element: UInt16, doubles: [Double]) {
    self.init(tag: WrittenTag(group, element), value: .doubles(doubles))
  }
  init(_ group: UInt16, _ element: UInt16, floats: [Float]) {
    self.init(tag: WrittenTag(group, element), value: .floats(floats))
  }
  init(_ group: UInt16, _ element: UInt16, longs: [UInt32]) {
    self.init(tag: WrittenTag(group, element), value: .longs(longs))
  }
  init(_ group: UInt16, _ element: UInt16, tags: [WrittenTag]) {
    self.init(tag: WrittenTag(group, element), value: .tags(tags))
  }
  init(_ group: UInt16, _ element: UInt16, items: [[WrittenAttribute]]) {
    self.init(tag: WrittenTag(group, element), value: .items(items))
  }

  private init(tag: WrittenTag, value: Value) {
    self.tag = tag
    self.value = value
  }

  /// A coded concept as a sequence of one item: value, scheme, meaning.
  static func code(
    _ group: UInt16, _ element: UInt16, _ value: String, _ scheme: String, _ meaning: String,
    and more: [WrittenAttribute] = []
  ) -> WrittenAttribute {
    WrittenAttribute(group, element, items: [codeItem(value, scheme, meaning) + more])
  }

  static func codeItem(
    _ value: String, _ scheme: String, _ meaning: String
  ) -> [WrittenAttribute] {
    [
      WrittenAttribute(0x0008, 0x0100, value), WrittenAttribute(0x0008, 0x0102, scheme),
      WrittenAttribute(0x0008, 0x0104, meaning),
    ]
  }
}
