#include "InflatedFile.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "StructuralScan.h"

namespace theratrack {
namespace {

// A stream that grows beyond both is a trap for memory: deflate can shrink zeros 1000 times, but
// images that are worth reading hardly ever 100 times.
constexpr uint64_t harmlessBytes = 64u << 20;
constexpr uint64_t largestRatio = 100;

constexpr size_t chunk = 256u << 10;

[[noreturn]] void refuse(const std::string &why) {
  throw ScanFailure(ScanFailure::Reason::damaged, why, 2, 0x10);
}

using Inflater = std::unique_ptr<z_stream, void (*)(z_stream *)>;

Inflater rawInflater() {
  Inflater inflater(new z_stream{}, [](z_stream *stream) {
    inflateEnd(stream);
    delete stream;
  });
  // Negative: neither zlib header nor checksum, as PS3.5 A.5 says.
  if (inflateInit2(inflater.get(), -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  return inflater;
}

}  // namespace

InflatedFile::InflatedFile(const FileBytes &bytes, uint64_t offset)
    : descriptor_{::memfd_create("inflated data set", MFD_CLOEXEC)} {
  if (descriptor_.number < 0) throw std::bad_alloc();
  path_ = "/proc/self/fd/" + std::to_string(descriptor_.number);
  const uint64_t limit = std::max(harmlessBytes, bytes.size() * largestRatio);
  const Inflater inflater = rawInflater();
  std::vector<uint8_t> deflated(chunk), plain(chunk);
  uint64_t total = 0;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    if (inflater->avail_in == 0) {
      const auto count = static_cast<size_t>(std::min<uint64_t>(chunk, bytes.size() - offset));
      if (count == 0 || !bytes.read(offset, count, deflated.data())) {
        refuse("the file ends inside its deflated data set");
      }
      offset += count;
      inflater->next_in = deflated.data();
      inflater->avail_in = static_cast<uInt>(count);
    }
    inflater->next_out = plain.data();
    inflater->avail_out = static_cast<uInt>(chunk);
    state = inflate(inflater.get(), Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) {
      refuse("its deflated data set is damaged");
    }
    const size_t got = chunk - inflater->avail_out;
    total += got;
    if (total > limit) {
      refuse("its deflated data set grows beyond " + std::to_string(limit >> 20) + " MB");
    }
    write(plain.data(), got);
  }
}

InflatedFile::Descriptor::~Descriptor() {
  if (number >= 0) ::close(number);
}

void InflatedFile::write(const uint8_t *bytes, size_t count) {
  while (count > 0) {
    const ssize_t put = ::write(descriptor_.number, bytes, count);
    if (put <= 0) throw std::bad_alloc();
    bytes += put;
    count -= static_cast<size_t>(put);
  }
}

}  // namespace theratrack
