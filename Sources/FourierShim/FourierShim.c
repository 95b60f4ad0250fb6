#include "FourierShim.h"

#include <kissfft/kiss_fft.h>

void *fourier_plan(int length, int inverse) {
  return kiss_fft_alloc(length, inverse, NULL, NULL);
}

void fourier_free(void *plan) { kiss_fft_free(plan); }

void fourier_run(const void *plan, const float *input, float *output) {
  kiss_fft((kiss_fft_cfg)(size_t)plan, (const kiss_fft_cpx *)(const void *)input,
           (kiss_fft_cpx *)(void *)output);
}

int fourier_good_length(int length) { return kiss_fft_next_fast_size(length); }
