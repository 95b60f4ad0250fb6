/// Plain C door to the NIfTI-1 header and zlib: the bytes of a single-file image.
/// Nothing is written to disk here and nothing is printed.
#ifndef NIFTI_SHIM_H
#define NIFTI_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

typedef enum niftishim_status : int32_t {
  NIFTISHIM_OK = 0,
  NIFTISHIM_BAD_ARGUMENT = 1,
  NIFTISHIM_OUT_OF_MEMORY = 2,
  NIFTISHIM_FAILED = 3,
} niftishim_status;

typedef enum niftishim_sample : int32_t {
  /// 32-bit float, NIFTI_TYPE_FLOAT32.
  NIFTISHIM_FLOAT32 = 0,
  /// Unsigned 16-bit, NIFTI_TYPE_UINT16.
  NIFTISHIM_UINT16 = 1,
} niftishim_sample;

/// What the header of an image says.
typedef struct niftishim_image {
  /// Columns, rows, slices; each 1 to 32767.
  int32_t size[3];
  niftishim_sample sample;
  /// Rows of the affine from (column, row, slice) to RAS millimetres.
  double affine[12];
  /// At most 79 bytes of ASCII.
  const char *description;
} niftishim_image;

/// Bytes of a header with its four extension bytes: where the samples begin.
enum { NIFTISHIM_HEADER_BYTES = 352 };

/// Writes the header in the byte order of this machine, with sform and qform both "scanner".
niftishim_status niftishim_header(const niftishim_image *image, uint8_t *out);

/// Bytes owned by the shim until they are given to niftishim_free.
typedef struct niftishim_bytes {
  uint8_t *_Nullable data;
  size_t count;
} niftishim_bytes;

/// gzip of `header` followed by `samples`; the bytes depend on the input only (no time, no name).
niftishim_status niftishim_gzip(
    const uint8_t *header, const uint8_t *samples, size_t count, niftishim_bytes *out);

void niftishim_free(niftishim_bytes *bytes);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
