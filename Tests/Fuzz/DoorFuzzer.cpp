// libFuzzer target for the C door to DCMTK: any bytes as a file, its header, its frames.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "DCMTKReader.h"

/// Frames of the size of the seeds: 3 x 2 samples of 16 bits.
static void readFrames(const char *path, dcmreader_pixels pixels) {
  dcmreader_image image{};
  image.rows = 2;
  image.columns = 3;
  image.frames = 1;
  image.bits_allocated = 16;
  dcmreader_frames *frames = nullptr;
  if (dcmreader_frames_open(path, pixels, image, &frames) != DCMREADER_OK) return;
  std::vector<uint8_t> samples(12);
  dcmreader_frames_read(frames, samples.size(), 0, 1, samples.data());
  dcmreader_frames_close(frames);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int file = memfd_create("fuzz", 0);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) {
    return 0;
  }
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", file);

  // The parser by the last byte, so that both see the same corpus.
  const bool byDCMTK = size > 0 && (data[size - 1] & 1);
  dcmreader_file *opened = nullptr;
  const dcmreader_parser parser = byDCMTK ? DCMREADER_DCMTK : DCMREADER_FASTEST;
  if (dcmreader_open(path, parser, &opened) != DCMREADER_OK) return 0;
  const dcmreader_record *records = dcmreader_records(opened);
  size_t seen = 0;
  for (size_t n = 0; n < dcmreader_record_count(opened); ++n) {
    for (size_t c = 0; c < records[n].text_length; ++c) {
      seen += static_cast<uint8_t>(records[n].text[c]);
    }
  }
  volatile size_t kept = seen;
  (void)kept;
  readFrames(path, dcmreader_pixel_location(opened));
  dcmreader_close(opened);
  return 0;
}
