/// Plain C door to the vector code of the Fourier transform: Swift's vectors are put together from
/// scalars, which costs three times the time. Everything here works on memory of the caller.
#ifndef FOURIER_VECTORS_H
#define FOURIER_VECTORS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Sequences that lie side by side, one in each lane of a vector.
#define FOURIER_LANES 8

/// Sequences side by side: element n of sequence l at n * FOURIER_LANES + l, real and imaginary
/// parts apart. Both are aligned to a vector of FOURIER_LANES floats.
typedef struct fourier_field {
  float *real;
  float *imaginary;
} fourier_field;

/// One step of Stockham's transform.
typedef struct fourier_step {
  /// 2, 3, 4 or 5.
  size_t radix;
  /// Length that is left after this step.
  size_t groups;
  /// Elements from one element of a group to its next.
  size_t stride;
  /// cos and -sin of (radix - 1) turns per group, from here in the table of turns.
  size_t first_turn;
} fourier_step;

/// Transforms `field`, using `scratch`; returns the one of the two that holds the result. The bits
/// do not depend on what vectors the processor has.
fourier_field fourier_transform(
    const fourier_step *steps, size_t step_count, const float *turns, fourier_field field,
    fourier_field scratch);

/// Puts `count` samples of each of `row_count` rows, at most FOURIER_LANES, into lanes; other lanes
/// get zero.
void fourier_rows_to_lanes(
    const float *rows, size_t row_stride, size_t row_count, size_t count, float *lanes);

/// The reverse.
void fourier_lanes_to_rows(
    const float *lanes, size_t count, float *rows, size_t row_stride, size_t row_count);

/// Takes apart the transform of sequences whose real and imaginary parts were two real sequences:
/// frequencies 0 to length / 2 of each.
void fourier_part(
    fourier_field both, size_t length, fourier_field first, fourier_field second);

/// The reverse: all frequencies of `both` from half of those of each.
void fourier_join(
    fourier_field first, fourier_field second, size_t length, fourier_field both);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
