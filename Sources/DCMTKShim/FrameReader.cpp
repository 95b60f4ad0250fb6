/// The half of the C door that reads pixels.
#include <algorithm>
#include <memory>
#include <optional>

#include "Failure.h"
#include "FileBytes.h"
#include "Fragments.h"
#include "FrameShape.h"
#include "InflatedFile.h"
#include "StructuralScan.h"
#include "include/DCMTKReader.h"

using namespace theratrack;

struct dcmreader_frames {
  dcmreader_pixels pixels;
  FrameShape shape;
  std::unique_ptr<InflatedFile> inflated;
  std::unique_ptr<FileBytes> bytes;
  std::string transferSyntax;
  std::optional<Fragments> fragments;
};

namespace {

void openInflated(dcmreader_frames &frames) {
  const StructuralScan scan = scanStructure(*frames.bytes);
  frames.inflated = std::make_unique<InflatedFile>(*frames.bytes, scan.dataSetOffset);
  frames.bytes = std::make_unique<FileBytes>(frames.inflated->path().c_str());
}

void openFragments(dcmreader_frames &frames, size_t count) {
  const StructuralScan scan = scanStructure(*frames.bytes);
  if (!scan.pixelsEncapsulated) refusePixels("the file has changed since its header was read");
  frames.transferSyntax = scan.transferSyntax;
  frames.fragments.emplace(*frames.bytes, scan, count);
}

/// Native samples go straight into the caller's buffer: no copy, no parsing.
dcmreader_status readNative(
    const dcmreader_frames &frames, size_t frameBytes, size_t first, size_t count, uint8_t *out) {
  const size_t bytes = frameBytes * count;
  const uint64_t start = static_cast<uint64_t>(frameBytes) * first;
  const dcmreader_pixels &pixels = frames.pixels;
  if (start > pixels.length || bytes > pixels.length - start) {
    return fail(DCMREADER_NO_PIXELS, "Pixel Data is shorter than its rows, columns and frames");
  }
  if (!frames.bytes->read(pixels.offset + start, bytes, out)) {
    return fail(DCMREADER_NO_PIXELS, "the file ends inside Pixel Data");
  }
  if (pixels.swap_width <= 1) return DCMREADER_OK;
  // PS3.5 has words of 16 bits here, but writers and readers alike swap samples of 32 bits whole.
  const size_t width =
      std::max<size_t>(static_cast<size_t>(pixels.swap_width), frames.shape.bitsAllocated / 8);
  for (size_t n = 0; n + width <= bytes; n += width) std::reverse(out + n, out + n + width);
  return DCMREADER_OK;
}

}  // namespace

dcmreader_status dcmreader_frames_open(
    const char *path, dcmreader_pixels pixels, dcmreader_image image,
    dcmreader_frames **out) noexcept {
  *out = nullptr;
  return guarded([&] {
    if (pixels.offset == 0) return fail(DCMREADER_NO_PIXELS, "there is no Pixel Data");
    auto frames = std::make_unique<dcmreader_frames>();
    frames->pixels = pixels;
    frames->shape = {
        image.rows, image.columns, image.bits_allocated, image.bits_stored, image.is_signed != 0};
    frames->bytes = std::make_unique<FileBytes>(path);
    if (pixels.deflated) openInflated(*frames);
    if (pixels.encapsulated) openFragments(*frames, image.frames);
    *out = frames.release();
    return DCMREADER_OK;
  });
}

void dcmreader_frames_close(dcmreader_frames *frames) noexcept { delete frames; }

dcmreader_status dcmreader_frames_read(
    dcmreader_frames *frames, size_t frame_bytes, size_t first, size_t count, void *out) noexcept {
  return guarded([&] {
    auto *target = static_cast<uint8_t *>(out);
    if (!frames->fragments) return readNative(*frames, frame_bytes, first, count, target);
    if (frame_bytes != frames->shape.bytes()) {
      return fail(DCMREADER_INTERNAL, "the frame is not of the size that was declared");
    }
    for (size_t n = 0; n < count; ++n) {
      const std::vector<uint8_t> frame = frames->fragments->frame(*frames->bytes, first + n);
      decodeFrame(frames->transferSyntax, frame, frames->shape, target + n * frame_bytes);
    }
    return DCMREADER_OK;
  });
}
