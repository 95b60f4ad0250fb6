#include "FourierShim.h"

#include <kissfft/kiss_fft.h>
#include <kissfft/kiss_fftr.h>

#include <stddef.h>

void *fourier_plan(int length, int inverse) {
  return kiss_fft_alloc(length, inverse, NULL, NULL);
}

void *fourier_real_plan(int length, int inverse) {
  return kiss_fftr_alloc(length, inverse, NULL, NULL);
}

void fourier_free(void *plan) { kiss_fft_free(plan); }

void fourier_run(void *plan, const float *input, float *output) {
  kiss_fft((kiss_fft_cfg)plan, (const kiss_fft_cpx *)(const void *)input,
           (kiss_fft_cpx *)(void *)output);
}

void fourier_real_forward(void *plan, const float *input, float *output) {
  kiss_fftr((kiss_fftr_cfg)plan, input, (kiss_fft_cpx *)(void *)output);
}

void fourier_real_inverse(void *plan, const float *input, float *output) {
  kiss_fftri((kiss_fftr_cfg)plan, (const kiss_fft_cpx *)(const void *)input, output);
}

int fourier_good_length(int length) { return kiss_fft_next_fast_size(length); }
