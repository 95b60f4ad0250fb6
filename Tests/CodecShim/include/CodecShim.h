/// Encoders for tests only: what the reader decodes is made here, by DCMTK and OpenJPEG.
#ifndef CODEC_SHIM_H
#define CODEC_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CODECSHIM_NOEXCEPT noexcept
extern "C" {
#else
#define CODECSHIM_NOEXCEPT
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

typedef enum codecshim_kind : int32_t {
  CODECSHIM_JPEG_BASELINE = 0,
  CODECSHIM_JPEG_EXTENDED = 1,
  CODECSHIM_JPEG_LOSSLESS = 2,
  CODECSHIM_JPEG_LS = 3,
  CODECSHIM_JPEG_2000 = 4,
} codecshim_kind;

typedef struct codecshim_image {
  uint32_t rows;
  uint32_t columns;
  uint32_t bits_allocated;
  uint32_t bits_stored;
  int32_t is_signed;
  /// Words of 8 or 16 bits.
  const void *samples;
} codecshim_image;

/// Compresses one frame of grey values into `out` and returns the bytes written, 0 on failure.
///
/// - loss: 0 for lossless where the kind allows it; the largest deviation (JPEG-LS), the quality
///   in per cent (JPEG), or the compression ratio (JPEG 2000).
size_t codecshim_encode(
    codecshim_kind kind, codecshim_image image, int32_t loss, uint8_t *out, size_t capacity)
    CODECSHIM_NOEXCEPT;

/// Deflates `count` bytes, repeated `repeats` times, without zlib's header and checksum; returns
/// the bytes written, 0 on failure.
size_t codecshim_deflate(
    const void *bytes, size_t count, size_t repeats, uint8_t *out, size_t capacity)
    CODECSHIM_NOEXCEPT;

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
