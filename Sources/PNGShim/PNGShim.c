#include "PNGShim.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/// A byte buffer that doubles: PNG size is not known before it is written.
typedef struct growing {
  uint8_t *data;
  size_t count;
  size_t capacity;
} growing;

static void append(png_structp png, png_bytep bytes, size_t count) {
  growing *sink = png_get_io_ptr(png);
  if (sink->capacity - sink->count < count) {
    size_t capacity = sink->capacity * 2 + count + 4096;
    uint8_t *larger = realloc(sink->data, capacity);
    if (larger == NULL) png_error(png, "out of memory");
    sink->data = larger;
    sink->capacity = capacity;
  }
  memcpy(sink->data + sink->count, bytes, count);
  sink->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

/// Errors go to the caller as a status, never to stderr.
static void fail_silently(png_structp png, png_const_charp message) {
  (void)message;
  longjmp(png_jmpbuf(png), 1);
}
static void warn_silently(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static bool is_valid(const pngshim_picture *picture) {
  if (picture->width == 0 || picture->height == 0) return false;
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

static int colour_type(pngshim_layout layout) {
  switch (layout) {
    case PNGSHIM_RGB8: return PNG_COLOR_TYPE_RGB;
    case PNGSHIM_INDEXED8: return PNG_COLOR_TYPE_PALETTE;
    case PNGSHIM_GREY16: return PNG_COLOR_TYPE_GRAY;
  }
  return PNG_COLOR_TYPE_RGB;
}

/// Speed over size: level 1. Scan colours are smooth, so the difference to the row above packs
/// well; palette indices are not differences of anything, so they are left as they are.
static void set_compression(png_structp png, pngshim_layout layout) {
  png_set_compression_level(png, 1);
  png_set_compression_strategy(png, Z_DEFAULT_STRATEGY);
  png_set_filter(png, 0, layout == PNGSHIM_INDEXED8 ? PNG_FILTER_NONE : PNG_FILTER_UP);
}

static void write_picture(
    png_structp png, png_infop info, const pngshim_picture *picture, const uint8_t *pixels) {
  const int depth = picture->layout == PNGSHIM_GREY16 ? 16 : 8;
  png_set_IHDR(
      png, info, picture->width, picture->height, depth, colour_type(picture->layout),
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (picture->layout == PNGSHIM_INDEXED8) {
    png_color palette[256];
    for (uint32_t n = 0; n < picture->palette_count; n++) {
      palette[n].red = picture->palette[3 * n];
      palette[n].green = picture->palette[3 * n + 1];
      palette[n].blue = picture->palette[3 * n + 2];
    }
    png_set_PLTE(png, info, palette, (int)picture->palette_count);
  }
  png_write_info(png, info);
  // PNG stores 16-bit samples big end first.
  if (depth == 16) png_set_swap(png);
  const size_t stride = (size_t)picture->width * bytes_per_pixel(picture->layout);
  for (uint32_t row = 0; row < picture->height; row++) {
    png_write_row(png, pixels + row * stride);
  }
  png_write_end(png, NULL);
}

pngshim_status pngshim_encode(
    const pngshim_picture *picture, const void *pixels, pngshim_bytes *out) {
  out->data = NULL;
  out->count = 0;
  if (!is_valid(picture)) return PNGSHIM_BAD_ARGUMENT;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail_silently, warn_silently);
  png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
  // On the heap, so that its fields are defined after a longjmp.
  growing *sink = calloc(1, sizeof *sink);
  if (info == NULL || sink == NULL) {
    png_destroy_write_struct(&png, NULL);
    free(sink);
    return PNGSHIM_OUT_OF_MEMORY;
  }
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_write_struct(&png, &info);
    free(sink->data);
    free(sink);
    return PNGSHIM_LIBPNG_FAILED;
  }
  png_set_write_fn(png, sink, append, flush_nothing);
  set_compression(png, picture->layout);
  write_picture(png, info, picture, pixels);
  png_destroy_write_struct(&png, &info);
  out->data = sink->data;
  out->count = sink->count;
  free(sink);
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
  picture->width = image.width;
  picture->height = image.height;
  picture->layout = grey16 ? PNGSHIM_GREY16 : PNGSHIM_RGB8;
  picture->palette = NULL;
  picture->palette_count = 0;
  return PNGSHIM_OK;
}

void pngshim_free(pngshim_bytes *bytes) {
  free(bytes->data);
  bytes->data = NULL;
  bytes->count = 0;
}
