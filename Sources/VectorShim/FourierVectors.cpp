#include "FourierVectors.h"

#include "FourierSteps.h"

using theratrack::EightLanes;
using theratrack::FourLanes;

namespace {

fourier_field transformPlain(
    const fourier_step *steps, size_t step_count, const float *turns, fourier_field field,
    fourier_field scratch) {
  return theratrack::runSteps<FourLanes>(steps, step_count, turns, field, scratch);
}

#if defined(__x86_64__)
// Wider vectors, and no fused multiplication, which would round otherwise.
__attribute__((target("avx2"))) fourier_field transformWide(
    const fourier_step *steps, size_t step_count, const float *turns, fourier_field field,
    fourier_field scratch) {
  return theratrack::runSteps<EightLanes>(steps, step_count, turns, field, scratch);
}

const bool isWide = __builtin_cpu_supports("avx2");
#endif

/// Rows of a four by four block become columns.
FOURIER_INLINE void transpose(FourLanes &a, FourLanes &b, FourLanes &c, FourLanes &d) {
  const FourLanes ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const FourLanes cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const FourLanes abHigh = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const FourLanes cdHigh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  c = __builtin_shufflevector(abHigh, cdHigh, 0, 1, 4, 5);
  d = __builtin_shufflevector(abHigh, cdHigh, 2, 3, 6, 7);
}

FOURIER_INLINE FourLanes load(const float *p) {
  FourLanes value;
  __builtin_memcpy(&value, p, sizeof(value));
  return value;
}

FOURIER_INLINE void store(const FourLanes &value, float *p) {
  __builtin_memcpy(p, &value, sizeof(value));
}

/// Moves the four by four block at `from` to `to`, transposed.
FOURIER_INLINE void moveBlock(
    const float *from, size_t from_stride, float *to, size_t to_stride) {
  FourLanes a = load(from), b = load(from + from_stride), c = load(from + 2 * from_stride),
            d = load(from + 3 * from_stride);
  transpose(a, b, c, d);
  store(a, to);
  store(b, to + to_stride);
  store(c, to + 2 * to_stride);
  store(d, to + 3 * to_stride);
}

const size_t lanes = FOURIER_LANES;

}  // namespace

fourier_field fourier_transform(
    const fourier_step *steps, size_t step_count, const float *turns, fourier_field field,
    fourier_field scratch) {
#if defined(__x86_64__)
  if (isWide) return transformWide(steps, step_count, turns, field, scratch);
#endif
  return transformPlain(steps, step_count, turns, field, scratch);
}

void fourier_rows_to_lanes(
    const float *rows, size_t row_stride, size_t row_count, size_t count, float *out) {
  if (row_count < lanes) {
    for (size_t n = 0; n < count; ++n) {
      for (size_t l = 0; l < lanes; ++l) {
        out[lanes * n + l] = l < row_count ? rows[row_stride * l + n] : 0;
      }
    }
    return;
  }
  size_t n = 0;
  for (; n + 4 <= count; n += 4) {
    for (size_t l = 0; l < lanes; l += 4) {
      moveBlock(rows + row_stride * l + n, row_stride, out + lanes * n + l, lanes);
    }
  }
  for (; n < count; ++n) {
    for (size_t l = 0; l < lanes; ++l) out[lanes * n + l] = rows[row_stride * l + n];
  }
}

void fourier_lanes_to_rows(
    const float *in, size_t count, float *rows, size_t row_stride, size_t row_count) {
  size_t n = 0;
  if (row_count == lanes) {
    for (; n + 4 <= count; n += 4) {
      for (size_t l = 0; l < lanes; l += 4) {
        moveBlock(in + lanes * n + l, lanes, rows + row_stride * l + n, row_stride);
      }
    }
  }
  for (; n < count; ++n) {
    for (size_t l = 0; l < row_count; ++l) rows[row_stride * l + n] = in[lanes * n + l];
  }
}

void fourier_part(
    fourier_field both, size_t length, fourier_field first, fourier_field second) {
  for (size_t k = 0; k <= length / 2; ++k) {
    const float *re = both.real + lanes * k, *im = both.imaginary + lanes * k;
    const size_t mirror = lanes * (k == 0 ? 0 : length - k);
    const float *mirrorRe = both.real + mirror, *mirrorIm = both.imaginary + mirror;
    for (size_t l = 0; l < lanes; l += 4) {
      const FourLanes p = load(re + l), q = load(mirrorRe + l);
      const FourLanes r = load(im + l), s = load(mirrorIm + l);
      store((p + q) * 0.5f, first.real + lanes * k + l);
      store((r - s) * 0.5f, first.imaginary + lanes * k + l);
      store((r + s) * 0.5f, second.real + lanes * k + l);
      store((q - p) * 0.5f, second.imaginary + lanes * k + l);
    }
  }
}

void fourier_join(
    fourier_field first, fourier_field second, size_t length, fourier_field both) {
  for (size_t k = 0; k <= length / 2; ++k) {
    const size_t here = lanes * k, mirror = lanes * (k == 0 ? 0 : length - k);
    for (size_t l = 0; l < lanes; l += 4) {
      const FourLanes p = load(first.real + here + l), q = load(first.imaginary + here + l);
      const FourLanes r = load(second.real + here + l), s = load(second.imaginary + here + l);
      // The other half of the spectrum of a real sequence is the conjugate of this one; the
      // middle is both, and the second line is the one that counts there.
      store(p + s, both.real + mirror + l);
      store(r - q, both.imaginary + mirror + l);
      store(p - s, both.real + here + l);
      store(q + r, both.imaginary + here + l);
    }
  }
}
