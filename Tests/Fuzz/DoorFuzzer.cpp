// libFuzzer target for the C door to DCMTK: any bytes as a file, its header, its frames.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "DCMTKReader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int file = memfd_create("fuzz", 0);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) {
    return 0;
  }
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", file);

  dcmreader_file *opened = nullptr;
  if (dcmreader_open(path, &opened) != DCMREADER_OK) return 0;
  size_t seen = 0;
  for (size_t n = 0; n < dcmreader_record_count(opened); ++n) {
    const dcmreader_record record = dcmreader_record_at(opened, n);
    for (size_t c = 0; c < record.text_length; ++c) seen += static_cast<uint8_t>(record.text[c]);
  }
  volatile size_t kept = seen;
  (void)kept;
  const dcmreader_pixels pixels = dcmreader_pixel_location(opened);
  for (const size_t frameBytes : {size_t{12}, size_t{4096}}) {
    std::vector<uint8_t> frame(frameBytes);
    dcmreader_read_frames(path, pixels, frameBytes, 0, 1, frame.data());
  }
  dcmreader_close(opened);
  return 0;
}
