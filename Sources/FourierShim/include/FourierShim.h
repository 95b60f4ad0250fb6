/* One-dimensional transforms by kissfft (BSD-3). Single precision, no policy. */
#ifndef THERATRACK_FOURIER_SHIM_H
#define THERATRACK_FOURIER_SHIM_H

/* Opaque plans; NULL when memory ran out. A complex plan is read only and may be shared by
   threads; a real plan holds scratch space and belongs to one thread at a time. */
void *fourier_plan(int length, int inverse);
void *fourier_real_plan(int length, int inverse);
void fourier_free(void *plan);

/* Transforms `length` interleaved complex numbers from `input` to `output`, not in place. */
void fourier_run(void *plan, const float *input, float *output);

/* `length` real numbers (even) to length / 2 + 1 complex ones, and back. Not in place. */
void fourier_real_forward(void *plan, const float *input, float *output);
void fourier_real_inverse(void *plan, const float *input, float *output);

/* The next length that factors into 2, 3 and 5. */
int fourier_good_length(int length);

#endif
