#include "HeaderRecords.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>

namespace theratrack {
namespace {

// Longer values are bulk data, not header facts; a contour of 100 000 points is shorter.
constexpr Uint32 longestText = 8u << 20;
constexpr Uint32 longestUnknown = 4096;

/// Flattens a data set into records.
class Flattener {
 public:
  explicit Flattener(HeaderRecords &out) : out_(out) {}

  void add(const DcmTag &tag, int32_t depth, dcmreader_kind kind, std::string text) {
    dcmreader_record record{};
    record.group = tag.getGTag();
    record.element = tag.getETag();
    record.depth = depth;
    record.kind = kind;
    const char *vr = DcmVR(tag.getEVR()).getValidVRName();
    std::copy(vr, vr + 2, record.vr);
    out_.records.push_back(record);
    out_.texts.push_back(std::move(text));
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
    add(sequence.getTag(), depth, DCMREADER_SEQUENCE, "");
    DcmObject *object = nullptr;
    while ((object = sequence.nextInContainer(object))) {
      auto *item = dynamic_cast<DcmItem *>(object);
      if (!item) continue;
      add(item->getTag(), depth + 1, DCMREADER_ITEM, "");
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

HeaderRecords flatten(DcmItem &dataset) {
  HeaderRecords out;
  Flattener(out).addItem(dataset, 0);
  // Only now, since growing a vector of strings moves them.
  for (size_t n = 0; n < out.records.size(); ++n) {
    out.records[n].text = out.texts[n].c_str();
    out.records[n].text_length = out.texts[n].size();
  }
  return out;
}

}  // namespace theratrack
