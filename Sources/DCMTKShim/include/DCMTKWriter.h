/// Plain C door to DCMTK, writing half: builds one DICOM object in memory and saves it.
/// No DCMTK type, C++ type or exception crosses this header.
#ifndef DCMTK_WRITER_H
#define DCMTK_WRITER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define DCMWRITE_NOEXCEPT noexcept
extern "C" {
#else
#define DCMWRITE_NOEXCEPT
#endif

#if defined(__clang__)
#define DCMWRITE_NONNULL_BEGIN _Pragma("clang assume_nonnull begin")
#define DCMWRITE_NONNULL_END _Pragma("clang assume_nonnull end")
#else
#define DCMWRITE_NONNULL_BEGIN
#define DCMWRITE_NONNULL_END
#define _Nullable
#define _Nonnull
#endif

DCMWRITE_NONNULL_BEGIN

/// One DICOM object under construction. Not thread-safe: one owner at a time; different objects
/// may be built and saved on different threads.
typedef struct dcmwrite_object dcmwrite_object;

typedef enum dcmwrite_status : int32_t {
  DCMWRITE_OK = 0,
  DCMWRITE_BAD_ATTRIBUTE = 1,
  DCMWRITE_CANNOT_SAVE = 2,
  DCMWRITE_OUT_OF_MEMORY = 3,
  DCMWRITE_INTERNAL = 4,
} dcmwrite_status;

dcmwrite_status dcmwrite_create(dcmwrite_object *_Nullable *_Nonnull out) DCMWRITE_NOEXCEPT;
void dcmwrite_destroy(dcmwrite_object *_Nullable object) DCMWRITE_NOEXCEPT;

/// Puts a text value (backslash between several); the VR comes from the data dictionary.
/// An empty text writes the attribute with no value.
dcmwrite_status dcmwrite_put_text(
    dcmwrite_object *object, uint16_t group, uint16_t element, const char *value)
    DCMWRITE_NOEXCEPT;

/// Puts unsigned 16-bit numbers (US).
dcmwrite_status dcmwrite_put_words(
    dcmwrite_object *object, uint16_t group, uint16_t element, const uint16_t *values,
    size_t count) DCMWRITE_NOEXCEPT;

/// Puts 64-bit floating-point numbers (FD).
dcmwrite_status dcmwrite_put_doubles(
    dcmwrite_object *object, uint16_t group, uint16_t element, const double *values, size_t count)
    DCMWRITE_NOEXCEPT;

/// Puts 32-bit floating-point numbers (OF, FL).
dcmwrite_status dcmwrite_put_floats(
    dcmwrite_object *object, uint16_t group, uint16_t element, const float *values, size_t count)
    DCMWRITE_NOEXCEPT;

/// Puts unsigned 32-bit numbers (UL).
dcmwrite_status dcmwrite_put_longs(
    dcmwrite_object *object, uint16_t group, uint16_t element, const uint32_t *values,
    size_t count) DCMWRITE_NOEXCEPT;

/// Puts attribute tags (AT), given as group, element, group, element …; `count` is of tags.
dcmwrite_status dcmwrite_put_tags(
    dcmwrite_object *object, uint16_t group, uint16_t element, const uint16_t *pairs,
    size_t count) DCMWRITE_NOEXCEPT;

/// Opens a new item of a sequence; what is put next goes into it until it is ended.
dcmwrite_status dcmwrite_begin_item(
    dcmwrite_object *object, uint16_t group, uint16_t element) DCMWRITE_NOEXCEPT;
dcmwrite_status dcmwrite_end_item(dcmwrite_object *object) DCMWRITE_NOEXCEPT;

/// Puts a sequence without items.
dcmwrite_status dcmwrite_put_empty_sequence(
    dcmwrite_object *object, uint16_t group, uint16_t element) DCMWRITE_NOEXCEPT;

/// Copies native 16-bit Pixel Data, column fastest, then row, then frame.
dcmwrite_status dcmwrite_put_pixels(
    dcmwrite_object *object, const uint16_t *words, size_t count) DCMWRITE_NOEXCEPT;

/// Saves in Explicit VR Little Endian under a temporary name beside `path`, then renames: the
/// file is whole or absent.
dcmwrite_status dcmwrite_save(dcmwrite_object *object, const char *path) DCMWRITE_NOEXCEPT;

/// Text of the last failure on this thread ("" when none). Holds no attribute value.
const char *dcmwrite_last_message(void) DCMWRITE_NOEXCEPT;

DCMWRITE_NONNULL_END

#ifdef __cplusplus
}
#endif
#endif
