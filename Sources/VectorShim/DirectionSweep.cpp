#include "DirectionSweep.h"

#include <algorithm>

namespace {

/// One row of a plane: what leaves the voxels behind it comes in, what leaves its own goes out.
void row(
    const sweep_ray &r, size_t length, size_t stride, const float *behind,
    const float *__restrict density, const float *source, float *fluence, size_t field,
    float *__restrict out) {
  const float *__restrict b0 = behind;
  const float *__restrict b1 = behind + 1;
  const float *__restrict b2 = behind + stride;
  const float *__restrict b3 = behind + stride + 1;
  const float *__restrict s0 = source;
  const float *__restrict s1 = source + field;
  const float *__restrict s2 = source + 2 * field;
  const float *__restrict s3 = source + 3 * field;
  float *__restrict f0 = fluence;
  float *__restrict f1 = fluence + field;
  float *__restrict f2 = fluence + 2 * field;
  float *__restrict f3 = fluence + 3 * field;
  for (size_t x = 0; x < length; ++x) {
    const float here = s0[x] + r.along[0] * s1[x] + r.along[1] * s2[x] + r.along[2] * s3[x];
    const float emitted = std::max(here, 0.0f) * r.half_source;
    const float depth = r.half_depth * density[x];
    // Of half a voxel: `kept` is exp(-depth), `rise` times it (1 - exp(-depth)) / depth.
    const float rise = 1.0f + depth * (0.5f + depth * (1.0f / 6));
    const float kept = 1.0f / (1.0f + depth * rise);
    const float added = emitted * rise * kept;
    const float coming = r.share[0] * b0[x] + r.share[1] * b1[x] + r.share[2] * b2[x] + r.share[3] * b3[x];
    const float middle = coming * kept + added;
    const float weighted = r.weight * middle;
    f0[x] += weighted;
    f1[x] += weighted * r.along[0];
    f2[x] += weighted * r.along[1];
    f3[x] += weighted * r.along[2];
    out[x] = middle * kept + added;
  }
}

}  // namespace

void sweep_direction(
    const sweep_ray *ray, sweep_layout layout, const float *density, const float *source, float *fluence,
    float *work) {
  const size_t stride = layout.x + 2;
  const size_t rimmed = stride * (layout.y + 2);
  float *behind = work;
  float *here = work + rimmed;
  std::fill_n(behind, rimmed, 0.0f);
  for (size_t step = 0; step < layout.z; ++step) {
    const size_t plane = ray->rises ? step : layout.z - 1 - step;
    for (size_t y = 0; y < layout.y; ++y) {
      const size_t start = layout.row * y + layout.plane * plane;
      // The rim keeps both within the work space: a ray shifts by one voxel at most.
      const ptrdiff_t own = static_cast<ptrdiff_t>(1 + stride * (y + 1));
      const ptrdiff_t from = own + ray->first_x + static_cast<ptrdiff_t>(stride) * ray->first_y;
      row(*ray, layout.x, stride, behind + from, density + start, source + start, fluence + start, layout.field,
          here + own);
    }
    std::swap(behind, here);
  }
}
