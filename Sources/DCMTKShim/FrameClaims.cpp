/// What compressed frames say about themselves, read without a decoder.
#include <algorithm>

#include "FrameShape.h"
#include "StructuralScan.h"

namespace theratrack {
namespace {

using Bytes = std::vector<uint8_t>;

// A tile costs OpenJPEG some kilobytes whatever its size; real images have one or a few hundred.
constexpr uint64_t mostTiles = 4096;

uint32_t big16(const Bytes &b, size_t at) {
  return static_cast<uint32_t>(b[at] << 8 | b[at + 1]);
}
uint64_t big32(const Bytes &b, size_t at) {
  return static_cast<uint64_t>(big16(b, at)) << 16 | big16(b, at + 2);
}
uint32_t little32(const Bytes &b, size_t at) {
  return static_cast<uint32_t>(b[at]) | static_cast<uint32_t>(b[at + 1]) << 8 |
         static_cast<uint32_t>(b[at + 2]) << 16 | static_cast<uint32_t>(b[at + 3]) << 24;
}

void compare(uint64_t columns, uint64_t rows, uint64_t components, const FrameShape &shape) {
  if (components != 1) refusePixels("a compressed frame holds a colour image");
  if (columns == shape.columns && rows == shape.rows) return;
  refusePixels(
      "a compressed frame of " + std::to_string(columns) + " x " + std::to_string(rows) +
      " pixels is declared as " + std::to_string(shape.columns) + " x " +
      std::to_string(shape.rows));
}

/// PS3.5 G.5: a header of 16 words of 32 bits: the number of segments, then their offsets.
void checkRunLength(const Bytes &frame, const FrameShape &shape) {
  // A run of 128 bytes takes two, so no segment expands by more than 64.
  constexpr size_t headerBytes = 64, largestExpansion = 64;
  if (frame.size() < headerBytes) refusePixels("an RLE frame is shorter than its header");
  const uint32_t segments = little32(frame, 0);
  if (segments != shape.bitsAllocated / 8) {
    refusePixels("an RLE frame has another number of segments than its samples have bytes");
  }
  for (uint32_t n = 0; n < segments; ++n) {
    const size_t start = little32(frame, 4 + 4 * n);
    const size_t end = n + 1 < segments ? little32(frame, 8 + 4 * n) : frame.size();
    if (start < headerBytes || end < start || end > frame.size()) {
      refusePixels("an RLE segment lies outside its frame");
    }
    if ((end - start) * largestExpansion < shape.samples()) {
      refusePixels("an RLE segment is too short for its frame");
    }
  }
}

/// The first start-of-frame marker of ITU-T T.81 (JPEG) or T.87 (JPEG-LS): length, precision,
/// lines, samples per line, components.
void checkJPEG(const Bytes &frame, const FrameShape &shape) {
  if (frame.size() < 4 || frame[0] != 0xFF || frame[1] != 0xD8) {
    refusePixels("a JPEG frame does not begin with its start marker");
  }
  size_t at = 2;
  while (at + 10 <= frame.size() && frame[at] == 0xFF) {
    const uint8_t marker = frame[at + 1];
    if (marker == 0xFF) {
      ++at;  // fill byte
      continue;
    }
    const bool table = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    const bool startOfFrame = (marker >= 0xC0 && marker <= 0xCF && !table) || marker == 0xF7;
    if (startOfFrame) {
      if (frame[at + 4] > shape.bitsAllocated) {
        refusePixels("a JPEG frame has more bits than its header allocates");
      }
      return compare(big16(frame, at + 7), big16(frame, at + 5), frame[at + 9], shape);
    }
    at += 2 + big16(frame, at + 2);
  }
  refusePixels("a JPEG frame does not say its size");
}

/// The SIZ marker segment of ISO/IEC 15444-1 A.5.1, which comes first.
void checkJPEG2000(const Bytes &frame, const FrameShape &shape) {
  const bool isCodestream = frame.size() >= 45 && frame[0] == 0xFF && frame[1] == 0x4F &&
                            frame[2] == 0xFF && frame[3] == 0x51;
  if (!isCodestream) refusePixels("a JPEG 2000 frame does not begin with its start markers");
  const uint64_t right = big32(frame, 8), bottom = big32(frame, 12);
  const uint64_t left = big32(frame, 16), top = big32(frame, 20);
  const uint64_t tileWidth = big32(frame, 24), tileHeight = big32(frame, 28);
  if (left > right || top > bottom || tileWidth == 0 || tileHeight == 0) {
    refusePixels("a JPEG 2000 frame has an impossible size");
  }
  compare(right - left, bottom - top, big16(frame, 40), shape);
  const uint64_t tiles = ((right + tileWidth - 1) / tileWidth) * ((bottom + tileHeight - 1) / tileHeight);
  if (tiles > mostTiles) refusePixels("a JPEG 2000 frame is cut into too many tiles");
}

}  // namespace

void checkClaims(Compression compression, const Bytes &frame, const FrameShape &shape) {
  switch (compression) {
    case Compression::runLength: return checkRunLength(frame, shape);
    case Compression::jpeg:
    case Compression::jpegLS: return checkJPEG(frame, shape);
    case Compression::jpeg2000: return checkJPEG2000(frame, shape);
    case Compression::unsupported: return;
  }
}

}  // namespace theratrack
