#include "PNGShim.h"

#include <libdeflate.h>
#include <png.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// The container is written here, since it is a few chunks (ISO/IEC 15948:2004; animation: PNG
// third edition, 2025): libpng's way through zlib takes several times as long for the same
// picture. libpng decodes.

static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

/// Bytes of a chunk beside its data: length, name, checksum.
enum { CHUNK_FRAME = 12 };

static uint8_t *put32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
  return at + 4;
}

static uint8_t *put16(uint8_t *at, uint16_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
  return at + 2;
}

/// Where the data of a chunk begins, once its name is written.
static uint8_t *open_chunk(uint8_t *at, const char *name) {
  memcpy(at + 4, name, 4);
  return at + 8;
}

/// Writes length and checksum around data that ends at `end`; returns where the next begins.
static uint8_t *close_chunk(uint8_t *at, uint8_t *end) {
  const size_t count = (size_t)(end - at) - 8;
  put32(at, (uint32_t)count);
  return put32(end, libdeflate_crc32(0, at + 4, count + 4));
}

static bool is_valid(const pngshim_picture *picture) {
  if (picture->width == 0 || picture->height == 0 || picture->frame_count == 0) return false;
  if (picture->width > PNG_USER_WIDTH_MAX || picture->height > PNG_USER_HEIGHT_MAX) return false;
  if (picture->layout != PNGSHIM_INDEXED8) return picture->palette_count == 0;
  return picture->palette != NULL && picture->palette_count >= 1 && picture->palette_count <= 256;
}

static size_t bytes_per_pixel(pngshim_layout layout) {
  switch (layout) {
    case PNGSHIM_RGB8: return 3;
    case PNGSHIM_INDEXED8: return 1;
    case PNGSHIM_GREY16: return 2;
  }
  return 0;
}

static uint8_t colour_type(pngshim_layout layout) {
  switch (layout) {
    case PNGSHIM_RGB8: return PNG_COLOR_TYPE_RGB;
    case PNGSHIM_INDEXED8: return PNG_COLOR_TYPE_PALETTE;
    case PNGSHIM_GREY16: return PNG_COLOR_TYPE_GRAY;
  }
  return PNG_COLOR_TYPE_RGB;
}

/// Deflate level: speed over size. Measured by `make bench-pictures`.
static int level(pngshim_layout layout) { return layout == PNGSHIM_INDEXED8 ? 1 : 3; }

/// One row behind its filter byte. Scan colours are smooth, so the difference to the row above
/// packs well; palette indices of a noisy slice pack better, and faster, as they are.
static void filter_row(
    uint8_t *to, const uint8_t *row, const uint8_t *above, size_t stride, pngshim_layout layout) {
  if (layout == PNGSHIM_INDEXED8) {
    to[0] = PNG_FILTER_VALUE_NONE;
    memcpy(to + 1, row, stride);
    return;
  }
  to[0] = PNG_FILTER_VALUE_UP;
  if (layout == PNGSHIM_RGB8) {
    for (size_t n = 0; n < stride; n++) {
      to[1 + n] = (uint8_t)(row[n] - (above != NULL ? above[n] : 0));
    }
    return;
  }
  // PNG stores 16-bit samples big end first and filters their bytes one by one.
  for (size_t n = 0; n < stride; n += 2) {
    uint16_t sample, upper = 0;
    memcpy(&sample, row + n, 2);
    if (above != NULL) memcpy(&upper, above + n, 2);
    to[1 + n] = (uint8_t)((sample >> 8) - (upper >> 8));
    to[2 + n] = (uint8_t)(sample - upper);
  }
}

static void filter(const pngshim_picture *picture, const uint8_t *pixels, uint8_t *filtered) {
  const size_t stride = (size_t)picture->width * bytes_per_pixel(picture->layout);
  for (size_t row = 0; row < picture->height; row++) {
    const uint8_t *here = pixels + row * stride;
    filter_row(
        filtered + row * (stride + 1), here, row > 0 ? here - stride : NULL, stride,
        picture->layout);
  }
}

static uint8_t *put_header(uint8_t *at, const pngshim_picture *picture) {
  memcpy(at, signature, sizeof signature);
  at += sizeof signature;
  uint8_t *data = open_chunk(at, "IHDR");
  data = put32(data, picture->width);
  data = put32(data, picture->height);
  *data++ = picture->layout == PNGSHIM_GREY16 ? 16 : 8;
  *data++ = colour_type(picture->layout);
  *data++ = PNG_COMPRESSION_TYPE_BASE;
  *data++ = PNG_FILTER_TYPE_BASE;
  *data++ = PNG_INTERLACE_NONE;
  at = close_chunk(at, data);
  if (picture->frame_count > 1) {
    data = open_chunk(at, "acTL");
    data = put32(data, picture->frame_count);
    at = close_chunk(at, put32(data, 0));  // for ever
  }
  if (picture->pixels_per_metre > 0) {
    data = open_chunk(at, "pHYs");
    data = put32(put32(data, picture->pixels_per_metre), picture->pixels_per_metre);
    *data++ = PNG_RESOLUTION_METER;
    at = close_chunk(at, data);
  }
  if (picture->layout == PNGSHIM_INDEXED8) {
    data = open_chunk(at, "PLTE");
    memcpy(data, picture->palette, 3 * (size_t)picture->palette_count);
    at = close_chunk(at, data + 3 * (size_t)picture->palette_count);
  }
  return at;
}

