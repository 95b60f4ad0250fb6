#include "StructuralScan.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>

namespace theratrack {
namespace {

using Reason = ScanFailure::Reason;

// Real objects (structured reports) nest about ten deep; DCMTK needs about 1 kB of stack each.
constexpr size_t maximumDepth = 64;
// A structure set of a whole body has some ten thousand items; an enhanced series fewer.
constexpr size_t maximumItems = 500'000;
constexpr size_t maximumElements = 5'000'000;
// Headers of more elements gain nothing from being kept as places.
constexpr size_t maximumPlaces = 20'000;
constexpr uint32_t undefinedLength = 0xFFFFFFFF;

const char *const implicitLittleEndian = "1.2.840.10008.1.2";
const char *const deflatedLittleEndian = "1.2.840.10008.1.2.1.99";
const char *const explicitBigEndian = "1.2.840.10008.1.2.2";

struct Element {
  uint16_t group = 0;
  uint16_t element = 0;
  char vr[3] = {0, 0, 0};
  uint32_t length = 0;
  uint64_t valueOffset = 0;
};

std::string name(uint16_t group, uint16_t element) {
  char text[16];
  std::snprintf(text, sizeof text, "(%04x,%04x)", group, element);
  return text;
}

class Walk {
 public:
  Walk(FileBytes &bytes, StructuralScan &scan) : bytes_(bytes), scan_(scan) {}

  void run() {
    findStart();
    scan_.dataSetOffset = offset_;
    scan_.isDeflated = scan_.transferSyntax == deflatedLittleEndian;
    scan_.isPlain = scan_.hasMetaHeader && scan_.explicitVR && !scan_.bigEndian &&
                    !scan_.isDeflated;
    if (!scan_.isDeflated) runBare();
  }

  void runBare() {
    walkItem(offset_, bytes_.size(), 0, scan_.explicitVR, false);
    if (!scan_.isPlain) scan_.places.clear();
  }

 private:
  uint16_t u16(const uint8_t *b, bool big) const {
    return static_cast<uint16_t>(big ? (b[0] << 8) | b[1] : (b[1] << 8) | b[0]);
  }
  uint32_t u32(const uint8_t *b, bool big) const {
    return big ? (static_cast<uint32_t>(u16(b, true)) << 16) | u16(b + 2, true)
               : (static_cast<uint32_t>(u16(b + 2, false)) << 16) | u16(b, false);
  }

  /// Finds where the data set begins and how it is encoded.
  void findStart() {
    const uint8_t *magic = bytes_.at(128, 10);
    if (magic && std::memcmp(magic, "DICM", 4) == 0 && magic[4] == 2 && magic[5] == 0) {
      scan_.hasPreamble = true;
      offset_ = 132;
    }
    const uint8_t *head = bytes_.at(offset_, 8);
    if (!head) throw ScanFailure(Reason::notDICOM, "the file is too short to be DICOM");
    if (u16(head, false) == 0x0002) readMetaHeader();
    if (scan_.transferSyntax.empty()) {
      guessEncoding();
    } else {
      scan_.explicitVR = scan_.transferSyntax != implicitLittleEndian;
      scan_.bigEndian = scan_.transferSyntax == explicitBigEndian;
    }
  }

  void readMetaHeader() {
    while (const uint8_t *tag = bytes_.at(offset_, 2)) {
      if (u16(tag, false) != 0x0002) break;
      const Element e = readElement(offset_, bytes_.size(), true, false);
      if (e.element == 0x0010) {
        const uint8_t *value = bytes_.at(e.valueOffset, std::min<size_t>(e.length, 64));
        std::string uid(reinterpret_cast<const char *>(value), std::min<size_t>(e.length, 64));
        while (!uid.empty() && (uid.back() == '\0' || uid.back() == ' ')) uid.pop_back();
        scan_.transferSyntax = uid;
        scan_.hasMetaHeader = true;
      }
      offset_ = e.valueOffset + e.length;
    }
  }

