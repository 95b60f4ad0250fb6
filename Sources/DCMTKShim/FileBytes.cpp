#include "FileBytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "StructuralScan.h"

namespace theratrack {

FileBytes::FileBytes(const char *path) : descriptor_(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  struct stat facts {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw ScanFailure(ScanFailure::Reason::cannotOpen, "the file cannot be opened for reading");
  }
  size_ = static_cast<uint64_t>(facts.st_size);
}

FileBytes::~FileBytes() { ::close(descriptor_); }

const uint8_t *FileBytes::refill(uint64_t offset, size_t count) {
  if (count > windowSize || count > size_ || offset > size_ - count) return nullptr;
  const ssize_t got =
      ::pread(descriptor_, window_, windowSize, static_cast<off_t>(offset));
  start_ = offset;
  filled_ = got > 0 ? static_cast<size_t>(got) : 0;
  return filled_ < count ? nullptr : window_;
}

bool FileBytes::read(uint64_t offset, size_t count, void *out) const {
  if (count > size_ || offset > size_ - count) return false;
  auto *target = static_cast<uint8_t *>(out);
  size_t done = 0;
  while (done < count) {
    const ssize_t got =
        ::pread(descriptor_, target + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<size_t>(got);
  }
  return true;
}

}  // namespace theratrack
