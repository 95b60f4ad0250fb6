/// Plain C door to DCMTK for reading: opaque handle, status codes, caller-owned buffers.
/// No DCMTK type, C++ type or exception crosses this header, and no policy lives behind it.
#ifndef DCMTK_READER_H
#define DCMTK_READER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define DCMREADER_NOEXCEPT noexcept
extern "C" {
#else
#define DCMREADER_NOEXCEPT
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// The header of one parsed DICOM file. Not thread-safe: one owner at a time.
/// Several files may be read at the same time on several threads.
typedef struct dcmreader_file dcmreader_file;

typedef enum dcmreader_status : int32_t {
  DCMREADER_OK = 0,
  /// The file cannot be opened or read at all.
  DCMREADER_CANNOT_OPEN = 1,
  /// Neither a DICOM Part 10 file nor a bare DICOM data set.
  DCMREADER_NOT_DICOM = 2,
  /// The structure lies: a length beyond the file, nesting too deep, too many items.
  DCMREADER_DAMAGED = 3,
  /// The transfer syntax is one this build does not read; the message names it.
  DCMREADER_UNSUPPORTED_TRANSFER_SYNTAX = 4,
  /// The file has no Pixel Data, or less of it than was asked for.
  DCMREADER_NO_PIXELS = 5,
  DCMREADER_OUT_OF_MEMORY = 6,
  DCMREADER_INTERNAL = 7,
  /// DCMTK found no data dictionary (DCMDICTPATH is wrong), and this file cannot be read without.
  DCMREADER_NO_DICTIONARY = 8,
} dcmreader_status;

/// Where a failure was met; group and element are 0 when it has no place.
typedef struct dcmreader_place {
  uint16_t group;
  uint16_t element;
} dcmreader_place;

typedef enum dcmreader_kind : int32_t {
  DCMREADER_VALUE = 0,
  DCMREADER_SEQUENCE = 1,
  DCMREADER_ITEM = 2,
} dcmreader_kind;

/// One line of the flattened header. A sequence is followed by its items, and an item by its
/// elements; `depth` is 0 at the top and one more inside each item.
typedef struct dcmreader_record {
  uint16_t group;
  uint16_t element;
  int32_t depth;
  dcmreader_kind kind;
  /// Two letters and NUL.
  char vr[3];
  /// All values in UTF-8 joined by backslashes; numbers are written in full precision.
  /// Empty for bulk data. Borrowed from the file handle, and not ended by NUL.
  const char *text;
  size_t text_length;
} dcmreader_record;

/// Where the pixel samples lie in the file. All zero when the file has none.
typedef struct dcmreader_pixels {
  /// In the file, or in the inflated data set where `deflated`.
  uint64_t offset;
  /// Bytes in the file; for encapsulated data the bytes of its fragments.
  uint64_t length;
  /// Fragments of encapsulated data; each frame has at least one.
  uint64_t fragments;
  /// Compressed, in fragments, to be decoded frame by frame.
  int32_t encapsulated;
  int32_t deflated;
  /// Bytes per word to be swapped; 1 when there is nothing to swap.
  int32_t swap_width;
  /// Whether they are 32-bit floats, Float Pixel Data (7FE0,0008).
  int32_t is_float;
} dcmreader_pixels;

/// How one frame is laid out, from the header.
typedef struct dcmreader_image {
  uint32_t rows;
  uint32_t columns;
  uint32_t frames;
  uint32_t bits_allocated;
  uint32_t bits_stored;
  int32_t is_signed;
} dcmreader_image;

/// The pixels of one file, opened for reading. One owner at a time, as with dcmreader_file.
typedef struct dcmreader_frames dcmreader_frames;

/// Who reads the header. Ordinary headers give the same records either way.
typedef enum dcmreader_parser : int32_t {
  /// Straight from the bytes where the header is plain, else DCMTK.
  DCMREADER_FASTEST = 0,
  DCMREADER_DCMTK = 1,
} dcmreader_parser;

/// Parses the header up to, not including, Pixel Data.
///
/// Before DCMTK sees the file its structure is walked with a fixed depth and with every declared
/// length checked against the bytes that are there, because DCMTK 3.6.7 ends with a segmentation
/// fault on sequences nested thousands deep.
dcmreader_status dcmreader_open(
    const char *path, dcmreader_parser parser, dcmreader_file *_Nullable *_Nonnull out) DCMREADER_NOEXCEPT;
void dcmreader_close(dcmreader_file *_Nullable file) DCMREADER_NOEXCEPT;

size_t dcmreader_record_count(const dcmreader_file *file) DCMREADER_NOEXCEPT;
/// All records, borrowed.
const dcmreader_record *_Nullable dcmreader_records(const dcmreader_file *file) DCMREADER_NOEXCEPT;
dcmreader_pixels dcmreader_pixel_location(const dcmreader_file *file) DCMREADER_NOEXCEPT;
/// The name of the transfer syntax, for example "JPEG 2000 (Lossless only)"; borrowed.
const char *dcmreader_transfer_syntax(const dcmreader_file *file) DCMREADER_NOEXCEPT;
/// Whether the file begins with the meta header of a Part 10 file and names its transfer syntax.
int32_t dcmreader_has_meta_header(const dcmreader_file *file) DCMREADER_NOEXCEPT;

/// Opens the pixels of a file whose header has been read.
///
/// - image: needed where pixels are encapsulated; its size is compared with what each compressed
///   frame claims before anything is decoded.
dcmreader_status dcmreader_frames_open(
    const char *path, dcmreader_pixels pixels, dcmreader_image image,
    dcmreader_frames *_Nullable *_Nonnull out) DCMREADER_NOEXCEPT;
void dcmreader_frames_close(dcmreader_frames *_Nullable frames) DCMREADER_NOEXCEPT;

/// Copies the samples of frames first..<first+count into `out`, in the byte order of this
/// machine. Native samples are read straight from the file; encapsulated ones are decoded.
///
/// - frame_bytes: bytes of one uncompressed frame; `out` holds count * frame_bytes.
dcmreader_status dcmreader_frames_read(
    dcmreader_frames *frames, size_t frame_bytes, size_t first, size_t count, void *out)
    DCMREADER_NOEXCEPT;

/// Text and place of the last failure on this thread ("" and 0 when none). Holds no values.
const char *dcmreader_last_message(void) DCMREADER_NOEXCEPT;
dcmreader_place dcmreader_last_place(void) DCMREADER_NOEXCEPT;

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
