/// The data set of a deflated file (PS3.5 A.5), inflated into memory that reads like a file.
#pragma once

#include <cstdint>
#include <string>

#include "FileBytes.h"

namespace theratrack {

class InflatedFile {
 public:
  /// - Throws: `ScanFailure` when the stream is damaged or grows beyond what a real image can.
  InflatedFile(const FileBytes &bytes, uint64_t offset);
  InflatedFile(const InflatedFile &) = delete;
  InflatedFile &operator=(const InflatedFile &) = delete;

  /// A path under which this process can open it: a data set without preamble.
  const std::string &path() const { return path_; }

 private:
  /// Closes what it holds, also when the constructor throws.
  struct Descriptor {
    int number;
    ~Descriptor();
  };

  void write(const uint8_t *bytes, size_t count);

  Descriptor descriptor_;
  std::string path_;
};

}  // namespace theratrack
