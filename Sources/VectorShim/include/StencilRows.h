/// Plain C door to the inner loop of small convolutions.
#ifndef STENCIL_ROWS_H
#define STENCIL_ROWS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// The farthest that a kernel reaches along a row, its own place included.
#define STENCIL_LARGEST_REACH 4

/// Rows that share their weights: `count` of them, from `first_row` in the list of rows.
typedef struct stencil_class {
  size_t first_row;
  size_t count;
  /// Weights at distances 0, 1, ... along the row.
  float weights[STENCIL_LARGEST_REACH];
} stencil_class;

/// out[x] = sum over classes, and over distances d < reach, of weights[d] times what the class's
/// rows hold at x - d and x + d together (once for d = 0); nothing lies beyond a row's `length`.
/// `work` has room for reach * length floats.
void stencil_row(
    const float *_Nonnull const *_Nonnull rows, const stencil_class *classes, size_t class_count,
    size_t reach, size_t length, float *work, float *out);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