  /// Bare data sets begin with a small group number, which tells the byte order, and an
  /// explicit VR shows as two capital letters.
  void guessEncoding() {
    const uint8_t *head = bytes_.at(offset_, 8);
    if (!head) throw ScanFailure(Reason::damaged, "the file ends after its meta header");
    const uint16_t little = u16(head, false);
    const uint16_t big = u16(head, true);
    const bool plausible = scan_.hasPreamble || std::min(little, big) == 0x0008;
    if (!plausible) {
      throw ScanFailure(Reason::notDICOM, "it begins neither with a DICOM preamble nor with group 0008");
    }
    scan_.bigEndian = big < little;
    scan_.explicitVR = std::isupper(head[4]) && std::isupper(head[5]);
  }

  /// Reads one element header and checks its length against `end`.
  Element readElement(uint64_t offset, uint64_t end, bool explicitVR, bool big) {
    const uint8_t *b = offset + 8 <= end ? bytes_.at(offset, 8) : nullptr;
    if (!b) throw ScanFailure(Reason::damaged, "the file ends inside an element header", 0, 0);
    if (++elements_ > maximumElements) throw ScanFailure(Reason::damaged, "too many elements");
    Element e;
    e.group = u16(b, big);
    e.element = u16(b + 2, big);
    if (e.group == 0xFFFE || !explicitVR) {
      e.length = u32(b + 4, big);
      e.valueOffset = offset + 8;
    } else {
      e.vr[0] = static_cast<char>(b[4]);
      e.vr[1] = static_cast<char>(b[5]);
      if (hasShortLength(e.vr)) {
        e.length = u16(b + 6, big);
        e.valueOffset = offset + 8;
      } else {
        const uint8_t *wide = offset + 12 <= end ? bytes_.at(offset + 8, 4) : nullptr;
        if (!wide) fail("the file ends inside the header of this element", e);
        e.length = u32(wide, big);
        e.valueOffset = offset + 12;
      }
    }
    if (e.length != undefinedLength && e.length > end - e.valueOffset) {
      fail("it says " + std::to_string(e.length) + " bytes but " +
               std::to_string(end - e.valueOffset) + " are left",
           e);
    }
    return e;
  }

  static bool hasShortLength(const char *vr) {
    static const char known[] =
        "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US ";
    for (const char *p = known; *p; p += 3) {
      if (p[0] == vr[0] && p[1] == vr[1]) return true;
    }
    return false;
  }

  /// Walks the elements of a data set or of an item; returns the offset after it.
  uint64_t walkItem(uint64_t offset, uint64_t end, size_t depth, bool explicitVR, bool open) {
    while (offset < end) {
      if (end - offset < 8 && depth == 0) {
        // Padding behind the pixels; before them, the rest of an element that was cut off.
        if (scan_.pixelOffset == 0) scan_.isPlain = false;
        return end;
      }
      const Element e = readElement(offset, end, explicitVR, scan_.bigEndian);
      if (e.group == 0xFFFE) {
        if (open && e.element == 0xE00D) return e.valueOffset;
        fail("an item delimiter stands where an element belongs", e);
      }
      const bool bulk = depth == 0 && e.group >= 0x7FE0;
      const bool sequence = e.vr[0] == 'S' && e.vr[1] == 'Q';
      if (!bulk) note(e, depth, sequence ? Place::sequence : Place::value);
      offset = walkValue(e, end, depth, explicitVR);
    }
    if (open) throw ScanFailure(Reason::damaged, "the file ends inside an item");
    return offset;
  }

  using Place = ElementPlace::Kind;

  void note(const Element &e, size_t depth, Place kind) {
    if (scan_.places.size() >= maximumPlaces) scan_.isPlain = false;
    if (!scan_.isPlain) return;
    scan_.places.push_back({e.group, e.element, {e.vr[0], e.vr[1]}, kind,
                            static_cast<uint8_t>(depth), e.length, e.valueOffset});
  }

  uint64_t walkValue(const Element &e, uint64_t end, size_t depth, bool explicitVR) {
    if (depth == 0 && e.group == 0x7FE0 && isPixelElement(e.element)) return notePixels(e, end);
    const bool isSequence = e.vr[0] == 'S' && e.vr[1] == 'Q';
    if (e.length == undefinedLength) {
      if (!isSequence) scan_.isPlain = false;
      // PS3.5 6.2.2: the items of an unknown sequence are implicit VR little endian.
      const bool unknown = e.vr[0] == 'U' && e.vr[1] == 'N';
      return walkSequence(e, end, depth, explicitVR && !unknown, true);
    }
    const uint64_t after = e.valueOffset + e.length;
    const bool hasItems = startsWithItem(e);
    if (hasItems != (isSequence && e.length > 0)) scan_.isPlain = false;
    if (hasItems) walkSequence(e, after, depth, explicitVR && e.vr[0] != 'U', false);
    return after;
  }