/// A whole frame that replaces the one before it.
static uint8_t *put_frame_control(
    uint8_t *at, const pngshim_picture *picture, uint32_t *sequence) {
  uint8_t *data = put32(open_chunk(at, "fcTL"), (*sequence)++);
  data = put32(put32(data, picture->width), picture->height);
  data = put32(put32(data, 0), 0);
  data = put16(put16(data, picture->frame_milliseconds), 1000);
  *data++ = 0;  // leave it until the next frame
  *data++ = 0;  // and replace it then
  return close_chunk(at, data);
}

/// Room for everything but the packed pixels: header chunks, and each frame's own.
static size_t overhead(const pngshim_picture *picture) {
  return 1024 + 3 * (size_t)picture->palette_count + 64 * (size_t)picture->frame_count;
}

/// Packs all frames behind the header; 0 when a frame does not fit.
static size_t write_file(
    uint8_t *file, const pngshim_picture *picture, const uint8_t *pixels, uint8_t *filtered,
    struct libdeflate_compressor *packer) {
  const size_t stride = (size_t)picture->width * bytes_per_pixel(picture->layout);
  const size_t plain = (stride + 1) * picture->height;
  const size_t bound = libdeflate_zlib_compress_bound(packer, plain);
  uint32_t sequence = 0;
  uint8_t *at = put_header(file, picture);
  for (uint32_t frame = 0; frame < picture->frame_count; frame++) {
    if (picture->frame_count > 1) at = put_frame_control(at, picture, &sequence);
    filter(picture, pixels + frame * stride * picture->height, filtered);
    uint8_t *data = open_chunk(at, frame == 0 ? "IDAT" : "fdAT");
    if (frame > 0) data = put32(data, sequence++);
    const size_t packed = libdeflate_zlib_compress(packer, filtered, plain, data, bound);
    if (packed == 0 || packed > INT32_MAX) return 0;
    at = close_chunk(at, data + packed);
  }
  at = close_chunk(at, open_chunk(at, "IEND"));
  return (size_t)(at - file);
}

typedef struct buffer {
  uint8_t *bytes;
  size_t room;
} buffer;

struct pngshim_encoder {
  struct libdeflate_compressor *packer;
  int level;
  buffer filtered;
  buffer file;
};

pngshim_encoder *pngshim_encoder_make(void) { return calloc(1, sizeof(pngshim_encoder)); }

void pngshim_encoder_free(pngshim_encoder *encoder) {
  if (encoder == NULL) return;
  libdeflate_free_compressor(encoder->packer);
  free(encoder->filtered.bytes);
  free(encoder->file.bytes);
  free(encoder);
}

/// Gives a buffer at least `room` bytes; what it held is lost.
static bool reserve(buffer *buffer, size_t room) {
  if (buffer->room >= room) return true;
  free(buffer->bytes);
  buffer->bytes = malloc(room);
  buffer->room = buffer->bytes != NULL ? room : 0;
  return buffer->bytes != NULL;
}

static bool set_level(pngshim_encoder *encoder, int level) {
  if (encoder->packer != NULL && encoder->level == level) return true;
  libdeflate_free_compressor(encoder->packer);
  encoder->packer = libdeflate_alloc_compressor(level);
  encoder->level = level;
  return encoder->packer != NULL;
}

pngshim_status pngshim_encode(
    pngshim_encoder *encoder, const pngshim_picture *picture, const void *pixels,
    const uint8_t **png, size_t *count) {
  *png = NULL;
  *count = 0;
  if (!is_valid(picture)) return PNGSHIM_BAD_ARGUMENT;
  const size_t stride = (size_t)picture->width * bytes_per_pixel(picture->layout);
  const size_t plain = (stride + 1) * picture->height;
  if (!set_level(encoder, level(picture->layout))) return PNGSHIM_OUT_OF_MEMORY;
  const size_t room =
      overhead(picture)
      + picture->frame_count * libdeflate_zlib_compress_bound(encoder->packer, plain);
  if (!reserve(&encoder->filtered, plain) || !reserve(&encoder->file, room)) {
    return PNGSHIM_OUT_OF_MEMORY;
  }
  *count = write_file(
      encoder->file.bytes, picture, pixels, encoder->filtered.bytes, encoder->packer);
  if (*count == 0) return PNGSHIM_PACKING_FAILED;
  *png = encoder->file.bytes;
  return PNGSHIM_OK;
}

pngshim_status pngshim_decode(
    const uint8_t *bytes, size_t count, pngshim_picture *picture, pngshim_bytes *out) {
  out->data = NULL;
  out->count = 0;
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes, count)) return PNGSHIM_LIBPNG_FAILED;
  // Depth and colour type are bytes 24 and 25 of every PNG (IHDR comes first).
  const bool grey16 = count > 25 && bytes[24] == 16 && bytes[25] == PNG_COLOR_TYPE_GRAY;
  image.format = grey16 ? PNG_FORMAT_LINEAR_Y : PNG_FORMAT_RGB;
  out->count = PNG_IMAGE_SIZE(image);
  out->data = malloc(out->count);
  if (out->data == NULL) {
    png_image_free(&image);
    return PNGSHIM_OUT_OF_MEMORY;
  }
  if (!png_image_finish_read(&image, NULL, out->data, 0, NULL)) {
    pngshim_free(out);
    return PNGSHIM_LIBPNG_FAILED;
  }
  memset(picture, 0, sizeof *picture);
  picture->width = image.width;
  picture->height = image.height;
  picture->layout = grey16 ? PNGSHIM_GREY16 : PNGSHIM_RGB8;
  picture->frame_count = 1;
  return PNGSHIM_OK;
}

void pngshim_free(pngshim_bytes *bytes) {
  free(bytes->data);
  bytes->data = NULL;
  bytes->count = 0;
}
