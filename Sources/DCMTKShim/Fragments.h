/// Which fragments of encapsulated Pixel Data make up which frame (PS3.5 A.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "FileBytes.h"
#include "StructuralScan.h"

namespace theratrack {

class Fragments {
 public:
  /// - Throws: `ScanFailure` when the fragments cannot be told apart into `frames` frames.
  Fragments(FileBytes &bytes, const StructuralScan &scan, size_t frames);

  /// The compressed bytes of one frame, joined.
  std::vector<uint8_t> frame(const FileBytes &bytes, size_t n) const;

 private:
  struct Fragment {
    uint64_t offset;  // of its value
    uint32_t length;
    bool startsImage;  // begins with the start marker of JPEG or JPEG 2000
  };

  void collect(FileBytes &bytes, const StructuralScan &scan);
  bool followOffsetTable(size_t frames);
  bool followMarkers(size_t frames);

  std::vector<uint32_t> offsetTable_;
  std::vector<Fragment> fragments_;
  /// First fragment of each frame, and at last their number.
  std::vector<size_t> starts_;
};

}  // namespace theratrack
