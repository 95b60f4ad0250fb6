/* One-dimensional complex transforms by kissfft (BSD-3). Single precision, no policy. */
#ifndef THERATRACK_FOURIER_SHIM_H
#define THERATRACK_FOURIER_SHIM_H

#include <stddef.h>

/* Opaque plan; NULL when memory ran out. */
void *fourier_plan(int length, int inverse);
void fourier_free(void *plan);

/* Transforms `length` interleaved complex numbers from `input` to `output`, not in place.
   The plan is read only: several threads may share it. */
void fourier_run(const void *plan, const float *input, float *output);

/* The next length that factors into 2, 3 and 5. */
int fourier_good_length(int length);

#endif