  static bool isPixelElement(uint16_t element) {
    return element == 0x0010 || element == 0x0008 || element == 0x0009;
  }

  uint64_t notePixels(const Element &e, uint64_t end) {
    scan_.pixelOffset = e.valueOffset;
    scan_.pixelElement = e.element;
    std::memcpy(scan_.pixelVR, e.vr, sizeof e.vr);
    if (e.length != undefinedLength) {
      scan_.pixelLength = e.length;
      return e.valueOffset + e.length;
    }
    scan_.pixelsEncapsulated = true;
    const uint64_t after = walkFragments(e, end);
    scan_.pixelLength = after - e.valueOffset;
    return after;
  }

  uint64_t walkFragments(const Element &pixels, uint64_t end) {
    uint64_t offset = pixels.valueOffset;
    for (;;) {
      const uint8_t *b = bytes_.at(offset, 8);
      if (!b || offset + 8 > end) fail("the file ends inside its fragments", pixels);
      const uint16_t group = u16(b, scan_.bigEndian);
      const uint16_t element = u16(b + 2, scan_.bigEndian);
      const uint32_t length = u32(b + 4, scan_.bigEndian);
      offset += 8;
      if (group == 0xFFFE && element == 0xE0DD) return offset;
      if (group != 0xFFFE || element != 0xE000) fail("a fragment is not an item", pixels);
      if (offset - 8 > pixels.valueOffset) ++scan_.fragments;
      if (++items_ > maximumItems) fail("too many fragments", pixels);
      if (length > end - offset) fail("a fragment is longer than the file", pixels);
      offset += length;
    }
  }

  /// Whatever its VR says: a value that begins with an item may be parsed as a sequence.
  bool startsWithItem(const Element &e) {
    if (e.length < 8) return false;
    const uint8_t *b = bytes_.at(e.valueOffset, 4);
    return b && u16(b, scan_.bigEndian) == 0xFFFE && u16(b + 2, scan_.bigEndian) == 0xE000;
  }

  uint64_t walkSequence(
      const Element &sequence, uint64_t end, size_t depth, bool explicitVR, bool open) {
    if (depth >= maximumDepth) {
      fail("sequences nest deeper than " + std::to_string(maximumDepth) + " levels", sequence);
    }
    uint64_t offset = sequence.valueOffset;
    while (offset < end) {
      const Element item = readElement(offset, end, explicitVR, scan_.bigEndian);
      if (open && item.group == 0xFFFE && item.element == 0xE0DD) return item.valueOffset;
      if (item.group != 0xFFFE || item.element != 0xE000) fail("it holds no items", sequence);
      if (++items_ > maximumItems) fail("too many items", sequence);
      note(item, depth + 1, Place::item);
      const bool undefined = item.length == undefinedLength;
      const uint64_t itemEnd = undefined ? end : item.valueOffset + item.length;
      offset = walkItem(item.valueOffset, itemEnd, depth + 1, explicitVR, undefined);
    }
    if (open) fail("the file ends inside this sequence", sequence);
    return offset;
  }

  [[noreturn]] void fail(const std::string &what, const Element &e) const {
    throw ScanFailure(
        Reason::damaged, name(e.group, e.element) + ": " + what, e.group, e.element);
  }

  FileBytes &bytes_;
  StructuralScan &scan_;
  uint64_t offset_ = 0;
  size_t elements_ = 0;
  size_t items_ = 0;
};

}  // namespace

StructuralScan scanStructure(FileBytes &bytes) {
  StructuralScan scan;
  scan.places.reserve(128);
  Walk(bytes, scan).run();
  return scan;
}

StructuralScan scanBareDataSet(FileBytes &bytes) {
  StructuralScan scan;
  scan.isPlain = false;
  Walk(bytes, scan).runBare();
  return scan;
}

}  // namespace theratrack
