#include "StencilRows.h"

#include <cstring>

namespace {

typedef float Lanes __attribute__((vector_size(32)));
const size_t laneCount = sizeof(Lanes) / sizeof(float);

__attribute__((always_inline)) inline Lanes load(const float *p) {
  Lanes value;
  std::memcpy(&value, p, sizeof(value));
  return value;
}

__attribute__((always_inline)) inline void store(const Lanes &value, float *p) { std::memcpy(p, &value, sizeof(value)); }

float loadOne(const float *p) { return *p; }

/// The weighted sums of all classes at place x, for every distance.
template <size_t reach, class Value, class Load, class Store>
void sumAt(
    const float *const *rows, const stencil_class *classes, size_t class_count, size_t length,
    size_t x, Load load, Store store, float *work) {
  Value sums[reach] = {};
  for (size_t c = 0; c < class_count; ++c) {
    const stencil_class &shared = classes[c];
    const float *const *row = rows + shared.first_row;
    Value together = load(row[0] + x);
    for (size_t n = 1; n < shared.count; ++n) together += load(row[n] + x);
    for (size_t d = 0; d < reach; ++d) sums[d] += together * shared.weights[d];
  }
  for (size_t d = 0; d < reach; ++d) store(sums[d], work + length * d + x);
}

template <size_t reach>
void sumRow(
    const float *const *rows, const stencil_class *classes, size_t class_count, size_t length,
    float *work) {
  size_t x = 0;
  for (; x + laneCount <= length; x += laneCount) {
    sumAt<reach, Lanes>(rows, classes, class_count, length, x, load, store, work);
  }
  for (; x < length; ++x) {
    sumAt<reach, float>(
        rows, classes, class_count, length, x, loadOne, [](float v, float *p) { *p = v; }, work);
  }
}

}  // namespace

void stencil_row(
    const float *const *rows, const stencil_class *classes, size_t class_count, size_t reach,
    size_t length, float *work, float *out) {
  switch (reach) {
    case 1: sumRow<1>(rows, classes, class_count, length, work); break;
    case 2: sumRow<2>(rows, classes, class_count, length, work); break;
    case 3: sumRow<3>(rows, classes, class_count, length, work); break;
    default: sumRow<4>(rows, classes, class_count, length, work); break;
  }
  std::memcpy(out, work, length * sizeof(float));
  for (size_t d = 1; d < reach && d < length; ++d) {
    const float *__restrict sums = work + length * d;
    float *__restrict row = out;
    for (size_t x = 0; x + d < length; ++x) row[x] += sums[x + d];
    for (size_t x = d; x < length; ++x) row[x] += sums[x - d];
  }
}
