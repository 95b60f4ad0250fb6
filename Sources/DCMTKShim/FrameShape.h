/// What the header says about one frame of grey values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace theratrack {

struct FrameShape {
  uint32_t rows;
  uint32_t columns;
  uint32_t bitsAllocated;
  uint32_t bitsStored;
  bool isSigned;

  size_t samples() const { return static_cast<size_t>(rows) * columns; }
  size_t bytes() const { return samples() * (bitsAllocated / 8); }
};

/// The families of compressed transfer syntaxes, by how their frames look.
enum class Compression { unsupported, runLength, jpeg, jpegLS, jpeg2000 };

Compression compressionOf(const std::string &transferSyntax);

/// Compares what a compressed frame says about its own size with the header, before any decoder
/// allocates memory for it.
///
/// - Throws: `ScanFailure` when they differ, or when the frame cannot hold what it claims.
void checkClaims(Compression compression, const std::vector<uint8_t> &frame, const FrameShape &shape);

/// Decodes one frame into `out`, of `shape.bytes()` bytes, in the byte order of this machine.
///
/// - Throws: `ScanFailure` when it cannot be decoded.
void decodeFrame(
    const std::string &transferSyntax, const std::vector<uint8_t> &frame, const FrameShape &shape,
    uint8_t *out);

/// The JPEG 2000 part of it, by OpenJPEG.
void decodeJPEG2000(const std::vector<uint8_t> &frame, const FrameShape &shape, uint8_t *out);

}  // namespace theratrack
