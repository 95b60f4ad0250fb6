#include "HeaderRecords.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <charconv>

namespace theratrack {
namespace {

// Longer values are bulk data, not header facts; a contour of 100 000 points is shorter.
constexpr Uint32 longestText = 8u << 20;

/// Flattens a data set into records.
class Flattener {
 public:
  explicit Flattener(HeaderRecords &out) : out_(out) {}

  void add(const DcmTag &tag, int32_t depth, dcmreader_kind kind, const std::string &text = "") {
    const char *vr = DcmVR(tag.getEVR()).getValidVRName();
    out_.add(tag.getGTag(), tag.getETag(), depth, kind, vr);
    out_.texts += text;
    out_.endText();
  }

  void addItem(DcmItem &item, int32_t depth) {
    const unsigned long count = item.card();
    DcmObject *object = nullptr;
    for (unsigned long n = 0; n < count; ++n) {
      object = item.nextInContainer(object);
      if (!object) return;
      if (auto *sequence = dynamic_cast<DcmSequenceOfItems *>(object)) {
        addSequence(*sequence, depth);
      } else if (auto *element = dynamic_cast<DcmElement *>(object)) {
        add(element->getTag(), depth, DCMREADER_VALUE, textOf(*element));
      }
    }
  }

 private:
  void addSequence(DcmSequenceOfItems &sequence, int32_t depth) {
    add(sequence.getTag(), depth, DCMREADER_SEQUENCE);
    DcmObject *object = nullptr;
    while ((object = sequence.nextInContainer(object))) {
      auto *item = dynamic_cast<DcmItem *>(object);
      if (!item) continue;
      add(item->getTag(), depth + 1, DCMREADER_ITEM);
      addItem(*item, depth + 1);
    }
  }

  static std::string textOf(DcmElement &element) {
    switch (element.ident()) {
      case EVR_OB: case EVR_OW: case EVR_OF: case EVR_OD: case EVR_OL: case EVR_OV:
      case EVR_ox: case EVR_px: case EVR_pixelItem: case EVR_PixelData: case EVR_OverlayData:
        return "";
      case EVR_UN: case EVR_UNKNOWN: case EVR_UNKNOWN2B:
        return printableBytes(element);
      case EVR_FD:
      case EVR_FL:
        return numbersOf(element);
      default:
        break;
    }
    OFString text;
    if (element.getLengthField() > longestText) return "";
    // Not normalised: DCMTK's normalising is quadratic in the number of values, which took 13 s
    // for the contours of one structure set. Padding is trimmed by the caller.
    if (element.getOFStringArray(text, OFFalse).bad()) return "";
    return std::string(text.c_str(), text.length());
  }

  /// DCMTK's own digits of large and small doubles are wrong in the last places.
  static std::string numbersOf(DcmElement &element) {
    std::string text;
    for (unsigned long n = 0; n < element.getVM(); ++n) {
      Float64 number = 0;
      Float32 single = 0;
      if (element.ident() == EVR_FD) {
        if (element.getFloat64(number, n).bad()) return "";
      } else {
        if (element.getFloat32(single, n).bad()) return "";
        number = single;
      }
      if (n > 0) text += '\\';
      appendNumber(text, number);
    }
    return text;
  }

  /// Private attributes of implicit VR files have no VR; most of those that matter are text.
  static std::string printableBytes(DcmElement &element) {
    Uint8 *bytes = nullptr;
    const Uint32 length = element.getLengthField();
    if (length == 0 || length > longestUnknown) return "";
    if (element.getUint8Array(bytes).bad() || !bytes) return "";
    std::string text(reinterpret_cast<const char *>(bytes), length);
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 127; });
    return printable ? text : "";
  }

  HeaderRecords &out_;
};

}  // namespace

void appendNumber(std::string &text, double number) {
  char digits[64];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void HeaderRecords::clear() {
  records.clear();
  texts.clear();
  sealed_ = 0;
}

void HeaderRecords::add(
    uint16_t group, uint16_t element, int32_t depth, dcmreader_kind kind, const char *vr) {
  dcmreader_record record{};
  record.group = group;
  record.element = element;
  record.depth = depth;
  record.kind = kind;
  std::copy(vr, vr + 2, record.vr);
  records.push_back(record);
}

void HeaderRecords::endText() {
  records.back().text_length = texts.size() - sealed_;
  sealed_ = texts.size();
}

void HeaderRecords::seal() {
  const char *next = texts.data();
  for (dcmreader_record &record : records) {
    record.text = next;
    next += record.text_length;
  }
}

bool HeaderRecords::isPlainASCII() const {
  return std::all_of(
      texts.begin(), texts.end(), [](char c) { return (c & 0x80) == 0 && c != 0x1B; });
}

void flatten(DcmItem &dataset, HeaderRecords &out) {
  out.clear();
  Flattener(out).addItem(dataset, 0);
  out.seal();
}

}  // namespace theratrack
