#include "Fragments.h"

#include <algorithm>
#include <numeric>

namespace theratrack {
namespace {

constexpr uint64_t itemHeader = 8;

uint32_t little32(const uint8_t *b) {
  return static_cast<uint32_t>(b[0]) | static_cast<uint32_t>(b[1]) << 8 |
         static_cast<uint32_t>(b[2]) << 16 | static_cast<uint32_t>(b[3]) << 24;
}

}  // namespace

Fragments::Fragments(FileBytes &bytes, const StructuralScan &scan, size_t frames) {
  collect(bytes, scan);
  if (fragments_.size() < frames || frames == 0) {
    refusePixels("there are fewer fragments than frames");
  }
  if (frames == 1) {
    starts_ = {0};
  } else if (fragments_.size() == frames) {
    starts_.resize(frames);
    std::iota(starts_.begin(), starts_.end(), size_t{0});
  } else if (!followOffsetTable(frames) && !followMarkers(frames)) {
    refusePixels("it cannot be told which fragments make up which frame");
  }
  starts_.push_back(fragments_.size());
}

/// The structural walk has checked every length.
void Fragments::collect(FileBytes &bytes, const StructuralScan &scan) {
  uint64_t offset = scan.pixelOffset;
  const uint64_t end = scan.pixelOffset + scan.pixelLength;
  fragments_.reserve(scan.fragments);
  for (bool isTable = true;; isTable = false) {
    const uint8_t *head = offset + itemHeader <= end ? bytes.at(offset, itemHeader) : nullptr;
    if (!head || head[2] != 0x00) return;  // the delimiter is (FFFE,E0DD)
    const uint32_t length = little32(head + 4);
    offset += itemHeader;
    if (isTable) {
      std::vector<uint8_t> table(length);
      if (!bytes.read(offset, length, table.data())) refusePixels("its offset table is cut off");
      for (size_t n = 0; n + 4 <= length; n += 4) offsetTable_.push_back(little32(table.data() + n));
    } else {
      const uint8_t *start = length >= 2 ? bytes.at(offset, 2) : nullptr;
      const bool startsImage = start && start[0] == 0xFF && (start[1] == 0xD8 || start[1] == 0x4F);
      fragments_.push_back({offset, length, startsImage});
    }
    offset += length;
  }
}

/// Offsets count from the first fragment's item and point at items.
bool Fragments::followOffsetTable(size_t frames) {
  if (offsetTable_.size() != frames) return false;
  const uint64_t origin = fragments_[0].offset;
  std::vector<size_t> starts;
  size_t n = 0;
  for (const uint32_t offset : offsetTable_) {
    while (n < fragments_.size() && fragments_[n].offset - origin < offset) ++n;
    if (n == fragments_.size() || fragments_[n].offset - origin != offset) return false;
    if (!starts.empty() && starts.back() == n) return false;
    starts.push_back(n);
  }
  if (starts[0] != 0) return false;
  starts_ = starts;
  return true;
}

/// Without a table, a frame begins where a fragment begins with an image's start marker.
bool Fragments::followMarkers(size_t frames) {
  starts_.clear();
  for (size_t n = 0; n < fragments_.size(); ++n) {
    if (fragments_[n].startsImage) starts_.push_back(n);
  }
  return starts_.size() == frames && starts_[0] == 0;
}

std::vector<uint8_t> Fragments::frame(const FileBytes &bytes, size_t n) const {
  if (n + 1 >= starts_.size()) refusePixels("the frame does not exist");
  size_t total = 0;
  for (size_t f = starts_[n]; f < starts_[n + 1]; ++f) total += fragments_[f].length;
  std::vector<uint8_t> joined(total);
  size_t done = 0;
  for (size_t f = starts_[n]; f < starts_[n + 1]; ++f) {
    if (!bytes.read(fragments_[f].offset, fragments_[f].length, joined.data() + done)) {
      refusePixels("the file ends inside a fragment");
    }
    done += fragments_[f].length;
  }
  return joined;
}

}  // namespace theratrack
