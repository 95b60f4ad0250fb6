/// Bytes of a file through a small window, so that skipping a value costs no reading.
#pragma once

#include <cstddef>
#include <cstdint>

namespace theratrack {

class FileBytes {
 public:
  /// - Throws: `ScanFailure` when `path` is no regular file that can be read.
  explicit FileBytes(const char *path);
  ~FileBytes();
  FileBytes(const FileBytes &) = delete;
  FileBytes &operator=(const FileBytes &) = delete;

  uint64_t size() const { return size_; }

  /// `count` bytes at `offset`, at most `windowSize`, or null when the file ends before.
  const uint8_t *at(uint64_t offset, size_t count) {
    const bool inside = offset >= start_ && offset - start_ <= filled_ &&
                        count <= filled_ - (offset - start_);
    return inside ? window_ + (offset - start_) : refill(offset, count);
  }

  /// Copies `count` bytes at `offset`; false when the file ends before.
  bool read(uint64_t offset, size_t count, void *out) const;

  static constexpr size_t windowSize = 8192;

 private:
  const uint8_t *refill(uint64_t offset, size_t count);

  int descriptor_;
  uint64_t size_ = 0;
  uint64_t start_ = 0;
  size_t filled_ = 0;
  uint8_t window_[windowSize];
};

}  // namespace theratrack
