/// Plain C door to libdeflate and libpng: pixels in, PNG bytes out, and back again for checks.
/// No type of either crosses this header.
#ifndef PNG_SHIM_H
#define PNG_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

typedef enum pngshim_status : int32_t {
  PNGSHIM_OK = 0,
  PNGSHIM_BAD_ARGUMENT = 1,
  PNGSHIM_OUT_OF_MEMORY = 2,
  PNGSHIM_LIBPNG_FAILED = 3,
  PNGSHIM_PACKING_FAILED = 4,
} pngshim_status;

typedef enum pngshim_layout : int32_t {
  /// One byte per sample; red, green, blue.
  PNGSHIM_RGB8 = 0,
  /// One byte per pixel: an index into the palette.
  PNGSHIM_INDEXED8 = 1,
  /// One native 16-bit word per pixel.
  PNGSHIM_GREY16 = 2,
} pngshim_layout;

/// How a picture lies in memory, row by row from the top, without padding.
typedef struct pngshim_picture {
  uint32_t width;
  uint32_t height;
  pngshim_layout layout;
  /// Red, green, blue of each palette entry; 1 to 256 entries for PNGSHIM_INDEXED8, else 0.
  const uint8_t *_Nullable palette;
  uint32_t palette_count;
  /// Printed size (pHYs); 0 leaves it out.
  uint32_t pixels_per_metre;
  /// 1 for a still picture; frames lie one after the other in memory.
  uint32_t frame_count;
  /// How long each frame of an animation is shown.
  uint16_t frame_milliseconds;
} pngshim_picture;

/// Bytes owned by the shim until they are given to pngshim_free.
typedef struct pngshim_bytes {
  uint8_t *_Nullable data;
  size_t count;
} pngshim_bytes;

/// Compressor and buffers, kept from one picture to the next; one thread at a time.
typedef struct pngshim_encoder pngshim_encoder;

/// NULL when there is no memory.
pngshim_encoder *_Nullable pngshim_encoder_make(void);
void pngshim_encoder_free(pngshim_encoder *_Nullable encoder);

/// Encodes `pixels` as described by `picture`; several frames become an animated PNG, whose
/// first frame is what other readers show. The bytes depend on the pixels only: fixed
/// compression, and no chunk with a time, a text or a name. They belong to the encoder, until
/// its next picture.
pngshim_status pngshim_encode(
    pngshim_encoder *encoder, const pngshim_picture *picture, const void *pixels,
    const uint8_t *_Nullable *_Nonnull png, size_t *count);

/// Decodes to 8-bit RGB, or to native 16-bit grey when the file is 16-bit grey.
/// `picture` receives width, height and the layout of the decoded bytes.
pngshim_status pngshim_decode(
    const uint8_t *png, size_t count, pngshim_picture *picture, pngshim_bytes *out);

void pngshim_free(pngshim_bytes *bytes);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
