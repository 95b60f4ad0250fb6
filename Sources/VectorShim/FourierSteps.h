/// The steps of Stockham's transform for vectors of any width, and loops over them.
#ifndef FOURIER_STEPS_H
#define FOURIER_STEPS_H

#include "FourierVectors.h"

namespace theratrack {

typedef float FourLanes __attribute__((vector_size(16)));
typedef float EightLanes __attribute__((vector_size(32)));

#define FOURIER_INLINE __attribute__((always_inline)) inline

template <class Vector>
struct Complex {
  Vector real;
  Vector imaginary;
};

template <class Vector>
FOURIER_INLINE Complex<Vector> operator+(const Complex<Vector> &a, const Complex<Vector> &b) {
  return {a.real + b.real, a.imaginary + b.imaginary};
}

template <class Vector>
FOURIER_INLINE Complex<Vector> operator-(const Complex<Vector> &a, const Complex<Vector> &b) {
  return {a.real - b.real, a.imaginary - b.imaginary};
}

template <class Vector>
FOURIER_INLINE Complex<Vector> operator*(const Complex<Vector> &a, float k) {
  return {a.real * k, a.imaginary * k};
}

/// -i a
template <class Vector>
FOURIER_INLINE Complex<Vector> aside(const Complex<Vector> &a) {
  return {a.imaginary, -a.real};
}

/// a (cos + i (-sin)), with the pair at `turn`.
template <class Vector>
FOURIER_INLINE Complex<Vector> turned(const Complex<Vector> &a, const float *turn) {
  const float c = turn[0], s = turn[1];
  return {a.real * c - a.imaginary * s, a.real * s + a.imaginary * c};
}

/// One group of a step: part n of its elements begins n * apart vectors on.
template <class Vector>
struct Parts {
  Vector *real;
  Vector *imaginary;
  size_t apart;

  FOURIER_INLINE Complex<Vector> get(size_t part, size_t q) const {
    return {real[part * apart + q], imaginary[part * apart + q]};
  }
  FOURIER_INLINE void set(size_t part, size_t q, const Complex<Vector> &value) const {
    real[part * apart + q] = value.real;
    imaginary[part * apart + q] = value.imaginary;
  }
};

struct Two {
  template <class Vector>
  FOURIER_INLINE static void run(
      const Parts<Vector> &x, const Parts<Vector> &y, const float *w, size_t q) {
    const auto a = x.get(0, q), b = x.get(1, q);
    y.set(0, q, a + b);
    y.set(1, q, turned(a - b, w));
  }
};

struct Three {
  template <class Vector>
  FOURIER_INLINE static void run(
      const Parts<Vector> &x, const Parts<Vector> &y, const float *w, size_t q) {
    const auto a = x.get(0, q), b = x.get(1, q), c = x.get(2, q);
    const auto sum = b + c;
    const auto middle = a - sum * 0.5f;
    const auto side = aside((b - c) * 0.8660254037844386f);
    y.set(0, q, a + sum);
    y.set(1, q, turned(middle + side, w));
    y.set(2, q, turned(middle - side, w + 2));
  }
};

struct Four {
  template <class Vector>
  FOURIER_INLINE static void run(
      const Parts<Vector> &x, const Parts<Vector> &y, const float *w, size_t q) {
    const auto a = x.get(0, q), b = x.get(1, q), c = x.get(2, q), d = x.get(3, q);
    const auto even = a + c, odd = b + d, left = a - c, side = aside(b - d);
    y.set(0, q, even + odd);
    y.set(1, q, turned(left + side, w));
    y.set(2, q, turned(even - odd, w + 2));
    y.set(3, q, turned(left - side, w + 4));
  }
};

struct Five {
  template <class Vector>
  FOURIER_INLINE static void run(
      const Parts<Vector> &x, const Parts<Vector> &y, const float *w, size_t q) {
    // cos and sin of 2 pi / 5 and 4 pi / 5.
    const float c1 = 0.30901699437494745f, c2 = -0.8090169943749475f;
    const float s1 = 0.9510565162951535f, s2 = 0.5877852522924731f;
    const auto a = x.get(0, q);
    const auto b = x.get(1, q), e = x.get(4, q), c = x.get(2, q), d = x.get(3, q);
    const auto outer = b + e, inner = c + d, outerSide = b - e, innerSide = c - d;
    const auto one = a + outer * c1 + inner * c2, two = a + outer * c2 + inner * c1;
    const auto oneSide = aside(outerSide * s1 + innerSide * s2);
    const auto twoSide = aside(outerSide * s2 - innerSide * s1);
    y.set(0, q, a + (outer + inner));
    y.set(1, q, turned(one + oneSide, w));
    y.set(2, q, turned(two + twoSide, w + 2));
    y.set(3, q, turned(two - twoSide, w + 4));
    y.set(4, q, turned(one - oneSide, w + 6));
  }
};

/// Fields are aligned to the widest vector.
template <class Vector>
FOURIER_INLINE Vector *vectors(float *field) {
  return reinterpret_cast<Vector *>(field);
}

template <class Vector, class Radix>
FOURIER_INLINE void runStep(
    const fourier_step &step, const float *turns, fourier_field from, fourier_field to) {
  const size_t count = step.stride * (FOURIER_LANES * sizeof(float) / sizeof(Vector));
  for (size_t p = 0; p < step.groups; ++p) {
    const size_t before = count * p, after = count * step.radix * p;
    const Parts<Vector> x{
        vectors<Vector>(from.real) + before, vectors<Vector>(from.imaginary) + before, count * step.groups};
    const Parts<Vector> y{vectors<Vector>(to.real) + after, vectors<Vector>(to.imaginary) + after, count};
    const float *w = turns + 2 * (step.first_turn + (step.radix - 1) * p);
    for (size_t q = 0; q < count; ++q) Radix::template run<Vector>(x, y, w, q);
  }
}

template <class Vector>
FOURIER_INLINE fourier_field runSteps(
    const fourier_step *steps, size_t step_count, const float *turns, fourier_field field,
    fourier_field scratch) {
  fourier_field from = field, to = scratch;
  for (size_t n = 0; n < step_count; ++n) {
    switch (steps[n].radix) {
      case 2: runStep<Vector, Two>(steps[n], turns, from, to); break;
      case 3: runStep<Vector, Three>(steps[n], turns, from, to); break;
      case 4: runStep<Vector, Four>(steps[n], turns, from, to); break;
      default: runStep<Vector, Five>(steps[n], turns, from, to); break;
    }
    const fourier_field swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

}  // namespace theratrack
#endif
