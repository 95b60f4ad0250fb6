/// Plain C door to DCMTK for bulk values inside sequences, which the flattened header leaves out.
#ifndef DCMTK_BULK_H
#define DCMTK_BULK_H

#include "DCMTKReader.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// One step of the way to an element: a sequence and which of its items to enter.
typedef struct dcmreader_step {
  uint16_t group;
  uint16_t element;
  uint32_t item;
} dcmreader_step;

/// Copies exactly `count` floats of an OF element, in the byte order of this machine, into `out`.
/// The structure of the file is checked first, as by dcmreader_open.
///
/// Fails with DCMREADER_DAMAGED when there is no such element or it holds another number of them.
dcmreader_status dcmreader_read_floats(
    const char *path, const dcmreader_step *steps, size_t step_count, uint16_t group,
    uint16_t element, float *out, size_t count) DCMREADER_NOEXCEPT;

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
