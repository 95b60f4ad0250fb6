/// Reads the header of an ordinary file without a parser: the structural walk has already found
/// and checked every element, so only the values are left to be written as text.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "FileBytes.h"
#include "HeaderRecords.h"
#include "StructuralScan.h"

namespace theratrack {
namespace {

// Longer values are rare in images, and DCMTK's reading of them is as good.
constexpr uint32_t longestValue = FileBytes::windowSize;

bool isOneOf(const char *vr, std::string_view known) {
  for (size_t n = 0; n + 1 < known.size(); n += 3) {
    if (known[n] == vr[0] && known[n + 1] == vr[1]) return true;
  }
  return false;
}

class PlainHeader {
 public:
  PlainHeader(FileBytes &bytes, HeaderRecords &out) : bytes_(bytes), out_(out) {}

  bool add(const ElementPlace &place) {
    if (place.depth >= std::size(lastTag_)) return false;
    const bool isItem = place.kind == ElementPlace::Kind::item;
    if (!isItem && !isInOrder(place)) return false;
    if (isItem) lastTag_[place.depth] = 0;
    const dcmreader_kind kind = isItem                                         ? DCMREADER_ITEM
                                : place.kind == ElementPlace::Kind::sequence ? DCMREADER_SEQUENCE
                                                                             : DCMREADER_VALUE;
    out_.add(place.group, place.element, place.depth, kind, isItem ? "na" : place.vr);
    const bool good = kind != DCMREADER_VALUE || addText(place);
    out_.endText();
    return good;
  }

 private:
  /// DCMTK sorts elements and drops repeated ones; a header in order needs neither.
  bool isInOrder(const ElementPlace &place) {
    const uint32_t tag = static_cast<uint32_t>(place.group) << 16 | place.element;
    if (tag <= lastTag_[place.depth]) return false;
    lastTag_[place.depth] = tag;
    return place.group > 0x0002;
  }

  bool addText(const ElementPlace &place) {
    if (isOneOf(place.vr, "OB OW OF OD OL ")) return true;
    if (place.length > longestValue || place.length % 2 != 0) return false;
    if (place.length == 0) return true;
    const uint8_t *value = bytes_.at(place.valueOffset, place.length);
    if (!value) return false;
    if (isOneOf(place.vr, "AE AS CS DA DS DT IS LO LT PN SH ST TM UI UT UC UR ")) {
      return addString(value, place.length);
    }
    if (isOneOf(place.vr, "UN ")) return addUnknown(value, place.length);
    if (isOneOf(place.vr, "US ")) return addNumbers<uint16_t>(value, place.length);
    if (isOneOf(place.vr, "SS ")) return addNumbers<int16_t>(value, place.length);
    if (isOneOf(place.vr, "UL ")) return addNumbers<uint32_t>(value, place.length);
    if (isOneOf(place.vr, "SL ")) return addNumbers<int32_t>(value, place.length);
    if (isOneOf(place.vr, "FL ")) return addNumbers<float>(value, place.length);
    if (isOneOf(place.vr, "FD ")) return addNumbers<double>(value, place.length);
    return false;
  }

  /// Text in ASCII without control characters; a value may end with one NUL of padding.
  bool addString(const uint8_t *value, size_t length) {
    if (value[length - 1] == 0) --length;
    const bool plain = std::all_of(value, value + length, [](uint8_t c) {
      return (c >= ' ' && c < 127) || c == '\r' || c == '\n' || c == '\t' || c == '\f';
    });
    if (plain) out_.texts.append(reinterpret_cast<const char *>(value), length);
    return plain;
  }

  /// Private attributes without a VR are text where they are printable, else bulk data.
  bool addUnknown(const uint8_t *value, size_t length) {
    while (length > 0 && (value[length - 1] == 0 || value[length - 1] == ' ')) --length;
    const bool printable = length <= longestUnknown && std::all_of(value, value + length, [](uint8_t c) {
      return c >= ' ' && c < 127;
    });
    if (printable) out_.texts.append(reinterpret_cast<const char *>(value), length);
    return true;
  }

  template <typename Number>
  bool addNumbers(const uint8_t *value, size_t length) {
    if (length % sizeof(Number) != 0) return false;
    for (size_t n = 0; n < length; n += sizeof(Number)) {
      Number number;
      std::memcpy(&number, value + n, sizeof number);
      if (n > 0) out_.texts += '\\';
      addNumber(number);
    }
    return true;
  }

  template <typename Integer>
  void addNumber(Integer number) {
    char text[32];
    out_.texts.append(text, std::to_chars(text, text + sizeof text, number).ptr);
  }
  void addNumber(float number) { appendNumber(out_.texts, number); }
  void addNumber(double number) { appendNumber(out_.texts, number); }

  FileBytes &bytes_;
  HeaderRecords &out_;
  uint32_t lastTag_[16] = {};
};

}  // namespace

bool readPlainHeader(FileBytes &bytes, const StructuralScan &scan, HeaderRecords &out) {
  if (!scan.isPlain) return false;
  out.records.reserve(scan.places.size());
  out.texts.reserve(4096);
  PlainHeader header(bytes, out);
  for (const ElementPlace &place : scan.places) {
    if (!header.add(place)) {
      out.clear();
      return false;
    }
  }
  out.seal();
  return true;
}

}  // namespace theratrack
